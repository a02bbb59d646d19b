"""The commands beside `serve`: tokens that are only tokens, migrations, one more worker."""

import base64
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import cli
from domain.shared.viewer import Scope
from infrastructure.embedded.companion import Companion
from infrastructure.embedded.servers import running_addresses
from tests.conftest import LiveServer, a_data_folder
from tests.factories import serving as running
from tests.factories.serving import wait_until

COMMANDS = ["serve", "worker", "migrate", "import", "token", "zones", "doctor"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for a data folder."""
    with a_data_folder() as place:
        yield place / "data"


@pytest.fixture
def token(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """All that `cairn token` prints."""

    def issue(*words: str) -> str:
        assert cli.main(["token", "--data-dir", str(folder), *words]) == 0
        return capsys.readouterr().out

    return issue


def claims(printed: str) -> dict[str, object]:
    body = printed.split(".")[1]
    read: dict[str, object] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return read


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert "--data-dir" in capsys.readouterr().out


def test_a_token_is_all_that_is_printed(token: Callable[..., str]) -> None:
    printed = token("--as", "ada")
    assert printed.count(".") == 2
    assert printed.split() == [printed.removesuffix("\n")]


def test_a_token_carries_all_scopes_but_operations(token: Callable[..., str]) -> None:
    assert set(str(claims(token("--as", "ada"))["scope"]).split()) == set(Scope) - {Scope.OPERATIONS}


def test_a_token_carries_the_scopes_that_were_asked_for(token: Callable[..., str]) -> None:
    printed = token("--as", "ada", "--scope", "operations", "--scope", "training:read")
    assert set(str(claims(printed)["scope"]).split()) == {"operations", "training:read"}


def test_a_token_lasts_as_long_as_was_asked_for(token: Callable[..., str]) -> None:
    told = claims(token("--as", "ada", "--hours", "0.5"))
    assert int(str(told["exp"])) - int(str(told["iat"])) == 1800


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--as", ""], "1 to 100 printable characters"),
        (["--as", "x" * 101], "1 to 100 printable characters"),
        (["--as", "ada", "--scope", "running"], "There is no scope 'running'. Scopes: training:read"),
        (["--as", "ada", "--hours", "0"], "more than 0"),
        (["--as", "ada", "--hours", "nan"], "more than 0"),
        (["--as", "ada", "--hours", "9000"], "at most 8760 hours"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert cli.main(["token", "--data-dir", str(folder), *words]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert says in printed.err


@pytest.mark.parametrize("words", [["--as", "ada", "--hours", "long"], []], ids=["hours", "no name"])
def test_a_token_command_that_cannot_be_read_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["token", *words])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_in_oidc_mode_there_are_no_tokens_here(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIRN_AUTH_MODE", "oidc")
    monkeypatch.setenv("CAIRN_OIDC_ISSUER", "https://login.example.com")
    monkeypatch.setenv("CAIRN_OIDC_AUDIENCE", "cairn")
    assert cli.main(["token", "--as", "ada", "--data-dir", str(folder)]) == 2
    assert "identity provider" in capsys.readouterr().err
    assert not folder.exists()


@pytest.mark.parametrize("words", [["worker"], ["doctor"], ["import", "run.fit"]], ids=lambda words: words[0])
def test_a_command_that_needs_a_running_cairn_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert cli.main([*words, "--data-dir", str(folder)]) == 2
    assert f"No Cairn runs on {folder}. Start it with `cairn serve`" in capsys.readouterr().err


def test_migrating_an_empty_folder_applies_everything_and_a_second_time_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["migrate", "--data-dir", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("applied ")
    assert cli.main(["migrate", "--data-dir", str(folder)]) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"


def test_migrating_beside_a_running_cairn_uses_its_database(
    live_server: LiveServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["migrate", "--data-dir", str(live_server.data_folder)]) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"


def test_migrating_a_database_that_is_away_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIRN_DATABASE_URL", "postgresql://cairn:s3cret@127.0.0.1:1/cairn")
    assert cli.main(["migrate", "--data-dir", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "Start it, and check host and port in CAIRN_DATABASE_URL." in said
    assert "s3cret" not in said


def test_migrating_needs_no_redis(
    live_server: LiveServer, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = running_addresses(live_server.data_folder)
    assert addresses is not None
    monkeypatch.setenv("CAIRN_DATABASE_URL", addresses.database_url)
    assert cli.main(["migrate", "--data-dir", str(folder)]) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"


@pytest.mark.parametrize("command", ["serve", "worker", "doctor"])
def test_a_command_that_asks_redis_refuses_a_database_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("CAIRN_DATABASE_URL", "postgresql://cairn@127.0.0.1:1/cairn")
    assert cli.main([command, "--data-dir", str(folder)]) == 2
    assert "Set both CAIRN_DATABASE_URL and CAIRN_REDIS_URL" in capsys.readouterr().err


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT], ids=lambda by: by.name)
def test_one_more_worker_runs_until_it_is_told_to_end(
    live_server: LiveServer, tmp_path: Path, by: signal.Signals
) -> None:
    with (tmp_path / "log").open("w") as log:
        worker = subprocess.Popen(
            [*running.CAIRN, "worker", "--data-dir", str(live_server.data_folder)],
            stderr=log,
            text=True,
            cwd=running.ROOT,
            env=running.clean_environment(),
        )
    wait_until(lambda: "worker ready" in (tmp_path / "log").read_text())
    assert running.end(worker, by) == 0


def test_a_companion_does_not_take_a_folder_of_its_programs_name_for_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("raise SystemExit('this is another app')")
    monkeypatch.chdir(tmp_path)
    companion = Companion("app.cli", ["token", "--as", "ada", "--data-dir", str(folder)], os.environ)
    wait_until(lambda: not companion.running)
    assert (folder / "keys").is_dir()
