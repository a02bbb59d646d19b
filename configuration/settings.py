"""Every setting there is, read once from the environment: an unknown or malformed one stops the start, by name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

from configuration.addresses import fault_of_database, fault_of_redis, fault_of_web

PREFIX = "CAIRN_"
FOLDER = Path(__file__).parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LONGEST_NAME = 100
ONE_SERVER = "Set both CAIRN_DATABASE_URL and CAIRN_REDIS_URL, or neither to use the embedded servers."
MAY_BE_NONE = frozenset({"database_statement_cache"})  # 0 turns it off
MOST = {
    "database_pool_size": 1000,
    "database_statement_cache": 10_000,
    "upload_max_mb": 500,
    "worker_concurrency": 64,
    "zone_sweep_minutes": 1440,
    "operation_deadline_s": 3600,
    "operation_store_size": 100_000,
    "max_characters": 1_000_000,
    "max_tokens": 100_000,
    "max_depth": 200,
    "max_aliases": 10_000,
    "max_directives": 10_000,
    "max_root_fields": 10_000,
    "max_nodes": 10_000_000,
    "max_cost": 100_000_000,
    "max_values": 1_000_000,
    "subscription_queue": 100_000,
    "websocket_ping_s": 3600,
    "intake_max_events": 10_000_000,
    "intake_max_mb": 10_000,
}


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
    database_reader_url: str | None = None
    redis_url: str | None = None
    database_pool_size: int = 10
    database_statement_cache: int = 256
    auth_mode: AuthMode = AuthMode.LOCAL
    local_athlete: str = "runner"
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    graphiql: bool = True
    introspection: bool = True
    suggestions: bool = True
    trusted_documents: Path | None = None
    operation_deadline_s: int = 10
    operation_store_size: int = 1000
    max_characters: int = 100_000
    max_tokens: int = 2_000
    max_depth: int = 20
    max_aliases: int = 100
    max_directives: int = 50
    max_root_fields: int = 20
    max_nodes: int = 10_000
    max_cost: int = 50_000
    max_values: int = 10_000
    subscription_queue: int = 100
    websocket_ping_s: int = 20
    cors_origins: tuple[str, ...] = ()
    log_level: str = "INFO"
    upload_max_mb: int = 50
    worker_concurrency: int = 2
    zone_sweep_minutes: int = 10
    intake_max_events: int = 20_000
    intake_max_mb: int = 64

    def __post_init__(self) -> None:
        self._check_place()
        self._check_servers()
        self._check_tokens()
        if self.log_level not in LOG_LEVELS:
            raise BadSetting(f"CAIRN_LOG_LEVEL is {self.log_level!r}; it takes {', '.join(LOG_LEVELS)}.")
        for name, most in MOST.items():
            least = 0 if name in MAY_BE_NONE else 1
            if not least <= getattr(self, name) <= most:
                raise BadSetting(
                    f"{PREFIX}{name.upper()} is {getattr(self, name)}; it takes a number from {least} to {most}."
                )

    @property
    def data_folder(self) -> Path:
        """Where the embedded servers, the keys and the sockets live."""
        try:
            return (self.data_dir or _default_data_dir()).expanduser().absolute()
        except RuntimeError:
            raise BadSetting("There is no home folder to keep data in. Set CAIRN_DATA_DIR.") from None

    @property
    def embedded(self) -> bool:
        """Whether Cairn brings its own PostgreSQL and Valkey."""
        return self.database_url is None

    def _check_place(self) -> None:
        if not self.host.strip():
            raise BadSetting("CAIRN_HOST is empty; 127.0.0.1 is this machine alone, 0.0.0.0 all of its networks.")
        if not 0 <= self.port <= 65535:
            raise BadSetting(f"CAIRN_PORT is {self.port}; a port is a number from 0 to 65535.")
        for origin in self.cors_origins:
            if origin != "*" and (fault_of_web(origin) or origin.count("/") != 2):
                raise BadSetting(f"CAIRN_CORS_ORIGINS has {origin!r}; an origin is like https://app.example.com.")

    def _check_servers(self) -> None:
        addresses = {
            "database_url": fault_of_database,
            "database_reader_url": fault_of_database,
            "redis_url": fault_of_redis,
        }
        for name, fault_of in addresses.items():
            url = getattr(self, name)
            if url is not None and (fault := fault_of(url)):
                raise BadSetting(f"{PREFIX}{name.upper()} {fault}")
        if self.database_url is None and self.redis_url is not None:
            raise BadSetting(ONE_SERVER)
        if self.database_reader_url is not None and self.database_url is None:
            raise BadSetting("CAIRN_DATABASE_READER_URL names a standby: set CAIRN_DATABASE_URL, its writer's, too.")

    def _check_tokens(self) -> None:
        if self.auth_mode is AuthMode.OIDC and not (self.oidc_issuer and self.oidc_audience):
            raise BadSetting("CAIRN_AUTH_MODE is oidc: set CAIRN_OIDC_ISSUER and CAIRN_OIDC_AUDIENCE too.")
        if self.oidc_issuer is not None and (fault := fault_of_web(self.oidc_issuer)):
            raise BadSetting(f"CAIRN_OIDC_ISSUER {fault}")
        if not (1 <= len(self.local_athlete.strip()) <= LONGEST_NAME and self.local_athlete.isprintable()):
            raise BadSetting(f"CAIRN_LOCAL_ATHLETE must have 1 to {LONGEST_NAME} printable characters.")


def load_settings(environ: Mapping[str, str] | None = None, *, needs_redis: bool = True, **overrides: Any) -> Settings:
    """Settings from the environment's file, then `environ`, then `overrides`; an empty or None value is not given.

    A database of one's own needs a Redis of one's own, but for commands that ask none. Raises BadSetting.
    """
    environ = os.environ if environ is None else environ
    given = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    known = {PREFIX + field.name.upper(): field.name for field in fields(Settings)}
    if unknown := sorted(set(given) - set(known)):
        raise BadSetting(f"There is no setting {', '.join(unknown)}. Settings: {', '.join(known)}.")
    given = _without_empty(given)
    environment = _parse("CAIRN_ENVIRONMENT", given.get("CAIRN_ENVIRONMENT", Environment.LOCAL), Environment)
    merged = _without_empty(read_env_file(FOLDER / f"{environment}.env")) | given
    hints = get_type_hints(Settings)
    values = {known[name]: _parse(name, text, hints[known[name]]) for name, text in merged.items()}
    settings = Settings(**values | {name: value for name, value in overrides.items() if value is not None})
    if needs_redis and not settings.embedded and settings.redis_url is None:
        raise BadSetting(ONE_SERVER)
    return settings


def read_env_file(path: Path) -> dict[str, str]:
    """The NAME=value lines of a file; `#` starts a comment line."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _without_empty(given: Mapping[str, str]) -> dict[str, str]:
    """Compose files pass settings on that nobody set: an empty value is not given."""
    return {name: text for name, text in given.items() if text.strip()}


def _parse(name: str, text: str, kind: Any) -> Any:
    options = get_args(kind)
    if type(None) in options:
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
