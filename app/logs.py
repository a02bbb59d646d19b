"""How Cairn logs: JSON lines for machines, plain lines in a terminal; never a token, never a variable's value."""

import logging
import sys
import traceback
from collections.abc import Iterator

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from domain.shared.errors import DomainError, OperatorError

MALFORMED = ("Invalid HTTP request received", "Invalid UTF-8 sequence received")
OWN_WORDS = (DomainError, OperatorError)  # their texts are written to be shown


def configure_logs(level: str) -> None:
    """Set structlog up for this process; the libraries' own loggers speak through it from WARNING on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        where_it_broke,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(default=str)
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            keep_exc_info=False,
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # These tell of everything malformed that comes: whoever sends it would write the log.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").addFilter(lambda record: not record.getMessage().startswith(MALFORMED))
    # arq tells of every attempt to reach Redis; the worker tells once that it is away.
    logging.getLogger("arq.connections").setLevel(logging.ERROR)


def where_it_broke(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Instead of `exc_info`, which lines of code it came by, without the exception's words.

    Those repeat what somebody sent: the database's "invalid input for query argument $1" ends with the argument.
    """
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(_told(error))
    return event


def _told(error: BaseException) -> Iterator[str]:
    """The causes first, as Python tells them."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
        yield "then"
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{kind}: {error}" if isinstance(error, OWN_WORDS) else kind
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _told(part)
