"""What the tables tell the doctor of journeys, messages, inbox and caseloads; `domain.doctor` judges it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from domain import doctor
from domain.calendar import Calendar, local_date
from domain.doctor import Finding, Holding, Journal
from domain.ids import number_of, reference_of
from domain.journey.state import UNHEARD
from store import programmes, queue, refusals
from store.pool import Conn, Record
from store.queries import queries
from store.verify import verify

_SQL = queries("doctor")
FAILED = 500  # messages told of in one look
LABELS = {
    "JourneyStage": "stage",
    "JourneyArea": "area",
    "JourneyLocality": "locality",
    "JourneyKeyWorker": "key_worker",
    "JourneyProgramme": "programme",
}


async def unfinished(conn: Conn) -> dict[str, Journal]:
    """Return every journey with something left to do, by id."""
    return {row["journey_id"]: _journal(row) for row in await conn.fetch(_SQL["unfinished"])}


async def unknown(conn: Conn, journey_ids: Sequence[str]) -> list[str]:
    """Return those of these journeys of which the journal knows nothing."""
    return [row["journey_id"] for row in await conn.fetch(_SQL["unknown"], list(journey_ids))]


async def again(conn: Conn, journey_ids: Sequence[str]) -> dict[str, Journal]:
    """Return these journeys as they are now, by id."""
    rows = await conn.fetch(_SQL["unfinished_of"], list(journey_ids))
    return {row["journey_id"]: _journal(row) for row in rows}


async def under_way(conn: Conn, limit: int) -> list[str]:
    """Return the ids of journeys with a message or an evaluation that is not settled, the oldest first."""
    return [row["journey_id"] for row in await conn.fetch(_SQL["under_way"], limit)]


async def streams_of(conn: Conn, reference: str) -> list[str]:
    """Return the ids of a family's journeys as the journal knows them, though no read model may; the newest last."""
    names = [row["journey_id"] for row in await conn.fetch(_SQL["streams_of"], reference)]
    return sorted(names, key=number_of)


async def to_mend(conn: Conn, reference: str) -> list[str]:
    """Return the ids of a family's journeys that repairs are for: with something left to do, and the newest one.

    A closed journey may wait for an evaluation or a decision on a clawback, whatever became of the family since.
    """
    left = {row["journey_id"] for row in await conn.fetch(_SQL["left_to_do"], reference)}
    names = await streams_of(conn, reference)
    return [name for name in names if name in left or name == names[-1]]


async def journeys(conn: Conn, now: datetime, calendar: Calendar, *, working: bool) -> list[Finding]:
    """Return what is wrong with journeys by the tables alone; `working`: a worker runs."""
    passed = await conn.fetch(_SQL["missed"], now - doctor.GRACE)
    missed = [row for row in passed if doctor.overdue(row["oldest"], row["reference"], now, calendar)]
    return [
        *[doctor.without_row(row["reference"]) for row in await conn.fetch(_SQL["not_listed"])],
        *[doctor.without_holder(row["reference"]) for row in await conn.fetch(_SQL["holderless"])],
        *[doctor.not_erased(*row) for row in await conn.fetch(_SQL["not_erased"])],
        *[doctor.missed(*row, working=working) for row in missed],
        *[doctor.unsent(*row) for row in await conn.fetch(_SQL["unsent"], now - doctor.UNSENT)],
        *[doctor.unheard(*row) for row in await conn.fetch(_SQL["unheard"], local_date(now) - UNHEARD)],
        *[doctor.failed(*row) for row in await conn.fetch(_SQL["failed"], FAILED)],
    ]


async def clocks(conn: Conn, now: datetime, here: datetime) -> list[Finding]:
    """Return what is wrong: the business clock `now` by the journal, the machine's `here` by the database."""
    (row,) = await conn.fetch(_SQL["clocks"])
    last, there = row["last"], row["there"]
    return [
        *([doctor.clock_back(now, last)] if last and last - now > doctor.SKEW else []),
        *([doctor.clocks_differ(here, there)] if abs(here - there) > doctor.SKEW else []),
    ]


async def foreign(conn: Conn) -> list[Finding]:
    """Return what was refused at Temporal's port and nobody has seen yet."""
    return [
        doctor.foreign(each.part, each.why, each.times - each.seen, each.last_at, each.workflow_id)
        for each in await refusals.everything(conn)
        if each.times > each.seen
    ]


async def inbox(conn: Conn, now: datetime) -> list[Finding]:
    """Return what is wrong with the way of partner events."""
    (row,) = await conn.fetch(_SQL["inbox"])
    return [
        *doctor.quarantine(row["quarantined"], row["quarantined_since"], now),
        *doctor.unapplied(row["waiting"], row["waiting_since"], now),
    ]


async def caseloads(conn: Conn, default_cap: int, today: date) -> list[Finding]:
    """Return what is wrong with who holds families; without a cap of their own, the widest of their packs holds."""
    workers = [await _worker(conn, dict(row)) for row in await conn.fetch(_SQL["workers"], today)]
    room = {each.name: each.unoffered for each in await queue.room(conn, None, default_cap, today)}
    return doctor.caseloads(workers, {name: free for name, free in room.items() if free > 0})


async def _worker(conn: Conn, told: dict[str, Any]) -> Holding:
    packs = told.pop("packs")
    if told["cap"] is None:
        told["cap"] = max([(await programmes.get(conn, name)).cap for name in packs])
    return Holding(**told)


async def chains(conn: Conn, sample: int) -> list[Finding]:
    """Verify the journals of `sample` journeys drawn at random, and return those that are not as they were written."""
    drawn = [row["journey_id"] for row in await conn.fetch(_SQL["sample"], sample)]
    first = [fault for journey_id in drawn for fault in (await verify(conn, journey_id))[:1]]
    return [doctor.unsound(reference_of(fault.journey_id), fault.version, fault.problem) for fault in first]


def _journal(row: Record) -> Journal:
    labels = {label: row[column] for label, column in LABELS.items() if row[column]}
    return Journal(journey_id=row["journey_id"], reference=row["reference"], version=row["version"], labels=labels)
