"""The partners of a time-lapse: a recorded feed, sent day by day as each partner would, signed and in batches."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from domain.calendar import local_date

BATCH = 500
MEDIA_TYPE = "application/cloudevents-batch+json"

CloudEvent = dict[str, Any]


def read(path: Path) -> list[CloudEvent]:
    """Read a feed, one CloudEvent a line, in the order in which it was sent."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def by_day(events: list[CloudEvent], start: date, end: date) -> dict[date, list[CloudEvent]]:
    """Group events by the day they are sent; what was observed before `start` is the backlog of the first day."""
    days: defaultdict[date, list[CloudEvent]] = defaultdict(list)
    for event in events:
        day = max(start, local_date(datetime.fromisoformat(event["time"])))
        if day <= end:
            days[day].append(event)
    return dict(days)


def partner_of(event: CloudEvent) -> str:
    """Return the name of the partner that an event says it is from."""
    return str(event["source"]).removeprefix("/partners/")


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
