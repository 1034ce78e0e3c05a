"""The one place where errors become HTTP answers: RFC 9457 problems with a stable `type`, a reason and a remedy."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from domain.errors import Rejected
from domain.fault import Fault
from domain.intake.questions import Question
from domain.intake.referral import Fault as RowFault
from gateway.http.throttle import Throttled
from gateway.http.validation import SEE, faults_of
from wiring.telemetry.metrics import REFUSED_ENTRY
from wiring.temporal.journeys import Unavailable

URN = "urn:family-journeys:problem:"
MEDIA_TYPE = "application/problem+json"
AWAY = (
    Unavailable,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it is being stopped or started
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver says when the server goes away in the middle of a statement
    ConnectionError,
    FileNotFoundError,  # the socket of a database that is not there, or not yet
    TimeoutError,
)
RETRY_AFTER = "1"
UNREADABLE = 400  # what the framework says of a body that is no JSON

# A rejection is a conflict with the journey as it stands (409), unless its code says otherwise.
STATUS = {
    "unauthenticated": 401,
    "bad-signature": 401,
    "not-allowed": 403,
    "partner-suspended": 403,
    "waiver-not-allowed": 403,
    "unknown-journey": 404,
    "unknown-entry": 404,
    "unknown-message": 404,
    "unknown-partner": 404,
    "unknown-reference": 404,
    "unknown-event": 404,
    "unknown-import": 404,
    "changed-since": 412,
    "too-large": 413,
    "bad-address": 422,
    "bad-file": 422,
    "bad-reference": 422,
    "bad-dates": 422,
    "bad-referral": 422,
    "bad-request": 422,
    "bad-cursor": 422,
    "bad-event": 422,
    "future-date": 422,
    "unknown-claim": 404,
    "unknown-window": 404,
    "unknown-area": 422,
    "unknown-criterion": 422,
    "no-receiver": 422,
    "no-text": 422,
    "unknown-key-worker": 422,
    "unknown-locality": 422,
    "unknown-member": 422,
    "unknown-need": 422,
    "unknown-programme": 422,
    "unknown-purpose": 422,
    "unknown-referrer": 422,
    "unknown-result": 422,
    "unknown-team": 422,
    "too-little-to-find-by": 422,
    "too-many-requests": 429,
}

DENIED = frozenset([401, 403])  # logged with who, as the request bound it, and what, on any way to the refusal
log = structlog.stdlib.get_logger()


class Problem(BaseModel):
    """What went wrong, and what to do about it; `faults` are all those of a request, or of a referral's rows."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    faults: list[RowFault | Fault] = []
    questions: list[Question] = []


class IdentityQuestion(Rejected):
    """The people of a referral may be known: somebody must say who they are."""

    def __init__(self, code: str, reason: str, remedy: str, questions: Sequence[Question]) -> None:
        super().__init__(code, reason, remedy)
        self.questions = list(questions)


class NotTaken(Rejected):
    """Rows of a referral have faults."""

    def __init__(self, faults: Sequence[RowFault], code: str = "bad-referral") -> None:
        super().__init__(code, _first_of(faults), faults[0].remedy)
        self.faults = list(faults)


def _first_of(faults: Sequence[Fault]) -> str:
    """Say the first of some faults, and how many more there are."""
    first = faults[0]
    many = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"{first.field or 'file'}: {first.reason}{many}"


def problem(  # noqa: PLR0913, PLR0917 - one argument a part of the answer
    status: int,
    code: str,
    detail: str,
    remedy: str,
    faults: Sequence[Fault] = (),
    retry_after: int | None = None,
    questions: Sequence[Question] = (),
) -> JSONResponse:
    """Build the answer."""
    title = code.replace("-", " ").capitalize()
    told = {"detail": detail, "remedy": remedy, "faults": list(faults), "questions": list(questions)}
    body = Problem(type=f"{URN}{code}", title=title, status=status, **told)
    return JSONResponse(
        body.model_dump(mode="json", exclude_defaults=True),
        status,
        headers=_headers(status, retry_after),
        media_type=MEDIA_TYPE,
    )


def of_rejection(fault: Rejected) -> JSONResponse:
    """Answer a rejection."""
    faults = fault.faults if isinstance(fault, NotTaken) else ()
    seconds = fault.seconds if isinstance(fault, Throttled) else None
    questions = fault.questions if isinstance(fault, IdentityQuestion) else ()
    return problem(STATUS.get(fault.code, 409), fault.code, fault.reason, fault.remedy, faults, seconds, questions)


def install(app: FastAPI) -> None:
    """Map every error that a route may raise."""
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(asyncpg.DataError, _unstorable)
    for away in AWAY:
        app.add_exception_handler(away, _away)


async def _rejected(request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, Rejected)  # noqa: S101 - narrows the type that the framework hands over
    answer = of_rejection(fault)
    if answer.status_code in DENIED:
        route = getattr(request.scope.get("route"), "path", "unknown")
        log.warning("denied", why=fault.code, method=request.method, route=route, status=answer.status_code)
        REFUSED_ENTRY.labels(fault.code).inc()
    return answer


async def _invalid(_request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, RequestValidationError)  # noqa: S101 - as above
    faults = faults_of(fault.errors(), str(fault.body))
    return problem(422, "bad-request", _first_of(faults), faults[0].remedy, faults)


async def _http(_request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, HTTPException)  # noqa: S101 - as above
    return of_http(fault)


def of_http(fault: HTTPException) -> JSONResponse:
    """Answer what the framework found; a body that it could not even read is a bad request like any other."""
    status = 422 if fault.status_code == UNREADABLE else fault.status_code
    code, remedy = _KNOWN.get(status, ("bad-request", SEE))
    return problem(status, code, str(fault.detail), remedy)


async def _unstorable(_request: Request, _fault: Exception) -> JSONResponse:
    """Answer text or a number that Postgres cannot hold; its message would quote the value."""
    detail = "a value contains a NUL character or is out of range"
    return problem(422, "bad-request", detail, "write it without control characters, and smaller")


async def _away(_request: Request, fault: Exception) -> JSONResponse:
    log.warning("unavailable", error=type(fault).__name__)
    detail = str(fault) if isinstance(fault, Unavailable) else "the database does not answer"
    return problem(503, "unavailable", detail, "send the same request again, with the same Idempotency-Key")


def unexpected(fault: Exception) -> JSONResponse:
    """Answer a fault of ours; its message stays out of the log, for it may quote what was told."""
    log.error("unexpected", exc_info=fault)
    return problem(
        500,
        "unexpected",
        "the gateway failed",
        "try again; if it fails again, look in the gateway's log for the request id",
    )


def _headers(status: int, retry_after: int | None) -> Mapping[str, str]:
    if retry_after is not None:
        return {"Retry-After": str(retry_after)}
    every: dict[int, dict[str, str]] = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": RETRY_AFTER}}
    return every.get(status, {})


_KNOWN: dict[int, tuple[str, str]] = {
    404: ("unknown-path", "the paths are listed in /openapi.json"),
    405: ("unknown-method", "the methods are listed in /openapi.json"),
    408: ("too-slow", "send it again, in smaller parts or over a faster line"),
    413: ("too-large", "send it in smaller parts"),
    503: ("unavailable", "send the same request again, with the same Idempotency-Key"),
}

_MODEL: dict[str, Any] = {"model": Problem, "content": {MEDIA_TYPE: {}}}
DOCUMENTED: dict[int | str, dict[str, Any]] = dict.fromkeys((401, 403, 404, 409, 413, 422, 503), _MODEL)
SIGNED = DOCUMENTED | {429: _MODEL}
ON_A_JOURNEY = DOCUMENTED | {412: _MODEL}
