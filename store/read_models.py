"""Questions to the read models `journeys`, `deadlines` and `reminders`, which follow the journal at every append."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime
from typing import TypeVar

from domain.journey.owed_work import ClockState
from domain.journey.state import Intensity, ReminderState
from domain.programme.clocks import Holder, Work
from domain.stages import STAGES, Stage
from store.pool import Conn, Record
from store.queries import queries

_SQL = queries("read_models")


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
    cohort: str | None
    intensity: Intensity | None
    key_worker: str | None
    waiver: str | None
    handover_to: str | None
    stepped_down_on: date | None
    closed_on: date | None
    outcome: str | None
    erased_on: date | None
    erased_for: str | None
    members: int
    evidence: int
    next_deadline_at: datetime | None
    version: int
    changed_at: datetime
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which journeys: every field given must match; `open` leaves out closed ones (or, False, open ones).

    `reference` is a part of the family reference; `overdue_on` a day on which work is owed that was due before it.
    With `offered`, those offered to the key worker count as the key worker's.
    """

    stage: Stage | None = None
    area: str | None = None
    locality: str | None = None
    key_worker: str | None = None
    programme: str | None = None
    open: bool | None = None
    reference: str | None = None
    overdue_on: date | None = None
    offered: bool = False


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


OwedPlace = tuple[str, date, date, str, str]
NOTHING_OWED: OwedPlace = ("", date.min, date.min, "", "")


@dataclass(frozen=True, slots=True)
class OwedRow:
    """Work that is owed, with the journey it is on; without `due_on` no clock runs for it, and `clock` says why.

    `about` is an entry of the case file, and `who` has to do it, where that is known.
    """

    journey_id: str
    reference: str
    locality: str
    stage: Stage
    key_worker: str | None
    work: Work
    generation: int
    since: date
    due_on: date | None
    clock: ClockState
    reason: str | None
    to: Holder | None
    handover_to: str | None = None
    about: str | None = None
    who: str | None = None

    @property
    def place(self) -> OwedPlace:
        """Where the row stands in the list: whom nobody holds first, what has no deadline last."""
        what = " ".join(filter(None, (self.work, self.about)))
        return self.key_worker or "", self.due_on or date.max, self.since, self.journey_id, what


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
    """Counts over everything.

    `stages` and `notifications` are by state. `reminders` too, where each is counted once, and under two more names:
    `fell-due` (all of them) and `ever-sent` (whatever became of them later). `claimed` is whole pounds of met results.
    """

    journeys: int
    events: int
    stages: dict[str, int]
    reminders: dict[str, int]
    notifications: dict[str, int]
    claims: int
    claimed: int


EVERYTHING = Filters()
_Model = TypeVar("_Model", JourneyRow, DueRow, OwedRow, ReminderRow)
Place = tuple[datetime, str, str]  # in a list by time: the moment, the journey and the id of the last row of a page
BEGINNING: Place = (datetime(1, 1, 1, tzinfo=UTC), "", "")


async def journeys(
    conn: Conn, filters: Filters = EVERYTHING, after: str | None = None, limit: int = 50
) -> list[JourneyRow]:
    """Return journeys by id, a page of `limit`; `after` is the last id of the page before."""
    rows = await conn.fetch(_SQL["journeys"], *astuple(filters), after, limit)
    return [_journey(row) for row in rows]


async def journey(conn: Conn, journey_id: str) -> JourneyRow | None:
    """Return one journey, or None when it is unknown."""
    row = await conn.fetchrow(_SQL["journey"], journey_id)
    return None if row is None else _journey(row)


async def by_reference(conn: Conn, reference: str) -> list[JourneyRow]:
    """Return the journeys of a family, the newest last."""
    return [_journey(row) for row in await conn.fetch(_SQL["by_reference"], reference)]


async def newest(conn: Conn, references: Sequence[str]) -> list[JourneyRow]:
    """Return the newest journey of each of these families."""
    return [_journey(row) for row in await conn.fetch(_SQL["newest"], list(references))]


async def due(  # noqa: PLR0913, PLR0917 - one argument a filter
    conn: Conn,
    holder: str | None = None,
    until: datetime | None = None,
    limit: int = 500,
    journey_id: str | None = None,
    after: Place = BEGINNING,
) -> list[DueRow]:
    """Return deadlines, soonest first: of families held by `holder`, up to `until`, of a journey, where given.

    `after` is the place of the last row of the page before; of one journey all come on one page.
    """
    if journey_id is None:
        rows = await conn.fetch(_SQL["due"], holder, until, limit, *after)
    else:
        rows = await conn.fetch(_SQL["due_on_journey"], holder, until, journey_id, limit)
    return [_of(DueRow, row) for row in rows]


async def owed(
    conn: Conn,
    holder: str | None = None,
    until: date | None = None,
    limit: int = 500,
    after: OwedPlace = NOTHING_OWED,
) -> list[OwedRow]:
    """Return what is owed, by holder and the oldest first: of families held by `holder`, due up to `until`.

    `after` is the `place` of the last row of the page before.
    """
    return [_of(OwedRow, row) for row in await conn.fetch(_SQL["owed"], holder, until, limit, *after)]


async def reminders(
    conn: Conn,
    journey_id: str | None = None,
    state: ReminderState | None = None,
    limit: int = 500,
    after: Place = BEGINNING,
) -> list[ReminderRow]:
    """Return reminders that fell due, in the order they did; `after` as in `due`."""
    if journey_id is None:
        rows = await conn.fetch(_SQL["reminders"], state, limit, *after)
    else:
        rows = await conn.fetch(_SQL["reminders_of_journey"], state, limit, journey_id)
    return [_of(ReminderRow, row) for row in rows]


async def stage_counts(conn: Conn) -> dict[str, int]:
    """Return how many journeys are in each stage, in the order of the path, with zeros."""
    found = {row["name"]: row["count"] for row in await conn.fetch(_SQL["stage_counts"])}
    return {stage: found.get(stage, 0) for stage in STAGES}


async def totals(conn: Conn) -> Totals:
    """Count everything, for the end of a demo, in one round trip."""
    parts: dict[str, dict[str, int]] = {}
    for row in await conn.fetch(_SQL["totals"]):
        parts.setdefault(row["part"], {})[row["name"]] = int(row["count"])
    stages: dict[str, int] = {stage: parts.get("stages", {}).get(stage, 0) for stage in STAGES}
    return Totals(
        journeys=sum(stages.values()),
        events=parts["events"][""],
        stages=stages,
        reminders=parts["reminders"],
        notifications=parts.get("notifications", {}),
        claims=parts["claims"][""],
        claimed=parts["claimed"][""],
    )


async def open_journey_ids(conn: Conn) -> list[str]:
    """Return the id of every journey with something left to do: open ones, and closed ones with a message to send."""
    return [row["journey_id"] for row in await conn.fetch(_SQL["open_journey_ids"])]


def _journey(row: Record) -> JourneyRow:
    return _of(JourneyRow, row)


def _of(model: type[_Model], row: Record) -> _Model:
    """Read a row of the fields' names; the column `owed_by` is the field `to`, a word SQL keeps for itself."""
    return model(**{each.name: row["owed_by" if each.name == "to" else each.name] for each in fields(model)})
