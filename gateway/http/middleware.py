"""What surrounds every request: an id that goes through to the logs, safe headers, a limit of size."""

import asyncio
import logging
import re
import time
import uuid

import structlog
from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.http.body_limits import OF_UNSIGNED, SIGNED, BodyLimits, dropped, has_body, whose
from gateway.http.problems import of_http, unexpected
from wiring.telemetry.metrics import FAILED, REQUESTS
from wiring.telemetry.redaction import chain
from wiring.telemetry.request_id import FIELD, name_request

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SAFE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    # Whoever reads it over plain HTTP ignores it (RFC 6797, 8.1); TLS may end before us, where we do not see it.
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
}
METHODS = frozenset(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])  # a caller may write anything
HUNG_UP = 499  # logged and counted for a client that left before it was answered: no fault, and nobody reads it
FAULT = 500  # from here on an answer says that we failed
PROBES = frozenset(["/healthz", "/readyz"])  # asked every few seconds: they would bury the rest of the log
LARGEST_BODY = 1024 * 1024  # of ordinary JSON
LARGEST = {
    "/v1/events": 8 * 1024 * 1024,  # ten thousand events
    "/v1/imports": 32 * 1024 * 1024,  # a hundred thousand rows
}
DRAINED = 256 * 1024 * 1024  # bytes of a body too large that are still read, and dropped, before the answer
PATIENCE = 20.0  # seconds for which they are
EXPECTS = "100-continue"  # a client that asks first sends nothing until it is answered

log = structlog.stdlib.get_logger()


class TooLarge(HTTPException):
    """A body is larger than its route takes. The framework lets this kind of exception through while it reads one."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"the body is larger than {most} bytes")


class EveryRequest:
    """ASGI middleware; it logs the route's pattern, never the address, which may say more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._bodies = BodyLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        began, answered = time.perf_counter(), 0

        async def send_safe(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = message["status"]
                MutableHeaders(scope=message).update({"x-request-id": request_id, **SAFE_HEADERS})
            await send(message)

        name_request(request_id)
        with structlog.contextvars.bound_contextvars(**{FIELD: request_id}):
            try:
                await self._serve(scope, receive, send_safe)
            except Exception as fault:
                if hung_up(fault):
                    answered = HUNG_UP
                elif answered:
                    raise
                else:
                    await unexpected(fault)(scope, receive, send_safe)
            finally:
                route = getattr(scope.get("route"), "path", "unknown")
                seconds = time.perf_counter() - began
                method = scope["method"] if scope["method"] in METHODS else "other"
                REQUESTS.labels(route, method, str(answered)).observe(seconds)
                if answered >= FAULT:
                    FAILED.inc()
                level = logging.DEBUG if route in PROBES else logging.INFO
                milliseconds = round(seconds * 1000, 1)
                log.log(level, "request", method=method, route=route, status=answered, milliseconds=milliseconds)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a body that is not too large; one that says so itself is read to its end, and nothing is kept."""
        most, headers = largest(scope["path"]), Headers(scope=scope)
        told = headers.get("content-length", "")
        if told.isdecimal() and int(told[:20]) > most:
            if headers.get("expect", "").lower() != EXPECTS:
                await drained(receive)
            await of_http(TooLarge(most))(scope, receive, send)
        else:
            await self._served(scope, within(receive, most), send, most)

    async def _served(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        """Serve a body of somebody known, or of a partner who may sign it, as far as there is room for it."""
        who = await whose(scope) if has_body(scope) else "staff"
        if who == "nobody":
            keep = OF_UNSIGNED if scope["path"] in SIGNED else 0
            await self._app(scope, dropped(receive, most, keep), send)
            return
        with self._bodies.held(who, receive) as counted:
            await self._app(scope, counted, send)


def hung_up(fault: BaseException) -> bool:
    """Tell whether a request failed because its client is gone."""
    return any(isinstance(each, ClientDisconnect) for each in chain(fault))


def largest(path: str) -> int:
    """Return how many bytes the body of a request to `path` may have."""
    return LARGEST.get(path, LARGEST_BODY)


def within(receive: Receive, most: int) -> Receive:
    """Return a `receive` that stops a body as soon as it is known to be larger than `most` bytes."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            if message.get("more_body"):
                await drained(receive)
            raise TooLarge(most)
        return message

    return counted


async def drained(receive: Receive) -> None:
    """Read what a client still sends, and drop it: most read no answer before they have sent everything.

    Answered in the midst of it, such a client finds its connection broken instead. It is read up to a size and a time.
    """
    left = DRAINED
    try:
        async with asyncio.timeout(PATIENCE):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
    except TimeoutError:
        return
