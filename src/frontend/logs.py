"""What the product logs: a JSON object a line, its time in UTC, and no word that somebody wrote.

Of a failure it is said what kind it was and where in the code, never with what words or values.
"""

import logging
from traceback import format_tb
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from frontend.access import Operator, Viewer
from frontend.representation import AnyRequest

log = structlog.get_logger()


def log_plainly() -> None:
    """Have our own lines and those of the libraries written alike."""
    line: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    written = structlog.processors.JSONRenderer()
    of_libraries = logging.StreamHandler()
    of_libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_without_words, structlog.stdlib.add_logger_name, *line],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, written],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[of_libraries])
    structlog.configure(processors=[*line, written])


def places_in(trace: TracebackType | None) -> str:
    """Where in the code a failure went through."""
    return "".join(format_tb(trace))


def broken(request: AnyRequest, kind: str, why: str) -> None:
    """A mistake of our own, or something that the product stands on and cannot reach."""
    log.error("request failed", who=_who(request), path=request.url.path, kind=kind, why=why)


def refused(request: AnyRequest, kind: str, status: int) -> None:
    """Somebody was refused something: a wrong proof, a page not theirs, a body that does not fit.

    The route and not the address is named, since an address that nobody has can hold anything.
    """
    route = request.scope.get("path_template")
    log.info(
        "request refused",
        who=_who(request),
        method=request.method,
        route=route,
        status=status,
        kind=kind,
    )


def signed_in(viewer: Viewer | None) -> None:
    """Somebody came in, and with what; None is one of those who run the installation."""
    if viewer is None:
        log.info("signed in", who="operator")
    else:
        log.info(
            "signed in",
            who=str(viewer.member),
            factor=viewer.factor,
            second_factor=viewer.second_factor,
        )


def _who(request: AnyRequest) -> str | None:
    """The id of who asks; None where nobody is signed in."""
    asking = request.scope["state"].get("viewer") or request.scope["state"].get("operator")
    if isinstance(asking, Viewer):
        return str(asking.member)
    return f"operator {asking.identity}" if isinstance(asking, Operator) else None


def _without_words(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """A library's line of a failure quotes it: then only what the library always says is kept."""
    kind, _failure, trace = line.pop("exc_info", None) or (None, None, None)
    if kind is not None:
        said = str(line["_record"].msg).partition("\n")[0]
        line.update(event=said, kind=kind.__name__, why=places_in(trace))
    return line
