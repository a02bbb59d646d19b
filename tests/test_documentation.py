"""What the documents say can be followed: links, operations, commands and settings in them exist."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from graphql import parse, validate

from app.cli import main
from app.schema import build_schema
from configuration.settings import PREFIX, Settings
from tests.conftest import ROOT

SCHEMA = build_schema()._schema
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "testing_payloads").rglob("*.md")])
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*"))
LARGEST_PICTURE_BYTES = 300_000


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def operations() -> Iterator[object]:
    for page in PAGES:
        for number, block in enumerate(re.findall(r"```graphql\n(.*?)```", page.read_text(), re.DOTALL), 1):
            yield pytest.param(block, id=f"{name_of(page)} {number}")


def anchors(page: Path) -> set[str]:
    """The names that headings get on the sites that show Markdown."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()) if "://" not in link]
    for link in links:
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("operation", list(operations()))
def test_an_operation_in_a_page_fits_the_schema(operation: str) -> None:
    assert validate(SCHEMA, parse(operation)) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_setting_named_in_a_page_exists(page: Path) -> None:
    known = {PREFIX + field.name.upper() for field in fields(Settings)}
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", page.read_text())) <= known


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_named_in_a_page_exists(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = re.findall(r"(?:`|\.venv/bin/|exec api )cairn ([a-z]+)", page.read_text())
    for command in sorted(set(named)):
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0, command
    capsys.readouterr()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_target_of_make_named_in_a_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE)) <= targets


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("[0-9]*.md")}


@pytest.mark.parametrize("picture", PICTURES, ids=name_of)
def test_a_picture_is_small_and_shown(picture: Path) -> None:
    assert picture.stat().st_size < LARGEST_PICTURE_BYTES
    assert any(picture.name in page.read_text() for page in PAGES)
