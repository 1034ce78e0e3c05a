"""The way to the gateway: where it is, who we are, and one request that is tried again under the same key."""

import json
import os
import re
import sys
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import typer

from cli.core.errors import BAD_INPUT, NOT_ALLOWED, REJECTED, UNREACHABLE, Trouble
from cli.core.versions import entity_tag

if TYPE_CHECKING:
    import httpx
    import stamina

    from cli.core.days import Clock

PORT = 8470
PAGE = 500  # rows asked for at once: the most that the gateway gives
SILENCE = 2.0  # seconds after which somebody at a terminal is told what is waited for
TIMEOUT = 60.0  # seconds; a step waits for the engine at most 20
STATUS = {401: NOT_ALLOWED, 403: NOT_ALLOWED, 413: BAD_INPUT, 422: BAD_INPUT}
UNAUTHENTICATED = 401
SERVER_FAULT = 500
NOT_LOOKED_AT = frozenset([401, 408, 429])  # turned away before the step was, so it is not known what became of it
AWAY = frozenset([502, 503, 504])  # the gateway cannot, or whoever stands before it cannot reach it
LONGEST_WAIT = 5.0  # seconds; a gateway that asks for more is asked sooner
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")  # sent as it is: the gateway says whether there is such a day


class AwayError(Exception):
    """The gateway did not answer, or said that it cannot just now; `seconds` is when it asks to be tried again."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


@dataclass(frozen=True)
class Door:
    """One gateway, as one command sees it."""

    data: Path | None = None
    url: str | None = None
    as_json: bool = False
    if_version: str | None = None

    @property
    def folder(self) -> Path:
        """The data folder of the local stack."""
        from stack.folders import default_data

        return self.data or default_data()

    @property
    def address(self) -> str:
        """The gateway's address: as given, as in JOURNEYS_URL, or that of the local stack."""
        given = self.url or os.environ.get("JOURNEYS_URL")
        return given.rstrip("/") if given else f"http://127.0.0.1:{_port(self.folder / 'stack.json')}"

    @cached_property
    def clock(self) -> "Clock":
        """The business clock of the stack, which a time-lapse has moved."""
        from cli.core.days import Clock

        told = self.get("/clock")
        return Clock(datetime.fromisoformat(told["now"]), told["nation"])

    def day(self, text: str) -> str:
        """Return the day that a text means here, as it is sent."""
        from cli.core.days import day

        return text if ISO_DAY.fullmatch(text) else day(text, self.clock).isoformat()

    def moment(self, text: str) -> str:
        """Return the moment that a text means here as a limit, as it is sent."""
        from cli.core.days import moment

        return moment(text, self.clock).isoformat()

    def get(self, path: str, **params: Any) -> Any:
        """Ask."""
        return self.page(path, **params)[0]

    def page(self, path: str, method: str = "GET", **params: Any) -> tuple[Any, str | None]:
        """Ask for a page; return its body, and the cursor of the page after it as `Link` names it, if there is one."""
        given = {name: value for name, value in params.items() if value is not None}
        answer = self._request(method, path, params=given)
        return answer.json(), _next(answer)

    def rows(self, path: str, within: str | None = None, most: int | None = None, **params: Any) -> list[Any]:
        """Ask for a list page by page and return its rows, `most` of them; they are `within` the body, or are it."""
        found: list[Any] = []
        cursor = None
        while most is None or len(found) < most:
            limit = PAGE if most is None else min(PAGE, most - len(found))
            body, cursor = self.page(path, cursor=cursor, limit=limit, **params)
            found += body[within] if within else body
            if cursor is None:
                break
        return found

    def post(self, path: str, body: object = None, *, repeatable: bool = True, seen: str | None = None) -> Any:
        """Tell. A body that must not be told twice is `repeatable` False: then only an unsent one is tried again.

        `seen` is the version of the journey that it is meant for: it is refused if anything has happened since.
        """
        tag = {} if seen is None else {"if-match": entity_tag(seen)}
        return self._request(
            "POST", path, json=body if body is not None else {}, repeatable=repeatable, headers=tag
        ).json()

    def put(self, path: str, body: object) -> Any:
        """Set."""
        return self._request("PUT", path, json=body).json()

    def step(self, reference: str, name: str, seen: str | None = None, **body: Any) -> Any:
        """Take a step of the path, on the version that --if-version names, else the one that was `seen`, if any."""
        told = {key: value for key, value in body.items() if value is not None}
        return self.post(f"/v1/journeys/{in_path(reference)}/{name}", told, seen=self.if_version or seen)

    def _request(
        self, method: str, path: str, *, repeatable: bool = True, headers: dict[str, str] | None = None, **content: Any
    ) -> "httpx.Response":
        from cli.core.kept_keys import KeptKeys

        told = headers or {}
        with patience(), self.client() as client:
            kept = KeptKeys(self.folder) if repeatable and method != "GET" else None
            who = client.headers["authorization"]
            key = kept.key(who, self.address, method, path, told, content) if kept else uuid.uuid4().hex
            named = {"idempotency-key": key, "x-request-id": key} | told
            for attempt in attempts(repeatable=repeatable):
                with attempt, _calls(self.address):
                    response = client.request(method, path, headers=named, **content)
                    if kept and response.status_code not in NOT_LOOKED_AT and response.status_code < SERVER_FAULT:
                        kept.settle()
                    check(response)
                    return response
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def client(self) -> "Iterator[httpx.Client]":
        """Open the HTTP client; what still fails after every attempt becomes `Trouble`."""
        import httpx

        from cli.core.session import token

        headers = {"authorization": f"Bearer {token(self.folder)}"}
        try:
            with httpx.Client(base_url=self.address, headers=headers, timeout=TIMEOUT, trust_env=False) as client:
                yield client
        except AwayError as fault:
            remedy = "type the same command again once it is back: a step is never taken twice; see journeys doctor"
            raise Trouble(
                f"the gateway at {self.address} cannot take it now: {fault}", remedy, exit_code=UNREACHABLE
            ) from fault
        except httpx.TransportError as fault:
            remedy = "start it with: journeys up; or give its address with --url or JOURNEYS_URL"
            raise Trouble(
                f"no answer from the gateway at {self.address} ({fault})", remedy, exit_code=UNREACHABLE
            ) from fault


@contextmanager
def patience() -> Iterator[None]:
    """Say at a terminal that the gateway is waited for, once it has been silent for a while."""
    timer = Timer(SILENCE, typer.echo, ["waiting for the gateway ..."], {"err": True})
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def in_path(text: str) -> str:
    """Return text as one part of an address; what no reference can hold is left out, and so is found mistyped."""
    return "".join(symbol for symbol in text if symbol.isalnum() or symbol == "-") or "-"


def _next(answer: "httpx.Response") -> str | None:
    """Return the cursor in the address of the page after this one."""
    import httpx

    following = answer.links.get("next", {}).get("url")
    return httpx.URL(following).params["cursor"] if following else None


def attempts(*, repeatable: bool) -> "Iterable[stamina.Attempt]":
    """Return the attempts at one request, longer apart each time: long enough for a gateway that is started again."""
    import httpx
    import stamina

    stamina.instrumentation.set_on_retry_hooks([])  # it would log to the terminal
    passing = (AwayError, httpx.TransportError) if repeatable else (AwayError, httpx.ConnectError)

    def again(fault: Exception) -> bool | float:
        asked = fault.seconds if isinstance(fault, AwayError) else None
        return isinstance(fault, passing) if asked is None else min(max(asked, 0.1), LONGEST_WAIT)

    return stamina.retry_context(on=again, attempts=8, timeout=40, wait_initial=0.2, wait_max=2)


@contextmanager
def _calls(address: str) -> Iterator[None]:
    """Say plainly that an address is none."""
    import httpx

    try:
        yield
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as fault:
        raise Trouble(
            f"{address} is not an address", "write it like http://127.0.0.1:8470", exit_code=BAD_INPUT
        ) from fault


def check(response: "httpx.Response") -> None:
    """Raise what a response says went wrong."""
    if response.is_success:
        return
    problem = _problem(response)
    if response.status_code in AWAY:
        asked = response.headers.get("retry-after", "")
        raise AwayError(problem.get("detail", "unavailable"), float(asked[:6]) if asked.isdecimal() else None)
    code = UNREACHABLE if response.status_code >= SERVER_FAULT else STATUS.get(response.status_code, REJECTED)
    reason, remedy = (
        problem.get("detail", response.reason_phrase),
        problem.get("remedy", "is this a Family Journeys gateway?"),
    )
    if response.status_code == UNAUTHENTICATED and os.environ.get("JOURNEYS_TOKEN"):
        remedy = "renew the token in JOURNEYS_TOKEN, or unset it and log in: journeys login"
    raise Trouble(reason, remedy, exit_code=code, told=problem)


def _problem(response: "httpx.Response") -> dict[str, Any]:
    try:
        told = response.json()
    except ValueError:
        told = {}
    return told if isinstance(told, dict) else {}


def _port(state: Path) -> int:
    """Return the gateway's port as the local stack wrote it down; where none was ever started, the usual one."""
    try:
        return int(json.loads(state.read_text(encoding="utf-8"))["ports"]["gateway"])
    except FileNotFoundError:
        return PORT
    except (OSError, ValueError, KeyError, TypeError) as fault:
        remedy = "journeys up writes it anew; or give the gateway's address with --url or JOURNEYS_URL"
        raise Trouble(f"{state} does not say the gateway's port", remedy, exit_code=BAD_INPUT) from fault
