"""Which part of an input a refusal speaks of."""

from collections.abc import Callable

import pytest

from domain.shared.errors import DomainError


def field_refused(refusal: type[DomainError], act: Callable[[], object]) -> tuple[str, ...] | None:
    """The path of the field that `act` is refused for, with exactly this refusal and no subclass of it."""
    with pytest.raises(refusal) as refused:
        act()
    assert type(refused.value) is refusal
    return refused.value.field
