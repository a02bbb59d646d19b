"""How much the variables of a request hold, counted before anything looks at what they are."""

from collections.abc import Mapping
from typing import Any

from app.edge.documents.limits import Limits, refuse


def require_few_values(variables: Mapping[str, Any], limits: Limits) -> None:
    """Raises RequestRefused for more values in lists and objects than are allowed: each is looked at several times."""
    waiting = [part for part in variables.values() if isinstance(part, dict | list)]
    found = len(variables)
    while waiting:
        part = waiting.pop()
        found += len(part)
        if found > limits.values:
            refuse("values", allowed=limits.values, found=found)
        waiting += [one for one in (part.values() if isinstance(part, dict) else part) if isinstance(one, dict | list)]
