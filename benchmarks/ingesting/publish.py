"""Publishes batches of events over many connections for a while, and tells how many were taken.

To see for yourself, against any Cairn: `python benchmarks/ingesting/publish.py --token "$(cairn token --as bench)"`.
It needs nothing but Python. Where cores are free, several of it at once send more than one can.
"""

import argparse
import http.client
import itertools
import json
import os
import secrets
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

FIRST = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
COUNTS = ("accepted", "duplicates", "conflicting")
CREATE = "mutation Create($input: CreateTopicInput!) { createTopic(input: $input) { userErrors { code message } } }"
PUBLISH = """mutation Publish($input: PublishEventsInput!) { publishEvents(input: $input) {
  accepted duplicates conflicting headOffset userErrors { code field message } } }"""


def main() -> None:
    options = _options()
    with closing(connect(options.url)) as connection:
        ask(connection, options.token, CREATE, {"name": options.topic})  # it may be there already
    run, began = secrets.token_hex(4), time.monotonic()
    with ThreadPoolExecutor(options.connections) as senders:
        told = sum(
            senders.map(lambda sender: publish(options, f"{run}-{sender}"), range(options.connections)), Counter()
        )
    seconds, events = time.monotonic() - began, sum(told.values())
    print(f"{events:,} events in {seconds:.1f} s, {events / seconds:,.0f} a second:", end=" ")
    print(", ".join(f"{told[what]:,} {what}" for what in COUNTS))


def publish(options: argparse.Namespace, prefix: str) -> Counter[str]:
    """Send batch after batch over one connection while there is time; counts what became of the events."""
    told, until = Counter[str](), time.monotonic() + options.seconds
    with closing(connect(options.url)) as connection:
        for number in itertools.count():
            events = batch(prefix, number, size=options.batch, repeated=options.duplicates)
            answer = ask(connection, options.token, PUBLISH, {"topic": options.topic, "events": events})
            counts = answer["data"]["publishEvents"]
            if counts["userErrors"]:
                raise SystemExit(f"Cairn refuses events: {counts['userErrors'][:3]}")
            told.update({what: counts[what] for what in COUNTS})
            if time.monotonic() >= until:
                break
    return told


def batch(prefix: str, number: int, *, size: int, repeated: float) -> list[dict[str, Any]]:
    """The events of a batch, which begins with the last ones of the batch before."""
    fresh = size - round(size * repeated)
    last = (number + 1) * fresh
    return [event(prefix, each) for each in range(max(0, last - size), last)]


def event(prefix: str, number: int) -> dict[str, Any]:
    """The event of a number: always the same, so that it counts as a repeat when it is sent again."""
    payload = {"type": "position", "latitude": 47 + number % 1000 / 1e3, "longitude": 8.5, "altitudeM": number % 600}
    instant = (FIRST + timedelta(milliseconds=number)).isoformat()
    source = f"runner-{number % 300}"
    return {"eventId": f"{prefix}-{number}", "occurredAt": instant, "source": source, "payload": payload}


def connect(url: str) -> http.client.HTTPConnection:
    """A connection to Cairn, made when it is first used."""
    address = urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    return kind(address.netloc, timeout=60)


def ask(connection: http.client.HTTPConnection, token: str, query: str, input: object) -> dict[str, Any]:
    """The answer to one operation. Asked to wait, it waits, and sends the same again: that is always safe."""
    body = json.dumps({"query": query, "variables": {"input": input}})
    while True:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        connection.request("POST", "/graphql", body, headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        if answer.status == 503:
            time.sleep(float(answer.headers.get("Retry-After", "1")))
        elif "errors" in said:
            raise SystemExit(f"Cairn says {answer.status}: {said['errors'][:3]}")
        else:
            told: dict[str, Any] = said
            return told


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    token = os.environ.get("CAIRN_TOKEN")
    parser.add_argument("--url", default=os.environ.get("CAIRN_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--token", default=token, required=token is None, help="or CAIRN_TOKEN in the environment")
    parser.add_argument("--topic", default="bench", help="made if it is not there")
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--batch", type=int, default=500, help="events in a request, at most 1,000")
    parser.add_argument("--duplicates", type=float, default=0.3, help="so much of a batch came before, 0 to 1")
    return parser.parse_args()


if __name__ == "__main__":
    main()
