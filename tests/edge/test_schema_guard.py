"""What clients were given is not taken from them without a word in the changelog."""

import pytest
from graphql import build_schema

from app.schema import build_schema as build_cairn
from tests.edge.schema_guard import CHANGELOG, RELEASED, newest_release, release_of, unspoken, write_down

OLD = """
directive @slow(times: Int) on FIELD
interface Node { id: ID! }
type Query { run(id: ID!): Run shoe: Shoe runs(first: Int): [Run!]! }
type Run implements Node { id: ID! notes: String distanceM: Float! source: Source }
type Shoe { worn: Boolean }
enum Source { FILE API }
input RunInput { name: String }
type Mutation { nameRun(input: RunInput!): Run }
"""
CHANGES = [
    ("Run.notes", "notes: String", ""),
    ("Run.distanceM", "distanceM: Float!", "distanceM: Float"),
    ("Source.API", "FILE API", "FILE"),
    ("Shoe", " shoe: Shoe", ""),
    ("Query.run(id:)", "run(id: ID!)", "run"),
    ("Query.runs(first:)", "first: Int", "first: Float"),
    ("Query.runs(from:)", "first: Int", "first: Int, from: Int!"),
    ("RunInput.name", "name: String", "name: String!"),
    ("RunInput.to", "name: String", "name: String to: ID!"),
    ("Run", "Run implements Node", "Run"),
    ("@slow(times:)", "@slow(times: Int)", "@slow"),
]
# What else is broken by the same stroke, and needs its own word.
ALONGSIDE = {"Shoe": "Query.shoe"}


def changelog(*entries: str, later: str = "") -> str:
    return "\n".join(["# Changelog", "", "## [Unreleased]", "", "### Changed", "", *entries, "", later])


def guarded(right: str, wrong: str, log: str) -> list[str]:
    new = OLD.replace(right, wrong)
    assert new != OLD
    if "Shoe" in right:
        new = new.replace("type Shoe { worn: Boolean }", "")
    return unspoken(build_schema(OLD), build_schema(new), log)


@pytest.mark.parametrize(("place", "right", "wrong"), CHANGES, ids=[place for place, _, _ in CHANGES])
def test_a_breaking_change_without_a_word_is_told_by_its_place(place: str, right: str, wrong: str) -> None:
    places = {fault.partition(": ")[0] for fault in guarded(right, wrong, changelog("- Something else."))}

    assert places == {place, ALONGSIDE.get(place, place)}


@pytest.mark.parametrize(("place", "right", "wrong"), CHANGES, ids=[place for place, _, _ in CHANGES])
def test_a_breaking_change_that_the_changelog_names_may_be(place: str, right: str, wrong: str) -> None:
    entry = f"- Breaking: `{place}` and `{ALONGSIDE.get(place, place)}` went."

    assert guarded(right, wrong, changelog(entry)) == []


@pytest.mark.parametrize(
    "log",
    [
        changelog("- `Run.notes` went."),
        changelog("- Breaking: Run.notes went."),
        changelog("- Breaking: `Run.note` went."),
        changelog("- Breaking: `Run` is another."),
        changelog("- Breaking: much.", "- `Run.notes` went."),
        changelog(later="## [0.1.0]\n\n- Breaking: `Run.notes` went."),
        "# Changelog\n",
    ],
)
def test_words_that_name_another_thing_or_another_release_do_not_count(log: str) -> None:
    assert guarded("notes: String", "", log) == ["Run.notes: Field Run.notes was removed."]


@pytest.mark.parametrize(
    "log",
    [
        changelog("- **Breaking:** `Run.notes` went; use `remarks`."),
        changelog("- Breaking: a long story, and at", "  its end `Run.notes` went.", "- Else."),
        changelog("- Else.", "* Breaking: `Run.notes` went.", later="## [0.1.0]"),
    ],
)
def test_an_entry_may_be_set_in_bold_and_go_over_lines(log: str) -> None:
    assert guarded("notes: String", "", log) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("notes: String", "notes: String! mood: String"),
        ("first: Int", "first: Int, last: Int"),
        ("FILE API", "FILE API STRAVA"),
        ("name: String", "name: String, to: ID"),
        ("notes: String", '"His own words." notes: String'),
    ],
)
def test_what_only_adds_needs_no_word(right: str, wrong: str) -> None:
    assert guarded(right, wrong, changelog()) == []


def test_nothing_was_taken_from_clients_without_a_word() -> None:
    released = build_schema(RELEASED.read_text())

    assert unspoken(released, build_cairn()._schema, CHANGELOG.read_text()) == [], (
        "Clients break on this. Keep it, or name each place under Unreleased: - Breaking: `Run.notes` …"
    )


def test_the_schema_that_is_kept_is_that_of_the_newest_release() -> None:
    kept, newest = release_of(RELEASED.read_text()), newest_release(CHANGELOG.read_text())

    assert kept == newest, "A release keeps its schema: python -m tests.edge.schema_guard"


def test_the_newest_release_is_the_first_one_with_a_number() -> None:
    assert newest_release(changelog(later="## [0.2.0] - 2026-03-01\n\n## [0.1.0]")) == "0.2.0"
    assert newest_release(changelog()) == "Unreleased"


def test_what_is_written_down_tells_its_release() -> None:
    written = write_down(changelog(later="## [0.2.0]"), OLD)

    assert release_of(written) == "0.2.0"
    assert unspoken(build_schema(written), build_schema(OLD), changelog()) == []
