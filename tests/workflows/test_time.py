"""Deadlines on Temporal's time-skipping server: real timers, real mail, weeks in seconds."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest

from domain.calendar import LONDON, calendar_of, local_date
from domain.journey import commands
from store import read_models
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World, private
from timelapse.clock import SkippingClock


@pytest.fixture
async def skipping() -> AsyncIterator[tuple[World, SkippingClock]]:
    """A private stack whose clock can be moved."""
    async with private("time-skipping") as world:
        yield world, SkippingClock(world.client, timedelta(0))


async def test_reminders_go_out_at_their_moment_and_escalate(skipping: tuple[World, SkippingClock]) -> None:
    """An identification that nobody makes is reminded of and escalated, each once, on working days in working hours."""
    world, clock = skipping
    reference = path.fresh()
    async with world.worker():
        await world.engine.submit(path.journey_of(reference), path.refer(reference))
        await clock.skip_to(await clock.now() + timedelta(days=30))
        reminders = await eventually(lambda: _settled(world, 3))
    assert [(row.work, row.escalation, row.late) for row in reminders] == [
        ("identification", False, False),
        ("identification", False, False),
        ("identification", True, False),
    ]
    assert [message.recipient for message in world.mail.received] == [
        "co-1@council.example",
        "co-1@council.example",
        "ma-1@council.example",
    ]
    calendar = calendar_of("ENG")
    for row in reminders:
        fired = row.fell_due_at.astimezone(LONDON)
        assert calendar.is_working(local_date(row.fell_due_at))
        assert 8 <= fired.hour < 18


@pytest.mark.slow(8)
async def test_after_an_outage_everything_due_goes_out_once_and_is_marked_late() -> None:
    """When the worker comes back weeks after the deadlines passed, each reminder goes out once, marked late."""
    reference, later = path.fresh(), _to_a_working_noon(30)
    async with private("dev") as world:
        async with world.worker():
            await world.engine.submit(path.journey_of(reference), path.refer(reference))
        async with world.worker(stack="time-lapse", clock_offset=later):
            await world.engine.submit(path.journey_of(reference), _consent())
            reminders = await eventually(lambda: _settled(world, 3))
            await world.engine.submit(path.journey_of(reference), _consent("c2"))
        assert [row.late for row in reminders] == [True, True, True]
        assert sorted(world.mail.keys().values()) == [1, 1, 1]


async def test_work_that_is_done_is_not_reminded_of(skipping: tuple[World, SkippingClock]) -> None:
    """A reminder dies with its reason: after the identification nobody hears of it any more."""
    world, clock = skipping
    reference = path.fresh()
    async with world.worker():
        await world.engine.submit(path.journey_of(reference), path.refer(reference))
        await world.engine.submit(
            path.journey_of(reference), commands.IdentifyFamily(**path.common(), criteria=("poverty", "addiction"))
        )
        await clock.skip_to(await clock.now() + timedelta(days=30))
        reminders = await eventually(lambda: _settled(world, 2))
    assert {row.work for row in reminders} == {"allocation"}


def _to_a_working_noon(days: int) -> timedelta:
    """Return how far it is from now to noon of the first working day after so many days."""
    now = datetime.now(UTC)
    day = calendar_of("ENG").roll(local_date(now) + timedelta(days=days))
    return datetime.combine(day, time(12), tzinfo=LONDON) - now


def _consent(name: str = "c1") -> commands.RecordConsent:
    return commands.RecordConsent(**path.common(), consent_id=name, basis="consent", purpose="family-support")


async def _settled(world: World, count: int) -> list[read_models.ReminderRow]:
    """Return the reminders once so many fell due, or more, and none waits to be sent."""
    async with world.pool.acquire() as conn:
        rows = await read_models.reminders(conn)
    return rows if len(rows) >= count and all(row.state != "due" for row in rows) else []
