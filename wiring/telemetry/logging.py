"""One log line, one JSON object: structlog renders its own lines, the SDK's and every library's alike.

No line holds the words of a fault (`wiring/telemetry/redaction.py`), whoever wrote it and however the process ends.
"""

import logging
import sys
import threading
import warnings
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from wiring.telemetry.redaction import name, told, unquoted

log = structlog.stdlib.get_logger("process")


def _libraries(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Cut out of a library's line the faults that it quotes, and what follows its first line: a trace as text."""
    fault = _fault(event.get("exc_info"))
    text = str(event["event"])
    event["event"] = (unquoted(text, fault) if fault else text).strip().partition("\n")[0]
    return event


def _faults(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Tell of the fault that a line is about what may be told."""
    fault = _fault(event.pop("exc_info", None))
    if fault is not None:
        event["exception"] = told(fault)
    return event


def _fault(given: Any) -> BaseException | None:
    """Return the fault that `exc_info` stands for, in each form that Python takes."""
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exception() if given else None


def _strange(value: object) -> str:
    """Name what is no JSON by its type: its own words may quote anything."""
    return name(value) if isinstance(value, BaseException) else type(value).__qualname__


def _discreet(record: logging.LogRecord) -> bool:
    """Let through every line of ours, and of a library what it means for operators: its debug lines show what passes.

    A fault among what a line is made of is named by its type.
    """
    if isinstance(record.args, tuple):
        record.args = tuple(name(each) if isinstance(each, BaseException) else each for each in record.args)
    return record.levelno >= logging.INFO or isinstance(record.msg, dict)


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def start_logging(level: str) -> None:
    """Send every log line of this process to stderr as JSON; so too what ends it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_discreet)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_libraries, *SHARED, _faults],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(default=_strange),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole URLs
    structlog.configure(
        processors=[*SHARED, _faults, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    _take_over_stderr()


def _take_over_stderr() -> None:
    """Log what Python would print: faults that nobody caught, and warnings, which may quote a value as well."""
    sys.excepthook = _ended
    threading.excepthook = lambda what: _nobody_caught(what.exc_value)
    sys.unraisablehook = lambda what: _nobody_caught(what.exc_value)
    warnings.showwarning = _warned


def _ended(_kind: type[BaseException], fault: BaseException, _trace: TracebackType | None) -> None:
    log.critical("ended by a fault", exc_info=fault)


def _nobody_caught(fault: BaseException | None) -> None:
    log.error("nobody caught a fault", exc_info=fault)


def _warned(  # noqa: PLR0913, PLR0917 - as Python calls it
    message: Warning | str,  # noqa: ARG001
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    log.warning("a warning", category=category.__name__, where=f"{filename}:{lineno}")
