"""`cairn import` waits for a server whose databases are away, and says that it does."""

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.runs.import_upload import ImportFailed, RunningCairn

AWAY = "The database cannot be reached just now."
MORE = "Send it again with the same idempotencyKey."
UNAVAILABLE = {"errors": [{"message": f"{AWAY} {MORE}", "extensions": {"code": "UNAVAILABLE", "retryAfterMs": 1}}]}
TAKEN = {"data": {"importRuns": {"job": {"id": "1"}, "userErrors": []}}}


@contextmanager
def a_server(*answers: object) -> Iterator[str]:
    """Answers these in turn, and the last one for ever."""
    left = list(answers)

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = json.dumps(left.pop(0) if len(left) > 1 else left[0]).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join(10)


def upload(answers: Sequence[object], **waits: float) -> str:
    async def send(url: str) -> str:
        cairn = RunningCairn(url, "token", **waits)
        try:
            return await cairn.upload([("lake.gpx", b"")])
        finally:
            await cairn.close()

    with a_server(*answers) as url:
        return asyncio.run(send(url))


def test_a_wait_is_told_once_with_its_cause(capsys: pytest.CaptureFixture[str]) -> None:
    assert upload([UNAVAILABLE] * 4 + [TAKEN], quiet_s=0) == "1"
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"cairn: waiting, 60 s at most. The server says: {AWAY}\n")


def test_a_moment_of_load_is_not_worth_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert upload([UNAVAILABLE, TAKEN], quiet_s=60) == "1"
    assert capsys.readouterr().err == ""


def test_a_wait_ends_with_a_sentence() -> None:
    with pytest.raises(ImportFailed, match=r"cannot be reached just now\. It was so for 0 s\. Import the same again"):
        upload([UNAVAILABLE], patience_s=0.05)
