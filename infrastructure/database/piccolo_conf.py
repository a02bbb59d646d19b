"""Where Piccolo's migration manager looks for its engine: the one whose migrations are being run."""

from piccolo.engine.base import Engine

DB: Engine | None = None
