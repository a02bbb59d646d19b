"""The command line: cairn serve | worker | migrate | import | zones | token | doctor."""

import argparse
import asyncio
import io
import shlex
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from configuration.settings import AuthMode, BadSetting, Settings, load_settings
from domain.shared.errors import DomainError, OperatorError
from domain.shared.viewer import Scope

USAGE_ERROR = 2
INTERRUPTED = 130
IMPORT_TOKEN_HOURS = 12
NEED_REDIS = frozenset({"serve", "worker", "doctor"})


class Refused(OperatorError):
    """The command cannot do what was asked."""


class OneLineParser(argparse.ArgumentParser):
    """Says in one line what is wrong with a command, and where to read more."""

    def error(self, message: str) -> NoReturn:
        """Exit with code 2."""
        self.exit(USAGE_ERROR, f"{self.prog}: {message}. See {self.prog} --help.\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; whatever an operator can mend ends in one line and exit code 2."""
    _print_anything()
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings(
            needs_redis=options.needs_redis,
            data_dir=options.data_dir,
            host=getattr(options, "host", None),
            port=getattr(options, "port", None),
        )
        return int(options.command(settings, options) or 0)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BadSetting, OperatorError) as refusal:
        return _refuse(str(refusal))
    except DomainError as refusal:
        return _refuse(refusal.message)


def _print_anything() -> None:
    """A file's name may hold bytes, and a runner's terminal lack letters, that would otherwise end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _refuse(why: str) -> int:
    print(f"cairn: {why}", file=sys.stderr)
    return USAGE_ERROR


def _serve(settings: Settings, options: argparse.Namespace) -> None:
    # Imported here: `cairn token` and `cairn --help` need not wait for a web server to load.
    from app import serving
    from app.logs import configure_logs
    from di import local

    configure_logs(settings.log_level)
    if settings.embedded and (url := serving.running_url(settings.data_folder)):
        raise Refused(
            f"Cairn already runs on {settings.data_folder}, at {url}. Stop it first, or give another --data-dir."
        )
    with (
        serving.ending_in_good_order(),
        serving.bind(settings.host, settings.port) as listening,
        local.started(settings) as (ready, servers),
    ):
        if settings.auth_mode is AuthMode.LOCAL:
            local.local_tokens(ready)  # a key that cannot be made is told here, in a line
        spawn = None if options.no_worker else lambda: local.spawn_worker(ready)
        serving.serve(ready, listening, servers, spawn, import_command=_import_command(options))


def _worker(settings: Settings, _options: argparse.Namespace) -> None:
    from app.logs import configure_logs
    from app.worker import run_worker
    from di import local

    ready = local.connected(settings)
    configure_logs(settings.log_level)
    asyncio.run(run_worker(ready))


def _migrate(settings: Settings, _options: argparse.Namespace) -> None:
    from di import local

    with local.started_or_connected(settings) as ready:
        applied = asyncio.run(local.migrate(ready))
    print("\n".join(f"applied {name}" for name in applied) or "The database is up to date.")


def _token(settings: Settings, options: argparse.Namespace) -> None:
    from di import local

    if settings.auth_mode is not AuthMode.LOCAL:
        raise Refused("Tokens come from your identity provider: CAIRN_AUTH_MODE is oidc.")
    print(local.local_tokens(settings).issue(options.name, scopes=options.scope, hours=options.hours))


def _import(settings: Settings, options: argparse.Namespace) -> int:
    from app.runs.import_client import import_files
    from app.serving import running_url

    url = options.url or running_url(settings.data_folder)
    if url is None:
        raise Refused(
            f"No Cairn runs on {settings.data_folder}. Start it with `cairn serve`, or name it with --url, "
            "and yourself with --token."
        )
    return asyncio.run(import_files(options.files, url=url, token=_import_token(settings, options)))


def _zones(_settings: Settings, options: argparse.Namespace) -> None:
    from app.zones.judging import judge_trailmetrics

    told = judge_trailmetrics(options.source, options.target)
    for line in (*told, f"The zones stand in {options.target}."):  # standard output may be where they went
        print(f"cairn: {line}", file=sys.stderr)


def _import_token(settings: Settings, options: argparse.Namespace) -> str:
    from di import local

    if options.token == "-":  # noqa: S105 - so that it stands in no list of processes
        return sys.stdin.readline().strip()
    if options.token:
        return str(options.token)
    if options.url or settings.auth_mode is not AuthMode.LOCAL:
        raise Refused("Say who you are there with --token.")
    return local.local_tokens(settings).issue(options.name or settings.local_athlete, hours=IMPORT_TOKEN_HOURS)


def _doctor(settings: Settings, _options: argparse.Namespace) -> int:
    from app.operations.doctor import examine
    from di import local

    return asyncio.run(examine(local.checks(settings)))


def _import_command(options: argparse.Namespace) -> str:
    """How to import into the same data folder from where Cairn was called: it need not be on the PATH."""
    called = Path(sys.argv[0])
    program = str(called) if called.name == "cairn" and shutil.which("cairn") is None else "cairn"
    folder = [] if options.data_dir is None else ["--data-dir", str(options.data_dir)]
    return shlex.join([program, "import", *folder])


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; name a folder")
    return Path(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a port is a number from 0 to 65535")
    return int(text)


def _hours(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of hours") from None


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="cairn", description="An async GraphQL server for trail and road running.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=run, needs_redis=name in NEED_REDIS)
        added.add_argument(
            "--data-dir", type=_folder, metavar="FOLDER", help="where data and keys lie (CAIRN_DATA_DIR)"
        )
        return added

    serve = command("serve", _serve, "Serve the API and one worker, with PostgreSQL and Valkey unless others are set.")
    serve.add_argument("--host", help="the address to listen on (CAIRN_HOST)")
    serve.add_argument("--port", type=_port, help="the port to listen on; 0 takes a free one (CAIRN_PORT)")
    serve.add_argument("--no-worker", action="store_true", help="leave the work to workers of their own")
    command("worker", _worker, "Run one more worker beside a running Cairn, or on the servers that are set.")
    command("migrate", _migrate, "Bring the database's tables up to date.")

    bring = command("import", _import, "Import recorded runs into a running Cairn.")
    bring.add_argument("files", nargs="+", type=Path, metavar="FILE", help="FIT, GPX, TCX, .gz or .zip; or folders")
    bring.add_argument("--as", dest="name", metavar="NAME", help="the athlete (CAIRN_LOCAL_ATHLETE)")
    bring.add_argument("--url", help="a Cairn elsewhere, such as https://cairn.example")
    bring.add_argument("--token", help="a token for it; - reads it from standard input")

    zones = command("zones", _zones, "Judge an export of segments from elsewhere, and write the zones they stand in.")
    zones.add_argument("--method", required=True, choices=["trailmetrics"], help="how segments are judged")
    zones.add_argument("source", type=Path, metavar="IN.csv", help="the export: a segment a line")
    zones.add_argument("target", type=Path, metavar="OUT.csv", help="where zones go; a file there is replaced")

    token = command("token", _token, "Print a token for local mode.")
    token.add_argument("--as", dest="name", metavar="NAME", required=True, help="the athlete it speaks for")
    token.add_argument(
        "--scope",
        action="append",
        metavar="SCOPE",
        help=f"{', '.join(Scope)}; may be repeated; all but operations when left out",
    )
    token.add_argument("--hours", type=_hours, default=24, metavar="N", help="how long it is good (24)")
    command("doctor", _doctor, "Check database, Redis, migrations, clock and disk, and say what to do.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
