"""Bulk intake on a real server: over sockets that wait, hang up, and send without end."""

import socket
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from urllib.parse import urlsplit

import httpx
import orjson
import pytest

from tests.conftest import a_data_folder
from tests.factories.bulk import a_line, lines
from tests.factories.phones import OWNTRACKS
from tests.factories.serving import Served, ask, serving, token, wait_until

TOPIC = "mutation($name: String!) { createTopic(input: {name: $name}) { userErrors { message } } }"
TRACKER = 'mutation($name: String!) { createTracker(input: {topic: $name, source: "bib 7"}) { key } }'
HEAD = "query($name: String!) { topic(name: $name) { headOffset } }"


class Sender:
    """Somebody who publishes to a server over sockets of their own."""

    def __init__(self, server: Served, token: str) -> None:
        self.server, self.token = server, token

    def topic(self, name: str) -> str:
        ask(self.server.url, self.token, TOPIC, name=name)
        return name

    def head(self, topic: str) -> int:
        found = ask(self.server.url, self.token, HEAD, name=topic)["topic"]
        assert isinstance(found, dict)
        return int(found["headOffset"])

    def has(self, topic: str, head: int) -> bool:
        return self.head(topic) == head

    def begin(self, topic: str, *headers: str, token: str | None = None) -> socket.socket:
        """A connection on which the head of a request was sent."""
        address = urlsplit(self.server.url)
        connection = socket.create_connection((address.hostname, address.port), timeout=30)
        head = [f"POST /topics/{topic}/events HTTP/1.1", "host: cairn", f"authorization: Bearer {token or self.token}"]
        connection.sendall("\r\n".join([*head, *headers, "", ""]).encode())
        return connection

    def log(self) -> str:
        return self.server.log.read_text()


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    """Somebody, and a server that logs all there is to log."""
    with a_data_folder() as folder, serving(folder, CAIRN_LOG_LEVEL="DEBUG") as server:
        yield Sender(server, token(folder))


def chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def answered(connection: socket.socket) -> tuple[int, bytes]:
    """The status of the answer, and its body."""
    answer = b""
    while b"\r\n\r\n" not in answer or not answer.rstrip().endswith(b"}"):
        received = connection.recv(65_536)
        assert received, answer
        answer += received
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def test_lines_of_an_open_stream_are_stored_while_it_is_open(sender: Sender) -> None:
    """A service may send each event when it occurs, on one request that lasts."""
    topic = sender.topic("open-stream")
    with closing(sender.begin(topic, "transfer-encoding: chunked")) as connection:
        for number in (1, 2, 3):
            connection.sendall(chunk(lines(number)))
            wait_until(partial(sender.has, topic, number))
        connection.sendall(chunk(b""))
        status, body = answered(connection)
    assert (status, orjson.loads(body)["accepted"]) == (200, 3)


def test_what_came_before_a_hang_up_is_kept_and_nothing_is_logged(sender: Sender) -> None:
    """It is no fault of the server's; sending again will do."""
    topic = sender.topic("hang-up")
    with closing(sender.begin(topic, "content-length: 1000000")) as connection:
        connection.sendall(lines(1, 2) + a_line(3)[:20])
        wait_until(partial(sender.has, topic, 2))
    with httpx.Client(headers={"authorization": f"Bearer {sender.token}"}, trust_env=False, timeout=30) as client:
        answer = client.post(f"{sender.server.url}/topics/{topic}/events", content=lines(1, 2, 3)).json()
    assert (answer["duplicates"], answer["accepted"]) == (2, 1)
    assert "exception" not in sender.log().lower()


def test_a_sender_who_is_refused_is_told_before_sending(sender: Sender) -> None:
    """`curl -T` asks first, and is not asked to go on."""
    headers = ("content-length: 1000000000", "expect: 100-continue")
    with closing(sender.begin("any", *headers, token="nonsense")) as connection:
        status, body = answered(connection)
    assert (status, orjson.loads(body)["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


def test_many_lines_without_an_announced_length_stand_in_their_order(sender: Sender) -> None:
    """More than any buffer on the way holds."""
    topic = sender.topic("long-stream")
    content = (lines(*range(at, at + 100)) for at in range(0, 20_000, 100))
    with httpx.Client(headers={"authorization": f"Bearer {sender.token}"}, trust_env=False, timeout=60) as client:
        answer = client.post(f"{sender.server.url}/topics/{topic}/events", content=content)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["headOffset"]) == (200, 20_000, "20000")
    query = """query($name: String!) { topic(name: $name) {
        events(last: 2) { edges { node { eventId offset } } } } }"""
    found = ask(sender.server.url, sender.token, query, name=topic)["topic"]
    assert isinstance(found, dict)
    assert [edge["node"] for edge in found["events"]["edges"]] == [
        {"eventId": "mat-19998", "offset": "19999"},
        {"eventId": "mat-19999", "offset": "20000"},
    ]


def test_a_tracker_s_key_is_not_logged(sender: Sender) -> None:
    """Though it stands in the address, and everything is logged that can be."""
    topic = sender.topic("quiet")
    made = ask(sender.server.url, sender.token, TRACKER, name=topic)["createTracker"]
    assert isinstance(made, dict)
    path = f"{sender.server.url}/trackers/{made['key']}/owntracks"
    answers = [httpx.post(path, content=content, trust_env=False) for content in (orjson.dumps(OWNTRACKS), b"broken")]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert sender.head(topic) == 1
    assert made["key"] not in sender.log()


def test_when_the_server_stops_an_open_stream_is_told_what_is_stored() -> None:
    """And not cut off; nothing is logged as a fault."""
    with a_data_folder() as folder, serving(folder) as server:
        sender = Sender(server, token(folder))
        topic = sender.topic("stopped")
        with closing(sender.begin(topic, "transfer-encoding: chunked")) as connection:
            connection.sendall(chunk(lines(1, 2)))
            wait_until(partial(sender.has, topic, 2))
            server.process.terminate()
            status, body = answered(connection)
        server.process.wait(30)
        assert "exception" not in sender.log().lower()
    told = orjson.loads(body)
    assert (status, told["accepted"], told["failure"]["code"]) == (503, 2, "UNAVAILABLE")
    assert "again" in told["failure"]["message"]
