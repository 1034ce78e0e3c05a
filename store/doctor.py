"""What the tables tell the doctor of journeys, messages, inbox and caseloads; `domain.doctor` judges it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from domain.calendar import Calendar, local_date
from domain.doctor import caseloads as of_staff
from domain.doctor import journeys as of_journeys
from domain.doctor import system as of_system
from domain.doctor.caseloads import Holding
from domain.doctor.finding import Finding
from domain.doctor.journeys import Journal
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
    passed = await conn.fetch(_SQL["missed"], now - of_journeys.GRACE)
    missed = [row for row in passed if of_journeys.overdue(row["oldest"], row["reference"], now, calendar)]
    return [
        *[of_journeys.without_row(row["reference"]) for row in await conn.fetch(_SQL["not_listed"])],
        *[of_journeys.without_holder(row["reference"]) for row in await conn.fetch(_SQL["holderless"])],
        *[of_journeys.not_erased(*row) for row in await conn.fetch(_SQL["not_erased"])],
        *[of_journeys.missed(*row, working=working) for row in missed],
        *[of_journeys.unsent(*row) for row in await conn.fetch(_SQL["unsent"], now - of_journeys.UNSENT)],
        *[of_journeys.unheard(*row) for row in await conn.fetch(_SQL["unheard"], local_date(now) - UNHEARD)],
        *[of_journeys.failed(*row) for row in await conn.fetch(_SQL["failed"], FAILED)],
    ]


async def clocks(conn: Conn, now: datetime, here: datetime) -> list[Finding]:
    """Return what is wrong: the business clock `now` by the journal, the machine's `here` by the database."""
    (row,) = await conn.fetch(_SQL["clocks"])
    last, there = row["last"], row["there"]
    return [
        *([of_system.clock_back(now, last)] if last and last - now > of_system.SKEW else []),
        *([of_system.clocks_differ(here, there)] if abs(here - there) > of_system.SKEW else []),
    ]


async def foreign(conn: Conn) -> list[Finding]:
    """Return what was refused at Temporal's port and nobody has seen yet."""
    return [
        of_system.foreign(each.part, each.why, each.times - each.seen, each.last_at, each.workflow_id)
        for each in await refusals.everything(conn)
        if each.times > each.seen
    ]


async def inbox(conn: Conn, now: datetime) -> list[Finding]:
    """Return what is wrong with the way of partner events."""
    (row,) = await conn.fetch(_SQL["inbox"])
    return [
        *of_system.quarantine(row["quarantined"], row["quarantined_since"], now),
        *of_system.unapplied(row["waiting"], row["waiting_since"], now),
    ]


async def caseloads(conn: Conn, default_cap: int, today: date) -> list[Finding]:
    """Return what is wrong with who holds families; without a cap of their own, the widest of their packs holds."""
    workers = [await _worker(conn, dict(row)) for row in await conn.fetch(_SQL["workers"], today)]
    room = {each.name: each.unoffered for each in await queue.room(conn, None, default_cap, today)}
    return of_staff.caseloads(workers, {name: free for name, free in room.items() if free > 0})


async def _worker(conn: Conn, row: dict[str, Any]) -> Holding:
    packs = row.pop("packs")
    if row["cap"] is None:
        row["cap"] = max([(await programmes.get(conn, name)).cap for name in packs])
    return Holding(**row)


async def chains(conn: Conn, sample: int) -> list[Finding]:
    """Verify the journals of `sample` journeys drawn at random, and return those that are not as they were written."""
    drawn = [row["journey_id"] for row in await conn.fetch(_SQL["sample"], sample)]
    first = [fault for journey_id in drawn for fault in (await verify(conn, journey_id))[:1]]
    return [of_journeys.unsound(reference_of(fault.journey_id), fault.version, fault.problem) for fault in first]


def _journal(row: Record) -> Journal:
    labels = {label: row[column] for label, column in LABELS.items() if row[column]}
    return Journal(journey_id=row["journey_id"], reference=row["reference"], version=row["version"], labels=labels)
