"""What a scheme adds at the door: its cohorts, its localities, and why a family is eligible or not."""

import pytest

from tests.doors import Doors


@pytest.mark.parametrize("step", ["show", "list"])
async def test_the_cohort_is_shown(doors: Doors, step: str) -> None:
    """A family of the comparison group is told as such by the journey and by the list, and gets no key worker."""
    reference = await doors.referred(
        programme="birmingham-shard-end", referrer="birmingham-health", locality="Shard End", criteria=[]
    )
    answer = await doors.step(reference, "identify", criteria=["complex-needs"], cohort="comparison")
    assert answer.json()["explanation"][-1] == "in the comparison group: followed without a key worker"
    refused = await doors.step(reference, "allocate", key_worker=await doors.worker())
    assert (refused.status_code, refused.json()["type"].rsplit(":", 1)[1]) == (409, "comparison-group")
    async with doors.client() as client:
        if step == "show":
            told = (await client.get(f"/v1/journeys/{reference}")).json()["journey"]
        else:
            page = (await client.get("/v1/journeys", params={"programme": "birmingham-shard-end", "limit": 500})).json()
            (told,) = [row for row in page["journeys"] if row["reference"] == reference]
    assert told["cohort"] == "comparison"


async def test_a_referral_from_another_locality_is_refused_at_the_door(doors: Doors) -> None:
    """The door tells the column, the reason and the localities that the programme takes."""
    form = doors.form(programme="kent-swale-2011", referrer="kent-police", criteria=[], locality="Thanet")
    async with doors.client() as client:
        answer = await client.post("/v1/journeys", json=form)
    (fault,) = answer.json()["faults"]
    assert (answer.status_code, fault["field"], fault["code"]) == (422, "locality", "other-locality")
    assert fault["remedy"] == "use one of Swale, or another programme"
