"""A file of partner events sent again: signed as the partner would, in batches, each line answered for."""

import json
import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.core.client import Door, attempts, check
from cli.core.errors import BAD_INPUT, INTERRUPTED, Trouble
from stack.files import whole

if TYPE_CHECKING:
    import httpx

WINDOW = 1000  # lines sent before the next are looked at: what is sent again when it broke off
MEDIA_TYPE = "application/cloudevents-batch+json"
TOO_MANY = 429
SECRET = "JOURNEYS_PARTNER_SECRET"  # noqa: S105 - the name of a variable
SOURCE = "/partners/"
NOT_TAKEN = ("refused", "conflict")

Event = dict[str, Any]
Line = tuple[int, Event | None]  # its number, and None where it holds no event


@dataclass
class Replayed:
    """What became of a file so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def sent(self) -> int:
        """How many events were answered."""
        return self.outcomes.total()

    def note(self, line: int, name: str, outcome: str, reason: str | None) -> None:
        """Count one answer."""
        self.outcomes[outcome] += 1
        if outcome in NOT_TAKEN:
            self.refusals.append({"line": line, "id": name, "outcome": outcome, "reason": reason})

    def as_json(self) -> dict[str, Any]:
        """Return everything that was told."""
        seconds = round(self.seconds, 3)
        return {"sent": self.sent, "outcomes": dict(self.outcomes), "not_taken": self.refusals, "seconds": seconds}


def read_file(path: Path, first: int = 1) -> list[Line]:
    """Return the events of a file by line, from line `first`; a JSON list counts as a line an event."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise Trouble(f"{path} cannot be read: {fault}", "give a file in UTF-8", exit_code=BAD_INPUT) from fault
    if text.lstrip().startswith("["):
        told = _parsed(text)
        events = told if isinstance(told, list) else [None]
        return [(number, _object(event)) for number, event in enumerate(events, 1) if number >= first]
    lines = enumerate(text.split("\n"), 1)
    return [(number, _object(_parsed(line))) for number, line in lines if line.strip() and number >= first]


def keep_secret(path: Path, partner: str, secret: str) -> None:
    """Keep a partner's secret in a JSON file that only its owner can read."""
    held = _secrets(path) if path.exists() else {}
    with whole(path) as file:
        file.write(json.dumps({**held, partner: secret}, indent=2).encode())


class Replay:
    """Sends batches one after the other, so that what broke off can go on where it was."""

    def __init__(self, door: Door, secrets: Path | None, rate: int | None) -> None:
        self._door = door
        self._secrets = _secrets(secrets) if secrets else {}
        self._rate = rate
        self.told = Replayed()

    def send(self, lines: list[Line], only: str | None) -> Replayed:
        """Send every line, or those of one partner, and return what became of them."""
        began = time.monotonic()
        wanted = [line for line in lines if only is None or partner_of(line) in {only, None}]
        for partner in sorted({partner_of(line) or "" for line in wanted} - {""}):
            self._secret(partner)  # before anything is sent
        with self._door.client() as client, _progress(len(wanted), quiet=self._door.as_json) as advance:
            for first in range(0, len(wanted), WINDOW):
                window = wanted[first : first + WINDOW]
                try:
                    self._window(client, window)
                except (Trouble, KeyboardInterrupt) as fault:
                    raise self._broken_off(window[0][0], fault) from fault
                advance(len(window))
                self._hold_back(began)
        self.told.refusals.sort(key=lambda one: one["line"])
        self.told.seconds = time.monotonic() - began
        return self.told

    def _window(self, client: "httpx.Client", window: list[Line]) -> None:
        """Send a stretch of the file, each partner's events in their order."""
        for line in window:
            if partner_of(line) is None:
                self.told.note(line[0], "", "refused", f"no JSON object with a source of {SOURCE}<name>")
        for partner in sorted({partner_of(line) or "" for line in window} - {""}):
            self._batch(client, partner, [line for line in window if partner_of(line) == partner])

    def _batch(self, client: "httpx.Client", partner: str, batch: list[Line]) -> None:
        """Send a batch; one that is refused whole is halved until the line that spoils it stands alone."""
        try:
            receipts = self._post(client, partner, json.dumps([event for _, event in batch]))
        except Trouble as fault:
            if fault.exit_code != BAD_INPUT:
                raise
            if len(batch) == 1:
                self.told.note(batch[0][0], _name(batch[0]), "refused", fault.reason)
                return
            half = len(batch) // 2
            self._batch(client, partner, batch[:half])
            self._batch(client, partner, batch[half:])
            return
        for (line, _), receipt in zip(batch, receipts, strict=True):
            self.told.note(line, receipt["id"], receipt["outcome"], receipt["reason"])

    def _post(self, client: "httpx.Client", partner: str, body: str) -> list[dict[str, Any]]:
        from standardwebhooks.webhooks import Webhook

        name = uuid.uuid4().hex
        while True:
            for attempt in attempts(repeatable=True):
                with attempt:
                    at = datetime.now(UTC)  # a new one each time: a signature is good for five minutes
                    headers = {
                        "content-type": MEDIA_TYPE,
                        "webhook-id": name,
                        "webhook-timestamp": str(int(at.timestamp())),
                        "webhook-signature": Webhook(self._secret(partner)).sign(name, at, body),
                    }
                    response = client.post("/v1/events", content=body, headers=headers)
                    if response.status_code != TOO_MANY:
                        check(response)
            if response.status_code != TOO_MANY:
                receipts: list[dict[str, Any]] = response.json()["receipts"]
                return receipts
            time.sleep(float(response.headers["retry-after"]))

    def _hold_back(self, began: float) -> None:
        if self._rate is not None:
            time.sleep(max(0.0, began + self.told.sent / self._rate - time.monotonic()))

    def _secret(self, partner: str) -> str:
        secret = self._secrets.get(partner) or os.environ.get(SECRET)
        if secret is None:
            remedy = f"give --secrets FILE, or set {SECRET}; if it is lost: journeys partners rotate-secret NAME"
            raise Trouble(f"no secret of {partner} to sign with", remedy, exit_code=BAD_INPUT)
        return secret

    def _broken_off(self, line: int, fault: BaseException) -> Trouble:
        reason = fault.reason if isinstance(fault, Trouble) else "it was interrupted"
        code = fault.exit_code if isinstance(fault, Trouble) else INTERRUPTED
        remedy = f"{self.told.sent} events were answered; continue with --from-line {line}, or send the file again"
        return Trouble(f"interrupted before line {line}: {reason}", remedy, exit_code=code)


def partner_of(line: Line) -> str | None:
    """Return the partner that a line says it is from, or None where it holds no event of one."""
    source = str((line[1] or {}).get("source"))
    return source.removeprefix(SOURCE) if source.startswith(SOURCE) else None


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as progress:
        task = progress.add_task("events", total=total)
        yield lambda count: progress.update(task, advance=count)


def _name(line: Line) -> str:
    return str((line[1] or {}).get("id", ""))


def _parsed(text: str) -> object:
    try:
        told: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return told


def _object(told: object) -> Event | None:
    return told if isinstance(told, dict) else None


def _secrets(path: Path) -> dict[str, str]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        remedy = "give a JSON object of partner and secret, as partners add --secrets makes it"
        raise Trouble(f"{path} holds no secrets", remedy, exit_code=BAD_INPUT) from fault
    return {str(name): str(secret) for name, secret in told.items()} if isinstance(told, dict) else {}
