"""The operations that GraphiQL shows in its tabs: what a runner may try first."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "graphiql" / "examples"


@dataclass(frozen=True, slots=True)
class ExampleOperation:
    """A tab: a GraphQL document and the JSON text of its variables, with dates like `{{today}}` and `{{today+6}}`."""

    query: str
    variables: str = ""


@cache
def example_operations() -> tuple[ExampleOperation, ...]:
    """All examples in the order of their file names; variables stand in a `.json` beside the `.graphql`."""
    return tuple(_example(path) for path in sorted(FOLDER.glob("*.graphql")))


def _example(path: Path) -> ExampleOperation:
    variables = path.with_suffix(".json")
    return ExampleOperation(query=_text(path), variables=_text(variables) if variables.exists() else "")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
