"""The hash chain: SHA-256 over canonical JSON of an event's columns, the hash before it included.

Canonical: keys sorted, no spaces, UTF-8, times in ISO 8601 and UTC, bytes in hex, and a number without a fraction as an
integer, because Postgres' JSONB keeps the number and not how it was written.
"""

import hashlib
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid5

from domain.calendar import LONDON
from domain.canonical import canonical
from domain.journey.events import AnyEvent, ConsentRecorded, EvaluationFellDue, EvidenceRecorded

NAMES = UUID("b0a3a1de-6c1f-4b6e-9d0b-6a6f75726e65")
HASHED = (
    "journey_id",
    "version",
    "event_id",
    "type",
    "schema_version",
    "occurred_at",
    "recorded_at",
    "actor",
    "command_id",
    "payload",
    "prev_hash",
)


def chained(columns: dict[str, Any]) -> bytes:
    """Return the hash (32 bytes) of an event given its columns, `prev_hash` among them; others are left out."""
    hashed = {name: columns[name] for name in HASHED}
    hashed |= {"event_id": str(columns["event_id"]), "prev_hash": columns["prev_hash"].hex()}
    return hashlib.sha256(canonical(hashed)).digest()


def event_id(journey_id: str, version: int) -> UUID:
    """Return the id of an event: a function of its place, so that it is the same on every machine."""
    return uuid5(NAMES, f"{journey_id}#{version}")


def utc(moment: datetime) -> datetime:
    """Return an aware moment in UTC; `ValueError` for one without a time zone, which could mean anything."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def occurred_at(event: AnyEvent) -> datetime:
    """Return when an event happened: the start of its day in Britain, else the moment it was recorded."""
    day = _day(event)
    return utc(event.at if day is None else datetime.combine(day, time.min, tzinfo=LONDON))


def _day(event: AnyEvent) -> date | None:
    match event:
        case ConsentRecorded():
            return event.consent.on
        case EvidenceRecorded():
            return event.evidence.observed_on
        case EvaluationFellDue():
            return event.as_of
        case _:
            return getattr(event, "on", None)
