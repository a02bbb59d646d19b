"""A page of another site can make a runner's browser send simple requests: none of them runs anything.

Browsers ask first (a preflight, which CORS answers by setting) before they send a method other than GET or POST, a
content type other than those of forms, or a header of our own. So:

* a POST of JSON needs no further proof; one of a form needs a header of PROOFS, with any value;
* a GET that names an operation needs a header of PROOFS, a bearer token or `content-type: application/json`;
  or it comes from a script, which browsers and Node.js tell by `sec-fetch-mode: cors`, a header that no page can
  forge, and the browser does not say that it is a script of another site (`sec-fetch-site`, `origin`). An image, a
  link, a form or a script tag never says `cors`. Old browsers, and those that speak plain HTTP with another machine,
  say nothing at all: there nothing tells a page's request from a program's, and both need one of the headers.
"""

from collections.abc import Mapping

from app.edge.refusals import RequestRefused
from domain.shared.errors import Forbidden

PROOFS = (b"x-cairn-csrf", b"apollo-require-preflight")
FORMS = (b"multipart/form-data", b"application/x-www-form-urlencoded", b"text/plain")
WITH_IT = "Send one of these headers with it:"
FORGED_FORM = f"This form post could come from any web page. {WITH_IT} x-cairn-csrf or apollo-require-preflight."
FORGED_GET = f"Any web page could send this GET. {WITH_IT} x-cairn-csrf, apollo-require-preflight or a bearer token."

Head = Mapping[bytes, bytes]


def refuse_forged_form(head: Head) -> None:
    """Raise RequestRefused (403) for a form that any page could have sent."""
    if media_type(head) in FORMS and not _is_proven(head):
        raise RequestRefused.because(FORGED_FORM, code=Forbidden.code, status=403)


def refuse_forged_get(head: Head) -> None:
    """Raise RequestRefused (403) for a GET that any page could have sent."""
    # Browsers add other kinds of Authorization by themselves.
    bearer = head.get(b"authorization", b"")[:7].lower() == b"bearer "
    preflighted = bearer or _is_proven(head) or media_type(head) == b"application/json"
    if not preflighted and not _is_script_of_ours(head):
        raise RequestRefused.because(FORGED_GET, code=Forbidden.code, status=403)


def media_type(head: Head) -> bytes:
    """The content type without its parameters."""
    return head.get(b"content-type", b"").partition(b";")[0].strip().lower()


def _is_proven(head: Head) -> bool:
    return any(name in head for name in PROOFS)


def _is_script_of_ours(head: Head) -> bool:
    site = head.get(b"sec-fetch-site")
    if site is not None:
        return site == b"same-origin"
    return head.get(b"sec-fetch-mode") == b"cors" and b"origin" not in head
