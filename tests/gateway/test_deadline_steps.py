"""Deadlines through the staff door: changed by those who lead, never by whoever owes the work."""

import pytest

from tests.doors import NOON, PROBLEM, Doors

WHY = {"work": "assessment", "reason": "family-away"}


async def test_a_deadline_goes_through_all_its_changes(doors: Doors):
    """Moved, paused, resumed and cancelled, each is answered with its event, and the same again with none."""
    reference, _ = await doors.allocated()
    to = NOON.date().replace(year=NOON.year + 1).isoformat()
    for step, more in (("move", {"to": to}), ("pause", {}), ("resume", {}), ("cancel", {})):
        answer = await doors.step(reference, f"{step}-deadline", **WHY, **more)
        assert answer.status_code == 200, answer.text
        assert [name for name in answer.json()["happened"] if name.startswith("deadline")] == [
            f"deadline-{step}d" if step in {"move", "pause", "resume"} else "deadline-cancelled"
        ]
    again = await doors.step(reference, "cancel-deadline", **WHY)
    assert again.json()["happened"] == []


@pytest.mark.parametrize("step", ["move", "pause", "resume", "cancel"])
async def test_a_key_worker_changes_no_deadline(doors: Doors, step: str):
    """Not even on a family of their own: the escalation of a deadline goes to somebody else for a reason."""
    reference, holder = await doors.allocated()
    to = {"to": "2030-01-01"} if step == "move" else {}
    answer = await doors.step(reference, f"{step}-deadline", role="key-worker", name=holder, **WHY, **to)
    assert (answer.status_code, answer.json()["type"]) == (403, f"{PROBLEM}not-allowed")


async def test_work_without_a_clock_is_listed_as_owed(doors: Doors):
    """Paused, an assessment stands last among what its holder owes, and show says why; the rest stands oldest first."""
    reference, holder = await doors.allocated()
    await doors.step(reference, "pause-deadline", **WHY)
    async with doors.client("key-worker", holder) as client:
        rows = (await client.get("/v1/owed")).json()
        shown = (await client.get(f"/v1/journeys/{reference}")).json()
        none = (await client.get("/v1/owed", params={"until": "2001-01-01"})).json()
    assert [(row["reference"], row["work"], row["clock"], row["reason"], row["to"]) for row in rows] == [
        (reference, "first-contact", "running", None, "holder"),
        (reference, "assessment", "paused", "family-away", "holder"),
    ]
    assert [row["due_on"] is None for row in rows] == [False, True]
    assert [row["work"] for row in shown["owed"]] == ["first-contact", "assessment"]
    assert none == []


async def test_a_move_out_of_bounds_says_what_to_do(doors: Doors):
    """A day in the past is refused with the days that may be chosen."""
    reference, _ = await doors.allocated()
    answer = await doors.step(reference, "move-deadline", **WHY, to="2001-01-01")
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}past-date")
    assert "choose a day from" in answer.json()["remedy"]
