"""Who may acknowledge which reminder, on which of a family's journeys; and corrections of an earlier journey."""

from datetime import timedelta

from tests.doors import NOON, PROBLEM, Doors


async def test_whom_a_family_is_offered_to_acknowledges_the_offer(doors: Doors):
    """The key worker an offer is made to acknowledges its reminder, and no reminder of the holder's own work."""
    reference, _ = await doors.allocated()
    other, stranger = await doors.worker(), await doors.worker()
    assert (await doors.step(reference, "offer-handover", to=other)).status_code == 200
    doors.engine.clock = NOON + timedelta(days=14)
    try:
        await doors.step(reference, "consent")
        async with doors.client() as client:
            held = (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["reminders"]
        live = [one["id"] for one in held if one["state"] == "due"]
        offers = [name for name in live if name.startswith("handover-answer.")]
        works = [name for name in live if name.startswith("first-contact.")]
        told = [
            await doors.step(reference, "acknowledge", role="key-worker", name=name, reminder_id=reminder)
            for name, reminder in ((other, offers[0]), (other, works[0]), (stranger, offers[0]))
        ]
    finally:
        doors.engine.clock = NOON
        await doors.step(reference, "close", outcome="moved-away")
    assert [answer.status_code for answer in told] == [200, 403, 403]
    assert told[0].json()["happened"] == ["reminder-acknowledged"]


async def test_a_reminder_of_an_earlier_journey_is_acknowledged_there(doors: Doors):
    """After a family was referred again, a reminder of its earlier journey finds that journey; an unknown one none."""
    form = doors.form()
    reference = await doors.referred(**form)
    doors.engine.clock = NOON + timedelta(days=14)
    try:
        await doors.step(reference, "consent")
        async with doors.client() as client:
            first = (await client.get(f"/v1/journeys/{reference}")).json()["journey"]
        await doors.step(reference, "close", outcome="moved-away")
        assert await doors.referred(**form | {"referred_on": "2012-06-10"}) == reference
        answer = await doors.step(reference, "acknowledge", reminder_id=first["reminders"][0]["id"])
        unknown = await doors.step(reference, "acknowledge", reminder_id="check.1.2012-06-01.remind+0")
    finally:
        doors.engine.clock = NOON
    assert (answer.status_code, answer.json().get("journey_id")) == (200, first["journey_id"]), answer.text
    assert unknown.json()["type"] == f"{PROBLEM}unknown-reminder"


async def test_an_event_of_an_earlier_journey_is_corrected_there(doors: Doors):
    """A correction names which of the family's journeys it is of; the newest is left as it is."""
    form = doors.form()
    reference = await doors.referred(**form)
    await doors.step(reference, "identify", criteria=["poverty", "addiction"])
    await doors.step(reference, "close", outcome="moved-away")
    assert await doors.referred(**form | {"referred_on": "2012-06-01"}) == reference
    wrong = {"version": 2, "reason": "typing-error", "changes": {"on": "2012-05-30"}}
    assert (await doors.step(reference, "correct", **wrong)).json()["type"] == f"{PROBLEM}nothing-to-correct"
    answer = await doors.step(reference, "correct", **wrong, journey=1)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["journey_id"][-2:], answer.json()["happened"][0]) == (":1", "event-corrected")
    missing = await doors.step(reference, "correct", **wrong, journey=3)
    assert (missing.status_code, missing.json()["type"]) == (404, f"{PROBLEM}unknown-journey")
