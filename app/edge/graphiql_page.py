"""GraphiQL, the page on which a runner tries the API: served from our own files, so that it works without a network."""

import asyncio
import gzip
import hashlib
import json
import re
from dataclasses import asdict
from functools import cache
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.edge.example_operations import example_operations

FOLDER = Path(__file__).parent / "graphiql"
STYLES = ("vendored/graphiql.min.css", "vendored/plugin-explorer.css", "page.css")
SCRIPTS = (  # in the order in which they need one another
    "vendored/react.production.min.js",
    "vendored/react-dom.production.min.js",
    "vendored/graphiql.min.js",
    "vendored/plugin-explorer.umd.js",
    "start.js",
)
PATHS = {Path(path).name: FOLDER / path for path in STYLES + SCRIPTS}
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}

A_HOST = re.compile(r"[a-z0-9.:\[\]-]+", re.IGNORECASE)
A_LOOPBACK_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)


def graphiql_routes() -> list[BaseRoute]:
    """The scripts and styles that the page asks for."""
    return [Route("/graphiql/{name}", _serve, methods=["GET"])]


def page(request: Request, *, token: str | None) -> HTMLResponse:
    """GraphiQL with the examples in its tabs and, where there is one, `token` in its headers; never to be stored."""
    data = json.dumps({"token": token, "examples": [asdict(example) for example in example_operations()]})
    html = _template().substitute(
        styles="\n".join(f'<link rel="stylesheet" href="{_address(path)}">' for path in STYLES),
        scripts="\n".join(f'<script src="{_address(path)}"></script>' for path in SCRIPTS),
        data=data.replace("<", "\\u003c"),  # or a </script> in an example would end the block
    )
    return HTMLResponse(html, headers=_page_headers(request))


def may_have_token(request: Request, *, bound_to_loopback: bool, local_mode: bool) -> bool:
    """Whether the page may carry a ready token: only for a browser on this very machine that asked this very server.

    The name in Host must be one of this machine's own, or any site could point its own name here and read the page
    (DNS rebinding). A forwarding header means that somebody elsewhere asks through a proxy on this machine. Opening a
    page sends no Origin: where there is one, a script of an allowed origin is asking.
    """
    return (
        bound_to_loopback
        and local_mode
        and _is_loopback(request.client.host if request.client else "")
        and A_LOOPBACK_HOST.fullmatch(request.headers.get("host", "")) is not None
        and not any(_tells_of_another_asker(name) for name in request.headers)
    )


def _is_loopback(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped  # before Python 3.13 a mapped 127.0.0.1 does not count as loopback
    return address.is_loopback


def _tells_of_another_asker(header: str) -> bool:
    return header in ("forwarded", "via", "x-real-ip", "origin") or header.startswith("x-forwarded-")


def _page_headers(request: Request) -> dict[str, str]:
    host = request.headers.get("host", "")
    sockets = f" ws://{host} wss://{host}" if A_HOST.fullmatch(host) else ""  # older browsers: 'self' is http alone
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",  # GraphiQL's dialogs and menus write style elements
        "connect-src": f"'self'{sockets}",
        "img-src": "data:",
        "font-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in PATHS:
        return PlainTextResponse("GraphiQL has no such file.", status_code=404)
    # An address with the content's own version stays true for ever; any other is asked for again each time.
    lasting = request.query_params.get("v") == _version(name)
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = await asyncio.to_thread(_compressed, name)
        headers["Content-Encoding"] = "gzip"
    else:
        content = _content(name)
    return Response(content, headers=headers, media_type=MEDIA_TYPES[PATHS[name].suffix])


def _address(path: str) -> str:
    name = Path(path).name
    return f"/graphiql/{name}?v={_version(name)}"


@cache
def _template() -> Template:
    return Template((FOLDER / "page.html").read_text(encoding="utf-8"))


@cache
def _content(name: str) -> bytes:
    return PATHS[name].read_bytes()


@cache
def _version(name: str) -> str:
    return hashlib.sha256(_content(name)).hexdigest()[:16]


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_content(name), compresslevel=6, mtime=0)
