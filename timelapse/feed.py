"""The partners of a time-lapse: a recorded feed, sent day by day as each partner would, signed and in batches."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError
from standardwebhooks.webhooks import Webhook

from domain.calendar import local_date
from domain.model import Code

BATCH = 500
PARTNERS = "/partners/"
PARTNER: TypeAdapter[str] = TypeAdapter(Code)
MEDIA_TYPE = "application/cloudevents-batch+json"

CloudEvent = dict[str, Any]


def read(path: Path) -> list[CloudEvent]:
    """Read a feed, one CloudEvent a line, in the order in which it was sent; raise `ValueError` naming a bad line."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return [_event(path, number, line) for number, line in lines if line.strip()]


def by_day(events: list[CloudEvent], start: date, end: date) -> dict[date, list[CloudEvent]]:
    """Group events by the day they are sent; what was observed before `start` is the backlog of the first day."""
    days: defaultdict[date, list[CloudEvent]] = defaultdict(list)
    for event in events:
        day = max(start, _day_of(event) or start)
        if day <= end:
            days[day].append(event)
    return dict(days)


def partner_of(event: CloudEvent) -> str:
    """Return the name of the partner that an event says it is from."""
    return str(event["source"]).removeprefix(PARTNERS)


def _event(path: Path, number: int, line: str) -> CloudEvent:
    """Read one line; who sent it must be known, the rest is the gateway's to judge."""
    try:
        event = json.loads(line)
    except json.JSONDecodeError as fault:
        raise ValueError(f"{path}: line {number} is not JSON: {fault}; give one CloudEvent a line") from fault
    if not isinstance(event, dict) or not _named(event.get("source")):
        raise ValueError(f"{path}: line {number} names no partner; set source to /partners/<name>")
    return event


def _named(source: object) -> bool:
    try:
        PARTNER.validate_python(str(source).removeprefix(PARTNERS))
    except ValidationError:
        return False
    return str(source).startswith(PARTNERS)


def _day_of(event: CloudEvent) -> date | None:
    """Return the day on which an event is sent; None where its time is none, for which the gateway will refuse it."""
    try:
        return local_date(datetime.fromisoformat(str(event.get("time"))))
    except ValueError:
        return None


class Feed:
    """Sends events as their partners and counts what the gateway's receipts say."""

    def __init__(self, http: httpx.AsyncClient, secrets: Mapping[str, str]) -> None:
        self._http = http
        self._secrets = secrets
        self._batches = 0
        self.outcomes: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()

    async def send(self, events: list[CloudEvent]) -> None:
        """Send a day's events, partner by partner, in the order of the feed."""
        for partner in sorted({partner_of(event) for event in events}):
            own = [event for event in events if partner_of(event) == partner]
            for batch in _batches(own):
                await self._post(partner, batch)

    async def _post(self, partner: str, batch: list[CloudEvent]) -> None:
        self._batches += 1
        body = json.dumps(batch)
        name, at = f"{partner}-batch-{self._batches}", datetime.now(UTC)
        answer = await self._http.post(
            "/v1/events",
            content=body,
            headers={
                "content-type": MEDIA_TYPE,
                "webhook-id": name,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": Webhook(self._secrets[partner]).sign(name, at, body),
            },
        )
        answer.raise_for_status()
        for receipt in answer.json()["receipts"]:
            self.outcomes[receipt["outcome"]] += 1
            if receipt["outcome"] in {"refused", "conflict"}:
                self.reasons[receipt.get("reason") or receipt["outcome"]] += 1


def _batches(events: list[CloudEvent]) -> Iterator[list[CloudEvent]]:
    for first in range(0, len(events), BATCH):
        yield events[first : first + BATCH]
