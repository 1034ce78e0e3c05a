"""What the tables alone tell the doctor: deadlines that passed, reminders that were not sent, messages given up."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.calendar import calendar_of
from domain.journey.commands import RecordReminder
from store import doctor as facts
from store import effects, journal
from tests.doors import NOON, Doors

CODES = {"deadline-passed", "nothing-sent", "notification-failed"}


async def told(doors: Doors, reference: str) -> set[str]:
    async with doors.services.pool.acquire() as conn:
        found = await facts.journeys(conn, doors.engine.clock, calendar_of("ENG"), working=True)
    return {one.code for one in found if one.reference == reference}


async def test_a_deadline_passes_and_then_its_reminder_waits(doors: Doors):
    """A deadline nobody woke for is found, rearm lets it fall due, and its reminder is found while nobody sends it."""
    day, reference = (NOON + timedelta(days=7)).date(), await doors.referred()
    while calendar_of("ENG").moment(day, reference).hour > 15:  # its own moment of the day leaves no time to be late
        reference = await doors.referred()
    assert await told(doors, reference) & CODES == set()
    doors.engine.clock = NOON + timedelta(days=7, hours=4, minutes=50)
    try:
        assert "deadline-passed" in await told(doors, reference)
        async with doors.client() as client:
            assert (await client.post("/v1/rearm", params={"reference": reference})).json()["journeys"] == 1
        assert "deadline-passed" not in await told(doors, reference)
        doors.engine.clock += timedelta(hours=2)
        assert "nothing-sent" in await told(doors, reference)
    finally:
        doors.engine.clock = NOON


async def test_a_retried_reminder_is_late_by_its_retry(doors: Doors):
    """A reminder that was given up and is tried again has an hour from then on, not from when it first fell due."""
    day, reference = (NOON + timedelta(days=7)).date(), await doors.referred()
    while calendar_of("ENG").moment(day, reference).hour > 15:
        reference = await doors.referred()
    doors.engine.clock = NOON + timedelta(days=7, hours=4, minutes=50)
    try:
        async with doors.client() as client:
            await client.post("/v1/rearm", params={"reference": reference})
            async with doors.services.pool.acquire() as conn:
                row = next(one for one in await effects.of_journey(conn, f"journey:wirral:{reference}:1"))
            settled = {"command_id": f"{row.effect_id}:settled", "at": NOON, "actor": "worker:reminders"}
            given_up = {"effect_id": row.effect_id, "fault": "failed", "reason": "gave-up"}
            reminder = RecordReminder(reminder_id=row.effect.reminder_id, **settled, **given_up)
            doors.engine.clock += timedelta(days=3)
            await doors.engine.submit(row.journey_id, reminder)
            assert (await client.post(f"/v1/messages/{row.effect_id}/retry")).status_code == 200
        doors.engine.clock += timedelta(minutes=59)
        assert "nothing-sent" not in await told(doors, reference)
        doors.engine.clock += timedelta(minutes=2)
        assert "nothing-sent" in await told(doors, reference)
    finally:
        doors.engine.clock = NOON


async def test_a_message_that_was_given_up(doors: Doors):
    """A message that failed for good is found by its id, which the remedy names."""
    reference, _ = await doors.allocated()
    async with doors.services.pool.acquire() as conn:
        journey_id = await conn.fetchval("SELECT journey_id FROM journeys WHERE reference = $1", reference)
        first = (await effects.pending(conn, journey_id))[0]
        await effects.settle(conn, first.effect_id, "failed", "gave-up")
        found = await facts.journeys(conn, NOON, calendar_of("ENG"), working=True)
    [finding] = [one for one in found if one.reference == reference and one.code == "notification-failed"]
    assert finding.remedy == f"journeys messages retry {first.effect_id}"


async def test_a_closed_journey_with_work_left_is_woken_too(doors: Doors):
    """A family referred again has an evaluation of its closed journey to come: rearm lets that one pass as well."""
    form, worker = doors.form(), await doors.worker()
    reference = await doors.referred(**form)
    for step, body in (
        ("identify", {"criteria": ["poverty", "addiction"]}),
        ("allocate", {"key_worker": worker}),
        ("assess", {"needs": ["debt"]}),
        ("agree-plan", {"needs": ["debt"]}),
        ("start-intervention", {}),
    ):
        assert (await doors.step(reference, step, **body)).status_code == 200, step
    doors.engine.clock = NOON + timedelta(days=200)  # the first evaluation is as of six months, and made after ten
    try:
        await doors.step(reference, "close", outcome="moved-away")
        assert await doors.referred(**form) == reference
        doors.engine.clock = NOON + timedelta(days=320)
        async with doors.client() as client:
            assert (await client.post("/v1/rearm", params={"reference": reference})).json()["journeys"] == 2
        async with doors.services.pool.acquire() as conn:
            closed = (await facts.streams_of(conn, reference))[0]
            happened = [one.event.type for one in await journal.timeline(conn, closed)]
    finally:
        doors.engine.clock = NOON
        await doors.step(reference, "close", outcome="moved-away")
    assert happened[-1] == "evaluation-fell-due"


@pytest.mark.parametrize("place", ["/v1/rearm", "/v1/retry", "/v1/rebuild"])
async def test_a_reference_that_nobody_has(doors: Doors, place: str):
    """Upkeep of a family that nobody knows is refused as such."""
    async with doors.client() as client:
        answer = await client.post(place, params={"reference": "F-2222-2223"})
    assert answer.status_code == 404


async def test_a_caseload_is_judged_by_the_cap_of_its_own_programme(doors: Doors):
    """What the programme of the families allows is no finding where the gateway's own programme has a smaller cap."""
    _, worker = await doors.allocated()
    second = await doors.referred()
    await doors.step(second, "identify", criteria=["poverty", "addiction"])
    assert (await doors.step(second, "allocate", key_worker=worker)).status_code == 200
    async with doors.services.pool.acquire() as conn:
        found = await facts.caseloads(conn, 1, NOON.date())
    await doors.step(second, "close", outcome="moved-away")
    assert [one.what for one in found if worker in one.what] == []


async def test_a_sweep_is_asked_for(doors: Doors):
    """A sweep tells how much waits, and the doctor cannot look without an engine behind the gateway."""
    async with doors.client() as client:
        assert (await client.post("/v1/sweep")).json()["waiting"] >= 0
        assert (await client.get("/v1/doctor")).status_code == 503
    async with doors.client("coordinator", "co") as client:
        assert (await client.post("/v1/doctor/fix")).status_code == 403


async def test_a_clock_that_was_turned_back_is_found(doors: Doors):
    """A clock earlier than the journal's last event is found, and so is a database whose clock differs."""
    await doors.referred()
    async with doors.services.pool.acquire() as conn:
        last = await conn.fetchval("SELECT max(changed_at) FROM journeys")
        here = datetime.now(UTC)
        found = {
            minutes: [one.code for one in await facts.clocks(conn, last - timedelta(minutes=minutes), here)]
            for minutes in (0, 1, 2)
        }
        differ = await facts.clocks(conn, last, here + timedelta(minutes=5))
    assert found == {0: [], 1: [], 2: ["clock-back"]}
    assert [one.code for one in differ] == ["clocks-differ"]


async def test_a_child_who_was_not_heard_is_found_until_it_is(doors: Doors):
    """Ninety days after its family was allocated a child is named; once it was heard, it is not."""
    reference, _ = await doors.allocated()
    try:
        assert "child-not-heard" not in await told(doors, reference)
        doors.engine.clock = NOON + timedelta(days=91)
        assert "child-not-heard" in await told(doors, reference)
        said = {"member_id": "m2", "text": "I like the new flat."}
        assert (await doors.step(reference, "case/record-voice", **said)).status_code == 200
        assert "child-not-heard" not in await told(doors, reference)
    finally:
        doors.engine.clock = NOON
        await doors.free_places()
