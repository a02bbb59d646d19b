"""XML read safely: no entities, no network, no tree in memory, and what comes before a break is kept."""

import codecs
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from lxml import etree

from domain.runs.refusals import XmlEntities

CHUNK = 65_536
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
BYTE_ORDER_MARK = codecs.BOM_UTF8


class Listener(Protocol):
    """Hears the elements of a file in their order, by local name (whatever the namespace)."""

    def opened(self, name: str, attributes: dict[str, str], /) -> None:
        """An element starts."""

    def closed(self, name: str, text: str, /) -> None:
        """An element ends; `text` is what stood directly before its end."""


def looks_like_xml(content: bytes) -> bool:
    """Whether the bytes start like XML."""
    return content.startswith(UTF16) or content.removeprefix(BYTE_ORDER_MARK).lstrip()[:1] == b"<"


def root_name(content: bytes) -> str | None:
    """The local name of the first element; None when it does not come."""
    root = _Root()
    listen(content[:CHUNK], root)
    return root.name


def listen(content: bytes, listener: Listener) -> bool:
    """Tell `listener` every element of `content`; False when the file breaks off or is damaged.

    Raises XmlEntities for any file that declares entities or a document type, before anything is expanded.
    """
    content = _in_utf8(content)
    if b"<!ENTITY" in content or b"<!DOCTYPE" in content:
        raise XmlEntities
    target = _Target(listener)
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        for start in range(0, len(content), CHUNK):
            parser.feed(content[start : start + CHUNK])
        parser.close()
    except etree.XMLSyntaxError:
        whole = False
    else:
        whole = True
    if target.has_doctype:
        raise XmlEntities
    return whole


def number(text: str) -> float:
    """The number in a text, NaN when it is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def epoch_s(text: str) -> float:
    """The instant of an ISO 8601 text in seconds of 1970, NaN when it is none; without an offset it is UTC."""
    try:
        instant = datetime.fromisoformat(text.strip())
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return math.nan


def _in_utf8(content: bytes) -> bytes:
    """The content without what may stand before XML, in an encoding whose markup can be searched as bytes."""
    if content.startswith(UTF16):
        text = content.decode("utf-16", errors="replace")
        return DECLARATION.sub("", text).encode("utf-8", errors="replace")
    return content.removeprefix(BYTE_ORDER_MARK).lstrip()


if TYPE_CHECKING:
    from lxml.etree import ParserTarget

    _ParserTarget = ParserTarget[None]
else:
    _ParserTarget = object


class _Root:
    name: str | None = None

    def opened(self, name: str, _attributes: dict[str, str]) -> None:
        self.name = self.name or name

    def closed(self, name: str, text: str) -> None:
        pass


class _Target(_ParserTarget):
    """What lxml calls; it keeps nothing but the text of the element at hand."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._text: list[str] = []
        self.has_doctype = False

    def start(self, tag: str, attributes: dict[str, str], /) -> None:
        self._text.clear()
        self._listener.opened(tag.rpartition("}")[2], attributes)

    def data(self, text: str, /) -> None:
        self._text.append(text)

    def end(self, tag: str, /) -> None:
        self._listener.closed(tag.rpartition("}")[2], "".join(self._text))
        self._text.clear()

    def doctype(self, _name: str | None, _public_id: str | None, _system: str | None, /) -> None:
        self.has_doctype = True

    def close(self) -> None:
        self._text.clear()
