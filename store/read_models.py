"""Questions to the read models `journeys`, `deadlines` and `reminders`, which follow the journal in its transactions."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.journey import Intensity, ReminderState, Stage
from domain.programme import Holder, Work
from store.pool import Conn


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """One journey at a glance; `number` counts the family's journeys, `next_deadline_at` is None when none is left."""

    journey_id: str
    number: int
    reference: str
    area: str
    locality: str
    programme: str
    programme_version: str
    programme_hash: str
    referrer: str
    referred_on: date
    stage: Stage
    intensity: Intensity | None
    key_worker: str | None
    handover_to: str | None
    stepped_down_on: date | None
    closed_on: date | None
    outcome: str | None
    members: int
    evidence: int
    next_deadline_at: datetime | None
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """Which journeys: every field given must match; `open` leaves out closed ones (or, False, open ones)."""

    stage: Stage | None = None
    area: str | None = None
    locality: str | None = None
    key_worker: str | None = None
    programme: str | None = None
    open: bool | None = None


@dataclass(frozen=True, slots=True)
class DueRow:
    """A deadline with the journey it is on; `key_worker` is who holds the family. No `work`: an evaluation."""

    journey_id: str
    reference: str
    locality: str
    stage: Stage
    key_worker: str | None
    deadline_id: str
    at: datetime
    due_on: date
    work: Work | None
    generation: int
    to: Holder
    escalation: bool


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """A reminder that fell due, and its chain since; a time is None until that happened."""

    journey_id: str
    reminder_id: str
    work: Work
    generation: int
    to: Holder
    due_on: date
    planned_for: datetime
    late: bool
    escalation: bool
    state: ReminderState
    fault: str | None
    reason: str | None
    fell_due_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over everything; `claimed` is whole pounds of claims whose result is met."""

    journeys: int
    events: int
    stages: dict[str, int]
    reminders: dict[str, int]
    notifications: dict[str, int]
    claims: int
    claimed: int


async def journeys(conn: Conn, filters: Filters = Filters(), after: str | None = None, limit: int = 50) -> list[JourneyRow]:
    """Return journeys by id, a page of `limit`; `after` is the last id of the page before."""
    raise NotImplementedError


async def journey(conn: Conn, journey_id: str) -> JourneyRow | None:
    """Return one journey, or None when it is unknown."""
    raise NotImplementedError


async def by_reference(conn: Conn, reference: str) -> list[JourneyRow]:
    """Return the journeys of a family, the newest last."""
    raise NotImplementedError


async def due(
    conn: Conn, holder: str | None = None, until: datetime | None = None, limit: int = 500, journey_id: str | None = None
) -> list[DueRow]:
    """Return deadlines, soonest first: of families held by `holder`, and up to `until`, where given."""
    raise NotImplementedError


async def reminders(
    conn: Conn, journey_id: str | None = None, state: ReminderState | None = None, limit: int = 500
) -> list[ReminderRow]:
    """Return reminders that fell due, in the order they did."""
    raise NotImplementedError


async def stage_counts(conn: Conn) -> dict[str, int]:
    """Return how many journeys are in each stage, in the order of the path, with zeros."""
    raise NotImplementedError


async def totals(conn: Conn) -> Totals:
    """Count everything, for the end of a demo."""
    raise NotImplementedError


async def open_journey_ids(conn: Conn) -> list[str]:
    """Return the id of every open journey, as needed to arm their timers again."""
    raise NotImplementedError
