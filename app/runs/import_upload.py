"""`cairn import` on the wire: what it asks of a running Cairn, patient with one that is busy for a moment."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_address
from typing import Any

import httpx

from domain.shared.errors import OperatorError, TooLarge, Unavailable

TIMEOUT_S = 120
QUIET_S = 2.0  # a shorter wait is not worth a word
FIRST_LOOK_S, LAST_LOOK_S, SLOWER = 0.1, 1.0, 1.5  # a small import is told at once, a long one asks seldom
PATIENCE_S = 60.0  # so long a server may go on saying that it cannot answer just now
IMPORT = """
mutation CairnImport($files: [Upload!]!, $key: String!) {
  importRuns(input: {files: $files, idempotencyKey: $key}) { job { id } userErrors { code message } }
}
"""
JOB = """
query CairnImportJob($id: ID!) {
  job(id: $id) { status progress items { fileName status message } }
}
"""


class ImportFailed(OperatorError):
    """The server cannot be reached, or refuses whatever is sent."""


class FilesRefused(Exception):
    """The server does not take these files together; alone, each may go better."""


class RunningCairn:
    """A Cairn that imports for one athlete."""

    def __init__(self, url: str, token: str, *, patience_s: float = PATIENCE_S, quiet_s: float = QUIET_S) -> None:
        self._patience_s, self._quiet_s = patience_s, quiet_s
        url = url.rstrip("/").removesuffix("/graphql")
        try:
            self._client = httpx.AsyncClient(
                base_url=url,
                timeout=TIMEOUT_S,
                headers={"authorization": f"Bearer {token}"},
                trust_env=not _is_here(url),  # a proxy for the world does not lead to this machine
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as trouble:
            raise ImportFailed(f"{url} with this token cannot be asked: {trouble}.") from trouble

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def upload(self, files: Sequence[tuple[str, bytes]]) -> str:
        """Send files, by name and content; answers the job's id. Raises FilesRefused, ImportFailed."""
        # With a key, so that sending again after an answer that got lost imports nothing twice.
        variables = {"files": [None] * len(files), "key": secrets.token_hex(16)}
        form = {
            "operations": json.dumps({"query": IMPORT, "variables": variables}),
            "map": json.dumps({str(at): [f"variables.files.{at}"] for at in range(len(files))}),
        }
        contents = {str(at): file for at, file in enumerate(files)}
        payload = (await self._ask(data=form, files=contents, headers={"x-cairn-csrf": "1"}))["importRuns"]
        if payload["userErrors"]:
            raise FilesRefused(payload["userErrors"][0]["message"])
        return str(payload["job"]["id"])

    async def watch(self, job_id: str) -> AsyncIterator[dict[str, Any]]:
        """The job, again and again until it has ended."""
        pause_s = FIRST_LOOK_S
        while True:
            job = (await self._ask(json={"query": JOB, "variables": {"id": job_id}}))["job"]
            if job is None:
                raise ImportFailed("The import is not there any more. Was it taken back?")
            yield job
            if job["status"] not in ("QUEUED", "RUNNING"):
                return
            await asyncio.sleep(pause_s)
            pause_s = min(SLOWER * pause_s, LAST_LOOK_S)

    async def _ask(self, **request: Any) -> dict[str, Any]:
        told, begun = False, asyncio.get_running_loop().time()
        while True:
            answer = await self._post(request)
            if not answer.get("errors"):
                data: dict[str, Any] = answer["data"]
                return data
            message, extensions = answer["errors"][0]["message"], answer["errors"][0].get("extensions") or {}
            if extensions.get("code") == TooLarge.code:
                raise FilesRefused(message)
            if extensions.get("code") != Unavailable.code:
                raise ImportFailed(message)
            told = self._bear(message, asyncio.get_running_loop().time() - begun, told=told)
            await asyncio.sleep(extensions.get("retryAfterMs", 1000) / 1000)

    def _bear(self, message: str, waited_s: float, *, told: bool) -> bool:
        """Whether a wait this long is told by now; it is once. Raises ImportFailed when it is too long."""
        why = message.partition(". ")[0].rstrip(".")  # what follows is for those who send requests themselves
        if waited_s >= self._patience_s:
            raise ImportFailed(f"{why}. It was so for {self._patience_s:.0f} s. Import the same again later.")
        if waited_s >= self._quiet_s and not told:
            print(f"cairn: waiting, {self._patience_s:.0f} s at most. The server says: {why}.", file=sys.stderr)
            return True
        return told

    async def _post(self, request: dict[str, Any]) -> dict[str, Any]:
        where = self._client.base_url
        try:
            answer = (await self._client.post("/graphql", **request)).json()
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError) as trouble:
            if "files" in request:  # a server refuses what is too large before it has read all of it
                raise FilesRefused("The server hung up while it was sent; is it too large?") from trouble
            raise ImportFailed(f"Cairn at {where} hung up. Look at its log, and import the same again.") from trouble
        except httpx.HTTPError as trouble:
            raise ImportFailed(f"Cairn at {where} cannot be reached ({trouble}). Is it running?") from trouble
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or not ("data" in answer or "errors" in answer):
            raise ImportFailed(
                f"{where} does not answer like a Cairn. Name another with --url, and yourself with --token."
            )
        return answer


def _is_here(url: str) -> bool:
    host = httpx.URL(url).host
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
