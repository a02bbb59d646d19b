"""What stands in a picture, read back as any program would read it."""

import re

from lxml import etree

SVG = "{http://www.w3.org/2000/svg}"
# Nothing outside is ever asked for, and nothing is expanded.
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
NO_NUMBERS = re.compile(r"\b(nan|NaN|inf|None)\b")


def parsed(picture: str) -> etree._Element:
    """The root of a picture, which must be XML."""
    return etree.fromstring(picture.encode(), PARSER)


def words_of(picture: str) -> list[str]:
    """The lines of text that are shown."""
    return [element.text or "" for element in parsed(picture).iter(f"{SVG}text")]


def shapes_of(picture: str, kind: str) -> list[tuple[str, str]]:
    """The style and the words of every shape of a kind that tells something."""
    return [
        (element.get("class", ""), element.findtext(f"{SVG}title") or "")
        for element in parsed(picture).iter(f"{SVG}{kind}")
        if element.find(f"{SVG}title") is not None
    ]


def without_words(picture: str) -> str:
    """The picture's elements and attributes: numbers, styles, no prose."""
    root = parsed(picture)
    root.attrib.pop("aria-label")
    for element in root.iter(f"{SVG}text", f"{SVG}title", f"{SVG}desc", f"{SVG}style"):
        element.text = ""
    return etree.tostring(root, encoding="unicode")


def is_finite(picture: str) -> bool:
    """Whether every number of a picture is one, and nothing missing is written as a number."""
    shown = [words for words in words_of(picture) if NO_NUMBERS.search(words)]
    return not shown and not NO_NUMBERS.search(without_words(picture))
