"""A request with files, by the GraphQL multipart request specification."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from app.edge.http.hanging_up import ClientGone
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest, read_request

MOST_FILES = 1000
MOST_FIELDS = 10
LARGEST_FIELD = 1_000_000
LONGEST_NAME = 1_000
SPECIFICATION = "See the GraphQL multipart request specification."
UNREADABLE = "The form cannot be read: it is cut off, has no boundary or has more parts than are taken. "
FIELDS = "The form needs one field `operations` and one field `map`, each of them JSON and neither of them a file. "
NO_MAP = 'The form\'s `map` is no JSON object such as {"0": ["variables.input.files.0"]}. '
NO_FILE = "The form's `map` names a part that is no file of the form. "
MISPLACED = "The form's `map` names a place that its `operations` do not have, or where there is no null. "
LONG_NAME = f"A file's name has at most {LONGEST_NAME:,} characters."


@asynccontextmanager
async def request_in_form(scope: Scope, receive: Receive) -> AsyncIterator[GraphQLRequest]:
    """The request that a form is, its files in the variables until the end of the block; raises RequestRefused."""
    request = Request(scope, receive)
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)
    except (HTTPException, MultiPartException, UnicodeError):
        raise RequestRefused.because(UNREADABLE + SPECIFICATION) from None
    except ClientDisconnect:
        raise ClientGone from None
    try:
        yield _request(form)
    finally:
        await form.close()  # files wait in temporary ones


def _request(form: FormData) -> GraphQLRequest:
    operations, places = _field(form, "operations"), _field(form, "map")
    if not isinstance(places, dict):
        raise RequestRefused.because(NO_MAP + SPECIFICATION)
    request = read_request(operations)
    within = {"variables": request.variables}
    for part, paths in places.items():
        file = _file(form, part)
        if not isinstance(paths, list):
            raise RequestRefused.because(NO_MAP + SPECIFICATION)
        for path in paths:
            _put(file, path, within)
    return request


def _field(form: FormData, name: str) -> Any:
    values = form.getlist(name)
    if len(values) != 1 or not isinstance(values[0], str):
        raise RequestRefused.because(FIELDS + SPECIFICATION)
    try:
        return orjson.loads(values[0])
    except orjson.JSONDecodeError:
        raise RequestRefused.because(FIELDS + SPECIFICATION) from None


def _file(form: FormData, part: str) -> UploadFile:
    values = form.getlist(part)
    if len(values) != 1 or not isinstance(values[0], UploadFile):
        raise RequestRefused.because(NO_FILE + SPECIFICATION)
    if len(values[0].filename or "") > LONGEST_NAME:
        raise RequestRefused.because(LONG_NAME)
    return values[0]


def _put(file: UploadFile, path: object, within: Mapping[str, Any]) -> None:
    """Put a file where a path such as `variables.input.files.0` leads: to a null that the request has there."""
    *steps, last = path.split(".") if isinstance(path, str) else [""]
    place: Any = within
    for step in steps:
        place = _inside(place, step)
    if not steps or _inside(place, last) is not None:
        raise RequestRefused.because(MISPLACED + SPECIFICATION)
    place[int(last) if isinstance(place, list) else last] = file


def _inside(place: object, step: str) -> Any:
    if isinstance(place, dict) and step in place:
        return place[step]
    if isinstance(place, list) and step.isascii() and step.isdecimal() and len(step) < 10 and int(step) < len(place):
        return place[int(step)]
    raise RequestRefused.because(MISPLACED + SPECIFICATION)
