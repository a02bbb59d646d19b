"""A bug that ends what many watch: it is logged once, and all of them are told the id of that line."""

import structlog

from app.edge.operation import new_request_id
from app.edge.refusals import MASKED, RequestRefused

log = structlog.get_logger("cairn.edge")


def logged(bug: BaseException | None, **where: str) -> RequestRefused:
    """Log a bug; answers what is told of it."""
    request_id = new_request_id()
    log.error("bug", request_id=request_id, exc_info=bug, **where)
    return RequestRefused.because(MASKED, code="INTERNAL", requestId=request_id)
