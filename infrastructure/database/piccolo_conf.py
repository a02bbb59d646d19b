"""Where Piccolo's migration manager looks for its engine: the one whose migrations are being run."""

from typing import Any

from piccolo.engine.base import Engine

DB: Engine[Any] | None = None
