"""Two thousand journeys due on one date, on the time-skipping server: one reminder each, spread over the day."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from activities.batch import Batch
from domain.agenda import agenda
from domain.calendar import LONDON, OPENS, calendar_of, local_date
from domain.programme import Programme
from domain.standing import standing
from programmes import content_hash, load
from stack.skipping import SkippingClock
from store import journal, programmes
from store.pool import Pool
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World, private
from workflows.family_journey import FamilyJourney

HERD = 2000
FLOCK = 50  # started at once: a task that waits for more than ten seconds is given up by the server
QUARTERS = 40  # of an hour, from 08:00 to 18:00
ENGLAND = calendar_of("ENG")


def _one_reminder() -> Programme:
    """Return a pack under which a referral falls due once, five working days on, and tells no partner of it."""
    pack = load("wirral-2012")
    clock = pack.clock("identification")
    assert clock is not None
    single = clock.model_validate(clock.model_dump() | {"ladder": [{"at": 0}]})
    pack = pack.model_copy(update={"name": "herd", "clocks": (single,), "notices": ()})
    return pack.model_copy(update={"hash": content_hash(pack)})


async def _seed(pool: Pool, programme: Programme) -> dict[str, datetime]:
    """Write the referrals straight into the journal; return each journey's moment."""
    planned = {}
    async with pool.acquire() as conn:
        await programmes.keep(conn, programme)
        for _ in range(HERD):
            reference = path.fresh()
            journey_id = path.journey_of(reference)
            order = path.refer(reference).model_copy(
                update={"programme": programme.name, "programme_hash": programme.hash}
            )
            batch = Batch(journey_id, journal.Loaded(events=[], replies={}, effects=[]), datetime.now(UTC))
            batch.carry_out(order, programme)
            due = agenda(batch.journey, programme, ENGLAND)
            owed = standing(batch.journey, programme, ENGLAND)
            await journal.append(conn, batch.change(due, owed), batch.last_hash)
            planned[journey_id] = due[0].at
    return planned


async def _rearm(world: World, journeys: list[str]) -> None:
    """Start the workflows from the journal, as after the loss of Temporal, no faster than one worker takes them up."""
    for first in range(0, HERD, FLOCK):
        flock = journeys[first : first + FLOCK]
        await world.engine.rearm(flock)
        await asyncio.gather(*(_armed(world, journey_id) for journey_id in flock))


async def _armed(world: World, journey_id: str) -> None:
    """Wait until a journey's timer is set."""
    handle = world.client.get_workflow_handle(journey_id)
    await eventually(lambda: handle.query(FamilyJourney.agenda), within=60)


async def _fallen(pool: Pool) -> list[dict[str, datetime]]:
    """Return of each reminder its journey, its plan, and when the journal says it fell due and was sent."""
    async with pool.acquire() as conn:
        rows = await conn.fetch(
            "SELECT journey_id, reminder_id, planned_for, fell_due_at, sent_at, late FROM reminders"
        )
    return [dict(row) for row in rows]


def _quarter(moment: datetime) -> int:
    local = moment.astimezone(LONDON)
    return (local.hour - OPENS.hour) * 4 + local.minute // 15


@pytest.mark.timeout(600)
async def test_a_herd_is_reminded_once_each_and_spread() -> None:
    """None missed, none doubled, all within working hours, and no quarter of an hour holds twice its share."""
    async with private("time-skipping") as world:
        planned = await _seed(world.pool, _one_reminder())
        clock = SkippingClock(world.client, timedelta(0))
        day = _the_day(planned)
        async with world.worker(worker_cached_workflows=HERD):
            await _rearm(world, list(planned))
            for quarter in range(QUARTERS + 1):
                opens = datetime.combine(day, OPENS, tzinfo=LONDON)
                await clock.skip_to(opens.astimezone(UTC) + timedelta(minutes=15 * quarter))
            await eventually(lambda: len(world.mail.received) >= HERD, within=120)
            rows = await eventually(lambda: _all_sent(world.pool), within=60)
    assert Counter(row["journey_id"] for row in rows) == Counter(list(planned))
    assert set(world.mail.keys().values()) == {1}
    assert len(world.mail.keys()) == HERD
    assert {row["journey_id"]: row["planned_for"] for row in rows} == planned
    assert [row for row in rows if row["late"] or not ENGLAND.is_open(row["sent_at"])] == []
    spread = Counter(_quarter(row["sent_at"]) for row in rows)
    print("reminders sent in each quarter of an hour:", [spread[quarter] for quarter in range(QUARTERS)])  # noqa: T201
    assert max(spread.values()) <= 2 * HERD / QUARTERS


def _the_day(planned: dict[str, datetime]) -> date:
    days = {local_date(moment) for moment in planned.values()}
    assert len(days) == 1
    return days.pop()


async def _all_sent(pool: Pool) -> list[dict[str, datetime]]:
    rows = await _fallen(pool)
    return rows if rows and all(row["sent_at"] for row in rows) else []
