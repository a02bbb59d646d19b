"""The watch refuses what it could not watch, and gives up what it has begun without a word."""

import gc
import logging
import socket
from pathlib import Path

import pytest

from testing_payloads.failover.watch import main
from testing_payloads.failover.watching.options import api_url, seconds
from testing_payloads.failover.watching.targets import CannotWatch, of_rig


@pytest.mark.parametrize("word", ["-1", "0", "nan", "inf", "soon"])
def test_a_time_that_is_none_is_refused(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--for", word])
    assert f"{word} is no time to watch" in capsys.readouterr().err


@pytest.mark.parametrize(
    "word", ["nonsense", "127.0.0.1:8080", "ftp://cairn", "http://", "http://cairn:x", "http://a?b"]
)
def test_an_address_that_is_none_is_refused(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--api", word])
    assert f"{word} is no address" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["http://cairn:8080", "http://cairn:8080/", "http://cairn:8080/graphql"])
def test_an_address_may_end_as_it_likes(word: str) -> None:
    assert api_url(word) == "http://cairn:8080"


def test_a_time_may_be_less_than_a_second() -> None:
    assert seconds("0.5") == 0.5


def test_connections_that_are_given_up_while_they_are_made_are_not_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, caplog.at_level(logging.ERROR, "asyncio"):
        port = silent.getsockname()[1]
        url = f"postgresql://cairn:x@127.0.0.1:{port}/cairn"
        (tmp_path / "rig.env").write_text(f"WRITER_URL={url}\nREADER_URL={url}\nNODE_A_PORT={port}\n")
        assert main(["--rig", str(tmp_path), "--sql", "--for", "0.001"]) == 0
    gc.collect()
    assert caplog.messages == []


def test_a_rig_that_was_killed_is_not_watched(tmp_path: Path) -> None:
    """It leaves its socket behind, and nobody listens there."""
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(tmp_path / "rig.sock"))
    (tmp_path / "rig.env").write_text(f"WRITER_URL=x\nREADER_URL=x\nRIG_SOCKET={tmp_path / 'rig.sock'}\n")
    with pytest.raises(CannotWatch, match=r"has ended: start a rig with"):
        of_rig(tmp_path)
