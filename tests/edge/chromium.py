"""A headless Chromium, driven through its DevTools protocol: what a runner's own browser would do with a page."""

import asyncio
import base64
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.factories.debian import install

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--remote-debugging-port=0", "--window-size=1400,900"),
)
CONTROL = 2  # the protocol's bit for the Ctrl key
LARGEST_MESSAGE = 64 * 1024 * 1024  # a picture of the page comes in one message


@cache
def chromium_path() -> str | None:
    """Where Chromium is, installed if need be."""
    if _installed() is None:
        install("chromium")
    return _installed()


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@asynccontextmanager
async def a_chromium(path: str) -> AsyncIterator[str]:
    """A running Chromium, as the address at which it takes commands."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = await asyncio.create_subprocess_exec(
            path, *FLAGS, f"--user-data-dir={profile}", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            yield await _address(browser)
        finally:
            browser.kill()
            await browser.communicate()  # until its children have let go of stderr too


@asynccontextmanager
async def a_page(chromium: str) -> AsyncIterator["Page"]:
    """A blank page that shares neither storage nor cache with any other, and is gone after the block."""
    async with connect(chromium, max_size=LARGEST_MESSAGE, proxy=None) as socket:
        yield await Page.open_in(socket)


async def _address(browser: asyncio.subprocess.Process) -> str:
    assert browser.stderr is not None
    said = ""
    async with asyncio.timeout(60):
        while line := (await browser.stderr.readline()).decode():
            if found := re.search(r"DevTools listening on (ws://\S+)", line):
                return found[1]
            said += line
    raise AssertionError(f"Chromium ended before it could be talked to:\n{said}")


@dataclass
class Page:
    """One page, and all that it asked for and complained about."""

    socket: ClientConnection
    session: str = ""
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    sent_frames: list[str] = field(default_factory=list)
    calls: int = 0

    @classmethod
    async def open_in(cls, socket: ClientConnection) -> "Page":
        page = cls(socket)
        apart = await page.call("Target.createBrowserContext", disposeOnDetach=True)
        target = await page.call("Target.createTarget", url="about:blank", **apart)
        attached = await page.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            await page.call(f"{domain}.enable")
        return page

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command, and note what happens on the page until its answer is there."""
        self.calls = number = self.calls + 1
        command = {"id": number, "method": method, "params": params}
        await self.socket.send(json.dumps(command | ({"sessionId": self.session} if self.session else {})))
        async with asyncio.timeout(60):
            while (message := json.loads(await self.socket.recv())).get("id") != number:
                self._note(message)
        assert "error" not in message, f"{method}: {message['error']}"
        result: dict[str, Any] = message["result"]
        return result

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requested.append(params["request"]["url"])
            case "Network.webSocketCreated":
                self.requested.append(params["url"])
            case "Network.webSocketFrameSent":
                self.sent_frames.append(params["response"]["payloadData"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(params["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(params["args"]))
            case "Log.entryAdded" if params["entry"]["level"] in ("error", "warning"):
                self.complaints.append(f"{params['entry']['text']} ({params['entry'].get('url')})")

    async def go_to(self, url: str) -> None:
        """Open an address and wait until the browser shows a document of its own from there."""
        went = await self.call("Page.navigate", url=url)
        assert "errorText" not in went, f"{url}: {went['errorText']}"
        await self.wait_for("document.readyState === 'complete'")

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; of a promise, what it comes to."""
        answer = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, f"{expression}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    async def wait_for(self, condition: str, *, at_most_s: int = 30) -> None:
        """Come back as soon as a JavaScript expression is truthy."""
        await self.evaluate(
            f"""new Promise((resolve, reject) => {{
                const end = Date.now() + {at_most_s * 1000};
                const look = () => {{
                    if ({condition}) resolve(true);
                    else if (Date.now() > end) reject(new Error("it did not come true: " + document.body.innerText));
                    else setTimeout(look, 50);
                }};
                look();
            }})"""
        )

    async def press_ctrl_enter(self) -> None:
        """The keys that run an operation in GraphiQL."""
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "modifiers": CONTROL}
        await self.call("Input.dispatchKeyEvent", type="rawKeyDown", **key)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    async def prefer(self, scheme: str) -> None:
        """Have the system prefer `light` or `dark` colours."""
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    async def picture(self) -> bytes:
        """What the page looks like, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])
