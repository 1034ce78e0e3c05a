"""A sustained-outcome check on the time-skipping server: partners asked before it, a regression, a new window."""

from datetime import date, datetime, time, timedelta

import pytest

from domain.calendar import LONDON, add_months, calendar_of, local_date
from domain.journey import commands
from domain.journey.next_steps import STEPS
from domain.journey.replies import Reply
from store import journal, read_models
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World, private
from timelapse.clock import SkippingClock

SENDERS = {"jobcentre-plus", "merseyside-police", "wirral-housing", "wirral-schools"}  # of what the 2012 rules look at


@pytest.mark.slow(8)
@pytest.mark.timeout(180)
async def test_a_check_is_asked_for_found_regressed_and_begun_anew() -> None:
    """Its partners are asked once a month before it; a step-up stops its window, and a step-down starts another."""
    async with private("time-skipping") as world:
        clock, reference = SkippingClock(world.client, timedelta(0)), path.fresh()
        async with world.worker():
            for command in [path.refer(reference), *path.until_intervention(), commands.StepDown(**path.common())]:
                await world.engine.submit(path.journey_of(reference), command)
            down = path.today()
            await _to(clock, add_months(down, 5) + timedelta(days=6))
            await eventually(lambda: _requested(world, reference, 1))
            assert await _asked(world, reference) == SENDERS
            await _to(clock, add_months(down, 6) + timedelta(days=1))
            answer = await _give(world, clock, reference, commands.RecordCheck, verdict="regressed")
            assert answer.explanation == ("regressed", STEPS["regression-response"])
            await _give(world, clock, reference, commands.StepUp, reason="relapse")
            await _to(clock, add_months(down, 8))
            assert not await _requested(world, reference, 2)
            await _give(world, clock, reference, commands.StepDown)
            again = local_date(await clock.now())
            async with world.pool.acquire() as conn:
                owed = [row for row in await read_models.owed(conn) if row.reference == reference]
            assert [(row.work, row.due_on) for row in owed] == [("check", add_months(again, 6))]
            await _to(clock, add_months(again, 5) + timedelta(days=6))
            await eventually(lambda: _requested(world, reference, 2))


async def _to(clock: SkippingClock, day: date) -> None:
    """Go to the end of the first working day from `day` on."""
    await clock.skip_to(datetime.combine(calendar_of("ENG").roll(day), time(17, 59), tzinfo=LONDON))


async def _give(world: World, clock: SkippingClock, reference: str, kind: type, **fields: object) -> Reply:
    common = path.common(on=local_date(await clock.now()))
    return await world.engine.submit(path.journey_of(reference), kind(**common, **fields))


async def _requested(world: World, reference: str, count: int) -> bool:
    """Tell whether the journey's history holds so many requests for evidence."""
    async with world.pool.acquire() as conn:
        told = await journal.timeline(conn, path.journey_of(reference))
    return sum(one.event.type == "evidence-requested" for one in told) == count


async def _asked(world: World, reference: str) -> set[str]:
    """Return the partners that the request reached, once each was asked."""

    def reached() -> list[str]:
        told = [message for message in world.hooks.received if b"evidence-requested" in message.body]
        return [message.recipient.strip("/") for message in told if reference.encode() in message.body]

    await eventually(lambda: len(reached()) >= len(SENDERS))
    assert len(reached()) == len(set(reached()))
    return set(reached())
