"""What a change leaves alone, told apart from what it clears."""

from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Unchanged(Enum):
    """The type of UNCHANGED: an enum, so that type checkers narrow `is UNCHANGED`."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


def given(changes: "DataclassInstance") -> dict[str, Any]:
    """The fields of a dataclass of changes that say something, by name; None among them means: clear it."""
    values = {field.name: getattr(changes, field.name) for field in fields(changes)}
    return {name: value for name, value in values.items() if value is not UNCHANGED}
