"""A manager's figures, counted from the read models, and what an analyst gets of them."""

import asyncio
from typing import Any

from tests.doors import Doors


async def figures(doors: Doors, role: str = "manager", **asked: str) -> dict[str, Any]:
    async with doors.client(role) as client:
        answer = await client.get("/v1/figures", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def walked(doors: Doors) -> tuple[str, str]:
    """Bring a family to its intervention with known waits, and say that it is off its track."""
    reference, worker = await doors.allocated()
    steps: list[tuple[str, dict[str, Any]]] = [
        ("record-contact", {"on": "2012-06-01"}),
        ("assess", {"needs": ["debt"], "on": "2012-06-01"}),
        ("agree-plan", {"needs": ["debt"], "on": "2012-06-01"}),
        ("start-intervention", {"on": "2012-06-01"}),
        ("review-plan", {"outcome": "off-track", "on": "2012-06-01"}),
    ]
    for step, body in steps:
        answer = await doors.step(reference, step, **body)
        assert answer.status_code == 200, (step, answer.text)
    return reference, worker


async def test_figures_by_worker(doors: Doors):
    """A key worker's row counts the family, its waits in days, that it is off its track, and the caseload."""
    _, worker = await walked(doors)
    [row] = [row for row in (await figures(doors, by="worker"))["rows"] if row["key"] == worker]
    assert (row["counts"], row["held"], row["cap"]) == ({"referred": 1, "open": 1, "off-track": 1}, 1, 10)
    identified = row["waits"]["identification"]
    assert identified == {"count": 1, "median": 31, "ninetieth": 31, "longest": 31}
    assert set(row["waits"]) == {
        *("identification", "allocation", "first-contact", "assessment", "plan", "intervention"),
    }


async def test_rows_make_up_the_total(doors: Doors):
    """However families are grouped, the rows add up to the same whole."""
    await walked(doors)
    for by in ("stage", "area", "locality", "month", "worker", "programme"):
        told = await figures(doors, by=by)
        assert sum(row["counts"].get("referred", 0) for row in told["rows"]) == told["total"]["counts"]["referred"], by


async def test_an_outcome_stands_in_the_month_of_the_close(doors: Doors):
    """By month, the referral counts in May, when it came, and the close in June, when it happened."""
    reference = await doors.referred()
    before = {row["key"]: row["counts"] for row in (await figures(doors, by="month"))["rows"]}
    answer = await doors.step(reference, "close", outcome="no-longer-needed", on="2012-06-01")
    assert answer.status_code == 200, answer.text
    after = {row["key"]: row["counts"] for row in (await figures(doors, by="month"))["rows"]}
    name = "outcome:no-longer-needed"
    assert after["2012-06"][name] == before.get("2012-06", {}).get(name, 0) + 1
    assert after["2012-05"]["referred"] == before["2012-05"]["referred"]


async def test_a_rebuild_makes_the_same_figures(doors: Doors):
    """Figures come from rows that are made anew from the journal."""
    await walked(doors)
    before = await figures(doors, by="worker")
    async with doors.client() as client:
        assert (await client.post("/v1/rebuild")).status_code == 200
    assert before == await figures(doors, by="worker")


async def test_what_an_analyst_gets(doors: Doors):
    """An analyst gets whole quarters that are over, no staff, no part that could be subtracted from the whole."""
    await walked(doors)
    told = await figures(doors, "analyst", by="month")
    assert (told["by"], told["before"]) == ("quarter", "2012-04-01")
    async with doors.client("analyst") as client:
        asked: list[dict[str, str]] = [{"by": "worker"}, {"by": "stage"}, {"by": "locality", "area": "wirral"}]
        answers = [await client.get("/v1/figures", params=each) for each in asked]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    async with doors.client("key-worker") as client:
        assert (await client.get("/v1/figures")).status_code == 403


async def test_small_counts_are_hidden_from_an_analyst(doors: Doors):
    """Four families of a quarter are no number for an analyst, nor are their waits; a manager sees both."""
    place = {"locality": "Thurstaston", "referred_on": "2012-01-10"}
    await asyncio.gather(*(doors.referred(**place) for _ in range(4)))
    shown = {row["key"]: row for row in (await figures(doors, by="locality"))["rows"]}
    hidden = {row["key"]: row for row in (await figures(doors, "analyst", by="locality"))["rows"]}
    assert shown["Thurstaston"]["counts"]["referred"] == 4
    assert hidden["Thurstaston"]["counts"]["referred"] is None
