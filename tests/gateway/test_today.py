"""What must be done today, for a key worker, a team and everybody."""

from datetime import date, timedelta
from typing import Any

from tests.doors import NOON, PROBLEM, Doors


async def day(doors: Doors, role: str = "manager", name: str = "ann", **asked: Any) -> dict[str, Any]:
    async with doors.client(role, name) as client:
        answer = await client.get("/v1/today", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(found: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    return [(row["section"], row["reference"], row["what"], row["waits_for"]) for row in found["items"]]


async def on(doors: Doors, then: date, *, holder: str) -> dict[str, str]:
    """Return the section of each work of a key worker, on a day."""
    doors.engine.clock = NOON.replace(year=then.year, month=then.month, day=then.day)
    try:
        rows = (await day(doors, "key-worker", holder, holder="somebody-else"))["items"]
    finally:
        doors.engine.clock = NOON
    return {row["what"]: row["section"] for row in rows}


async def test_a_key_workers_day(doors: Doors):
    """A key worker is told what is overdue, due today and due in a week, of their own families alone."""
    _, holder = await doors.allocated()
    await doors.allocated()
    async with doors.client("key-worker", holder) as client:
        owed = (await client.get("/v1/owed")).json()
    first = min(owed, key=lambda row: row["due_on"])
    due, what = date.fromisoformat(first["due_on"]), first["work"]
    week, a_day = timedelta(days=7), timedelta(days=1)
    assert {} == await on(doors, due - week - a_day, holder=holder)
    assert {what: "this-week"} == await on(doors, due - week, holder=holder)
    assert "today" == (await on(doors, due, holder=holder))[what]
    assert "overdue" == (await on(doors, due + a_day, holder=holder))[what]


async def test_offers_and_replies(doors: Doors):
    """An offer stands in the day of whom it is made to, and as a reply waited for in that of who made it."""
    reference, giver = await doors.allocated()
    taker = await doors.worker()
    await doors.step(reference, "offer-handover", to=taker)
    assert [("offer", reference, "handover-answer", giver)] == told(await day(doors, "key-worker", taker))
    assert ("reply", reference, "handover-answer", taker) in told(await day(doors, "key-worker", giver))
    assert [("offer", reference, "handover-answer", giver)] == told(await day(doors, holder=taker))


async def test_a_team(doors: Doors):
    """A manager of a team sees that team's families, a manager of none may name one, and an unknown one is refused."""
    (reference, holder), (other, _) = await doors.allocated(), await doors.allocated()
    async with doors.client() as client:
        for name, role in ((holder, "key-worker"), ("mo-of-fells", "manager")):
            form = {"name": name, "role": role, "email": f"{name}@council.example", "team": "fells"}
            assert (await client.post("/v1/staff", json=form)).status_code == 201
        refused = await client.get("/v1/today", params={"team": "nowhere"})
    doors.engine.clock = NOON + timedelta(days=40)
    try:
        found = [await day(doors, name="mo-of-fells"), await day(doors, team="fells")]
        everybody = {row["reference"] for row in (await day(doors, limit=1000))["items"]}
    finally:
        doors.engine.clock = NOON
    for each in found:
        assert ("fells", {reference}) == (each["team"], {row["reference"] for row in each["items"]})
        assert {"fells"} == {row["team"] for row in each["items"]}
    assert {reference, other} <= everybody
    assert (refused.status_code, refused.json()["type"]) == (422, f"{PROBLEM}unknown-team")


async def test_off_track(doors: Doors):
    """A family whose last review was off track is named until a review or its correction says otherwise."""
    reference, holder = await doors.allocated()
    for step, body in (
        ("record-contact", {"kind": "visit"}),
        ("assess", {"needs": ["debt"]}),
        ("agree-plan", {"needs": ["debt"]}),
        ("start-intervention", {}),
        ("review-plan", {"outcome": "off-track"}),
    ):
        answer = await doors.step(reference, step, **body)
        assert answer.status_code == 200, answer.text
    off = ("off-track", reference, "plan-review", None)
    assert off in told(await day(doors, "key-worker", holder))
    number = answer.json()["version"]
    corrected = await doors.step(
        reference, "correct", version=number, reason="typing-error", changes={"outcome": "on-track"}
    )
    assert corrected.status_code == 200, corrected.text
    assert off not in told(await day(doors, "key-worker", holder))


async def test_no_more_than_asked(doors: Doors):
    """What finds no room is said to be there."""
    for _ in range(2):
        await doors.referred()  # identification was due on 9 May
    found = await day(doors, limit=1)
    assert (1, True) == (len(found["items"]), found["more"])


async def test_who_may_see_a_day(doors: Doors):
    """An analyst sees no family's day."""
    async with doors.client("analyst", "lyn") as client:
        refused = await client.get("/v1/today")
    assert 403 == refused.status_code
