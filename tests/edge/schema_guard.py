"""What a change of the schema takes away from clients, and whether the changelog says so.

`python -m tests.edge.schema_guard` writes down today's schema as that of the newest release.
"""

import re

from graphql import GraphQLSchema, find_breaking_changes

from app.schema import build_schema
from tests.conftest import ROOT

RELEASED = ROOT / "tests" / "edge" / "schema_released.graphql"
CHANGELOG = ROOT / "CHANGELOG.md"
NOT_YET = "Unreleased"
# As graphql-core tells of a place: Run, Run.notes, Run.track(points:), @skip(if:).
PLACE = re.compile(r"[A-Z]\w*\.\w+(?:\(\w+:\))?|@\w+(?:\(\w+:\))?")
TYPE_PLACE = re.compile(r"(?:Standard scalar )?(\w+)")


def unspoken(released: GraphQLSchema, current: GraphQLSchema, changelog: str) -> list[str]:
    """The breaking changes that no `Breaking:` entry under Unreleased names, in backquotes, by their place."""
    said = {name for entry in _breaking_entries(changelog) for name in re.findall(r"`([^`\s]+)`", entry)}
    changes = [change.description for change in find_breaking_changes(released, current)]
    return [f"{place_of(change)}: {change}" for change in changes if place_of(change) not in said]


def place_of(change: str) -> str:
    """The place that a breaking change is named by."""
    found = PLACE.search(change)
    if found:
        return found.group()
    named = TYPE_PLACE.match(change)
    assert named, change
    return named.group(1)


def newest_release(changelog: str) -> str:
    """The number of the newest release; Unreleased when there is none yet."""
    return next(iter(re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.MULTILINE)), NOT_YET)


def release_of(released: str) -> str:
    """The release whose schema a file says that it holds."""
    return released.partition("\n")[0].removeprefix("# The schema of ").removesuffix(".")


def write_down(changelog: str, schema: str) -> str:
    """The file that keeps the schema of the newest release."""
    return f"# The schema of {newest_release(changelog)}.\n{schema}\n"


def _breaking_entries(changelog: str) -> list[str]:
    section = re.search(rf"^## \[{NOT_YET}\]\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    entries = re.split(r"^[-*] ", section.group(1) if section else "", flags=re.MULTILINE)[1:]
    return [re.split(r"\n\s*\n", entry)[0] for entry in entries if re.match(r"\**Breaking:", entry)]


if __name__ == "__main__":
    RELEASED.write_text(write_down(CHANGELOG.read_text(), build_schema().as_str()))
