"""What the address of a plain route asks for, where there are a few things to choose from."""

from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request

from domain.shared.errors import BadUserInput

Choice = TypeVar("Choice", bound=StrEnum)


def choice(request: Request, name: str, words: type[Choice]) -> Choice | None:
    """The word that a parameter of the address says; None without it. Raises BadUserInput for any other word."""
    asked = request.query_params.get(name)
    if asked is None:
        return None
    if asked not in [word.value for word in words]:
        raise BadUserInput(f"`{name}` must be one of {', '.join(words)}.")
    return words(asked)
