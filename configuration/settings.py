"""Every setting there is, read once from the environment: an unknown or malformed one stops the start, by name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit

PREFIX = "CAIRN_"
FOLDER = Path(__file__).parent


class BadSetting(Exception):
    """A setting that is unknown or cannot be used; its text names it and says what it takes."""


class Environment(StrEnum):
    """The places Cairn runs in; each has a file of defaults beside this one."""

    LOCAL = "local"
    DOCKER = "docker"
    MULTI_DB = "multi-db"
    PRODUCTION = "production"


class AuthMode(StrEnum):
    """Whose tokens are believed."""

    LOCAL = "local"
    OIDC = "oidc"


def _default_data_dir() -> Path:
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "cairn"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; each is CAIRN_ and its name in capitals, and stands in every `.env` beside this file."""

    environment: Environment = Environment.LOCAL
    host: str = "127.0.0.1"
    port: int = 8080
    data_dir: Path | None = None
    database_url: str | None = None
    redis_url: str | None = None
    database_pool_size: int = 10
    auth_mode: AuthMode = AuthMode.LOCAL
    local_athlete: str = "runner"
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    graphiql: bool = True
    introspection: bool = True
    cors_origins: tuple[str, ...] = ()
    log_level: str = "INFO"
    upload_max_mb: int = 50
    worker_concurrency: int = 2

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise BadSetting(f"CAIRN_PORT is {self.port}; a port is a number from 0 to 65535.")
        if self.auth_mode is AuthMode.OIDC and not (self.oidc_issuer and self.oidc_audience):
            raise BadSetting("CAIRN_AUTH_MODE is oidc: set CAIRN_OIDC_ISSUER and CAIRN_OIDC_AUDIENCE too.")
        for name, schemes in (("database_url", ("postgresql", "postgres")), ("redis_url", ("redis", "rediss", "unix"))):
            value = getattr(self, name)
            if value is not None and urlsplit(value).scheme not in schemes:
                raise BadSetting(f"{PREFIX}{name.upper()} must start with {' or '.join(s + '://' for s in schemes)}.")
        if (self.database_url is None) != (self.redis_url is None):
            raise BadSetting("Set both CAIRN_DATABASE_URL and CAIRN_REDIS_URL, or neither to use the embedded servers.")
        if self.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise BadSetting(f"CAIRN_LOG_LEVEL is {self.log_level!r}; it takes DEBUG, INFO, WARNING or ERROR.")
        for name in ("database_pool_size", "upload_max_mb", "worker_concurrency"):
            if getattr(self, name) < 1:
                raise BadSetting(f"{PREFIX}{name.upper()} must be at least 1.")

    @property
    def data_folder(self) -> Path:
        """Where the embedded servers, the keys and the sockets live."""
        return (self.data_dir or _default_data_dir()).expanduser().absolute()

    @property
    def embedded(self) -> bool:
        """Whether Cairn brings its own PostgreSQL and Valkey."""
        return self.database_url is None


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the environment's own file, then `environ`, then `overrides` (None leaves a setting alone).

    Raises BadSetting.
    """
    environ = os.environ if environ is None else environ
    given = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    environment = _parse("CAIRN_ENVIRONMENT", given.get("CAIRN_ENVIRONMENT", Environment.LOCAL), Environment)
    merged = read_env_file(FOLDER / f"{environment}.env") | given
    hints = get_type_hints(Settings)
    known = {PREFIX + field.name.upper(): field.name for field in fields(Settings)}
    if unknown := sorted(set(merged) - set(known)):
        raise BadSetting(f"There is no setting {', '.join(unknown)}. Settings: {', '.join(known)}.")
    values = {known[name]: _parse(name, text, hints[known[name]]) for name, text in merged.items()}
    return Settings(**values | {name: value for name, value in overrides.items() if value is not None})


def read_env_file(path: Path) -> dict[str, str]:
    """The NAME=value lines of a file; `#` starts a comment line."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _parse(name: str, text: str, kind: Any) -> Any:
    options = get_args(kind)
    if type(None) in options:
        if text == "":
            return None
        kind = next(option for option in options if option is not type(None))
    try:
        return _PARSERS.get(kind, kind)(text)
    except ValueError:
        raise BadSetting(f"{name} is {text!r}, which is not {_describe(kind)}.") from None


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_PARSERS: dict[Any, Any] = {
    bool: _boolean,
    tuple[str, ...]: lambda text: tuple(part.strip() for part in text.split(",") if part.strip()),
}


def _describe(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "one of " + ", ".join(kind)
    return {bool: "true or false", int: "a whole number"}.get(kind, "a value it takes")
