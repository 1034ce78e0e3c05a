"""What surrounds every request: an id that goes through to the logs, safe headers, a limit of size."""

import logging
import re
import time
import uuid

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import Rejected
from gateway.problems import unexpected
from wiring.metrics import REQUESTS

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SAFE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
METHODS = frozenset(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])  # a caller may write anything
PROBES = frozenset(["/healthz", "/readyz"])  # asked every few seconds: they would bury the rest of the log
LARGEST_BODY = 32 * 1024 * 1024  # ten thousand events, or a hundred thousand rows

log = structlog.stdlib.get_logger()


class EveryRequest:
    """ASGI middleware; it logs the route's pattern, never the address, which may say more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Request(scope).headers.get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        began, answered = time.perf_counter(), 0

        async def send_safe(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = message["status"]
                MutableHeaders(scope=message).update({"x-request-id": request_id, **SAFE_HEADERS})
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_safe)
            except Exception as fault:
                if answered:
                    raise
                await unexpected(fault)(scope, receive, send_safe)
            finally:
                route = getattr(scope.get("route"), "path", "unknown")
                seconds = time.perf_counter() - began
                method = scope["method"] if scope["method"] in METHODS else "other"
                REQUESTS.labels(route, method, str(answered)).observe(seconds)
                level = logging.DEBUG if route in PROBES else logging.INFO
                milliseconds = round(seconds * 1000, 1)
                log.log(level, "request", method=method, route=route, status=answered, milliseconds=milliseconds)


async def limited_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """Read the body, refusing one that is too large as soon as that is known."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise Rejected("too-large", f"the body is larger than {largest} bytes", "send it in smaller parts")
    return bytes(body)
