"""How much of what is sent to us is kept before it is known who sends it, and how long we wait for it.

Who has no token that holds is not listened to: what is sent is dropped piece by piece. A partner's signature covers the
body, so that it must be kept before it can be checked: all of those together may hold so much, and no more. Of one that
bears no signature at all, or one of another time, no more is kept than says who it claims to be from.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from domain.errors import Rejected
from gateway.http.security import Tokens
from wiring.temporal.journeys import Unavailable

SIGNED = frozenset(["/v1/events"])  # where the sender is known by the body itself
SIGNATURE = ("webhook-id", "webhook-signature", "webhook-timestamp")
TOLERANCE = 300  # seconds by which a signature's time may be off
OF_UNSIGNED = 64 * 1024 + 1  # bytes of one body: one event, and that there is more
OF_STRANGERS = 64 * 1024 * 1024  # bytes of bodies held at once whose senders are not known: eight full batches
OF_STAFF = 256 * 1024 * 1024  # and of those who are
PAUSE = 10.0  # seconds between two pieces of a body
GRACE = 30.0  # seconds for a body of any size, and beyond it a second for each so many bytes:
SLOWEST = 64 * 1024
BEARER = "bearer "


class TooSlow(HTTPException):
    """A body does not arrive. The framework lets this kind of exception through while it reads one."""

    def __init__(self) -> None:
        super().__init__(408, "the body did not arrive in time")


class Crowded(HTTPException):
    """As much as may be is held already."""

    def __init__(self) -> None:
        super().__init__(503, "too many bodies are being sent to the gateway at the moment")


class BodyLimits:
    """The bodies that one gateway process holds."""

    def __init__(self, of_strangers: int = OF_STRANGERS, of_staff: int = OF_STAFF) -> None:
        self._room = {"strangers": of_strangers, "staff": of_staff}

    @contextmanager
    def held(self, whose: str, receive: Receive) -> Iterator[Receive]:
        """Yield a `receive` that counts what it passes on as held until the end of the request.

        It raises `TooSlow`, or `Crowded` when there is no room.
        """
        mine, began, done = 0, 0.0, False

        async def counted() -> Message:
            nonlocal mine, began, done
            if done:  # what comes then is the end of the connection, for which anybody may wait
                return await receive()
            began = began or time.monotonic()
            message = await _in_time(receive, began + GRACE + mine / SLOWEST)
            size = len(message.get("body", b""))
            if size > self._room[whose]:
                raise Crowded
            self._room[whose] -= size
            mine += size
            done = not message.get("more_body", False)
            return message

        try:
            yield counted
        finally:
            self._room[whose] += mine


async def whose(scope: Scope) -> str:
    """Tell who sends a body: `staff` by a token that holds, `strangers` who may sign it, or `nobody`."""
    headers = Headers(scope=scope)
    if scope["path"] in SIGNED:
        return "strangers" if _signed(headers) else "nobody"
    given = headers.get("authorization", "")
    tokens: Tokens = scope["app"].state.services.tokens
    try:
        if given[: len(BEARER)].lower() != BEARER:
            return "nobody"
        await tokens.session(given[len(BEARER) :].strip(), quietly=True)
    except (Rejected, Unavailable):  # the route says which
        return "nobody"
    return "staff"


def has_body(scope: Scope) -> bool:
    """Tell whether a request says that it has a body."""
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != ""


def dropped(receive: Receive, most: int, keep: int = 0) -> Receive:
    """Return a `receive` of the first `keep` bytes; all that is sent is read first, so far and so long as it may be.

    A client that is answered in the midst of sending finds its connection broken in place of the answer.
    """
    done = False

    async def empty() -> Message:
        nonlocal done
        if done:
            return await receive()
        left, until, head = most, time.monotonic() + PAUSE, b""
        while left >= 0:
            message = await _in_time(receive, until)
            left -= len(message.get("body", b""))
            head += message.get("body", b"")[: keep - len(head)]
            if message["type"] != "http.request" or not message.get("more_body"):
                break
        done = True
        return {"type": "http.request", "body": head, "more_body": False}

    return empty


def _signed(headers: Headers) -> bool:
    """Tell whether a request bears a signature of about now; whether it holds is asked when the body is there."""
    at = headers.get("webhook-timestamp", "")
    now = at.isdecimal() and abs(int(at[:20]) - time.time()) <= TOLERANCE
    return now and all(headers.get(name) for name in SIGNATURE)


async def _in_time(receive: Receive, until: float) -> Message:
    try:
        async with asyncio.timeout(min(PAUSE, max(0.0, until - time.monotonic()))):
            return await receive()
    except TimeoutError:
        raise TooSlow from None
