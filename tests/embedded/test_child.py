"""A child process says why it ended, and never runs without its parent."""

import os
import signal
import subprocess
import sys

import pytest

from infrastructure.embedded import launch
from infrastructure.embedded.child import Child
from infrastructure.embedded.refusals import CannotStart


def says(lines: str, place, status: int = 1) -> Child:
    return Child(
        ["/bin/sh", "-c", f"cat; exit {status}"], log=place / "log", farewell=signal.SIGTERM, given=lines.encode()
    )


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("LOG:  starting\n2026-11-21 UTC [7] FATAL:  out of luck\nHINT:  get some\n", "out of luck"),
        ("initdb: error: no room\ninitdb: removing contents\n", "no room"),
        ("1:M 21 Nov 2026 03:40:06.528 # Bad manifest\n\n", "Bad manifest"),
        ("", "it said nothing"),
    ],
    ids=["PostgreSQL", "initdb", "Valkey", "silence"],
)
def test_the_reason_is_the_line_of_the_log_that_tells_it(place, lines, reason):
    with pytest.raises(CannotStart, match=rf"Server failed: {reason} \(its log: {place}/log\)"):
        says(lines, place).finish(patience_s=30, name="Server")


def test_what_an_earlier_start_said_is_not_the_reason(place):
    (place / "log").write_text("FATAL:  long ago\n")
    with pytest.raises(CannotStart, match="it said nothing"):
        says("", place).finish(patience_s=30, name="Server")


def test_a_child_that_ends_well_is_no_failure(place):
    child = says("done\n", place, status=0)
    child.finish(patience_s=30, name="Server")
    assert child.said() == "done\n"


def test_a_child_that_ends_well_between_two_looks_is_no_failure(place):
    class EndsBetweenLooks(Child):
        looks = 0

        @property
        def running(self) -> bool:
            self.looks += 1
            return self.looks == 1

    EndsBetweenLooks(["/bin/true"], log=place / "log", farewell=signal.SIGTERM).finish(patience_s=30, name="Server")


def test_a_child_that_does_not_end_is_stopped_and_named(place):
    child = Child(["/bin/sleep", "60"], log=place / "log", farewell=signal.SIGTERM)
    with pytest.raises(CannotStart, match="Server did not end within 0 s"):
        child.finish(patience_s=0, name="Server")
    assert not child.running


def test_a_child_that_does_not_get_ready_is_stopped_and_named(place):
    child = Child(["/bin/sleep", "60"], log=place / "log", farewell=signal.SIGTERM)
    with pytest.raises(CannotStart, match="Server did not get ready within 0 s"):
        child.until(lambda: False, patience_s=0, name="Server")
    assert not child.running


def test_a_child_that_ignores_a_farewell_is_made_to_end(place):
    ready = place / "ready"
    program = f"trap '' TERM; : > {ready}; exec sleep 60"
    child = Child(["/bin/sh", "-c", program], log=place / "log", farewell=signal.SIGTERM)
    child.until(ready.exists, patience_s=30, name="Server")
    child.stop(0)
    assert not child.running


def test_a_child_whose_parent_is_gone_already_does_not_run():
    who = ["same", str(os.getuid()), str(os.getgid())]
    command = [sys.executable, launch.__file__, "1", "15", *who, "/bin/echo", "ran"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
