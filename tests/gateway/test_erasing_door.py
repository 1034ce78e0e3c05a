"""A family erased through the staff door: refused while anything is open, then gone from every route and table."""

import re

import pytest

from tests.doors import NOON, PROBLEM, Doors
from tests.gateway.erasable import Home, erase, everything, shown
from tests.gateway.test_security import OPEN, SIGNED, routes


async def answers(doors: Doors, home: Home) -> dict[str, str]:
    """What every route that only tells says of the family to a manager, by route."""
    told = {}
    async with doors.client() as client:
        for route in routes(doors):
            if route.methods != {"GET"} or route.path in OPEN | SIGNED:
                continue
            path = route.path.replace("{reference}", home.reference)
            for params in ({}, {"names": True, "reference": home.reference[2:6]}):
                answer = await client.get(re.sub(r"{\w+(:path)?}", "none", path), params=params)
                told[f"{route.path} {params}"] = answer.text
    return told


async def test_nothing_personal_can_be_read_any_more(doors: Doors, home: Home):
    """No route and no table holds a name, date of birth, identifier, hash of one, address or note, nor the key."""
    before = await answers(doors, home)
    assert [route for route, text in before.items() if home.found_in.search(text)]
    assert home.found_in.search(await everything(doors))
    answer = await erase(doors, home.reference)
    assert answer.status_code == 200, answer.text
    after = await answers(doors, home)
    assert {route: found.group() for route, text in after.items() if (found := home.found_in.search(text))} == {}
    assert (found := home.found_in.search(await everything(doors))) is None, found
    key = await doors.services.pool.fetchrow(
        "SELECT wrapped, erased_at FROM family_keys WHERE reference = $1", home.reference
    )
    assert (key["wrapped"], key["erased_at"]) == (None, NOON)


async def test_it_is_told_what_was_destroyed_and_what_stays(doors: Doors, home: Home):
    """The answer counts both sides, and show tells when and why."""
    told = (await erase(doors, home.reference)).json()
    held = told["held"]
    assert [held[name] for name in ("people", "addresses", "journeys", "claims")] == [2, 1, 1, 0]
    assert (held["identifiers"], held["events"] > 2) == (len(home.digests), True)
    assert (told["already"], told["erased_on"], told["reason"]) == (False, "2012-06-01", "request")
    journey = await shown(doors, home.reference)
    assert (journey["journey"]["erased_on"], journey["journey"]["erased_for"]) == ("2012-06-01", "request")
    assert (journey["timeline"][-1]["event"]["type"], journey["timeline"][-1]["actor"]) == (
        "family-erased",
        "manager:ann",
    )


async def test_every_journey_of_the_family_tells_of_it(doors: Doors, home: Home):
    """The event stands on the newest journey; an earlier one is shown with its day and reason too."""
    async with doors.client() as client:
        again = (await client.post("/v1/journeys", json=home.form)).json()
    assert again["reference"] == home.reference
    assert (await doors.step(home.reference, "close", outcome="moved-away")).status_code == 200
    assert (await erase(doors, home.reference)).status_code == 200
    async with doors.client() as client:
        told = (await client.get(f"/v1/journeys/{home.reference}", params={"journey": 1})).json()
    assert (told["journey"]["journey_id"], told["journey"]["erased_on"]) == (home.journey_id, None)
    assert (told["erased_on"], told["erased_for"], told["family"]) == ("2012-06-01", "request", None)


async def test_a_dry_run_destroys_nothing(doors: Doors, home: Home):
    """Tried out, it tells the same counts, and the family can be read as before."""
    told = (await erase(doors, home.reference, dry_run=True)).json()
    assert (told["dry_run"], told["erased_on"], told["held"]["people"]) == (True, None, 2)
    assert (await shown(doors, home.reference))["family"]["people"][0]["forename"].startswith("Xanthippe")
    assert (await shown(doors, home.reference))["journey"]["erased_on"] is None


async def test_twice_is_once(doors: Doors, home: Home):
    """Erased again, under the same key or another and for another reason, it says that it is done already."""
    first = (await erase(doors, home.reference, key="k" + home.key)).json()
    repeated = (await erase(doors, home.reference, key="k" + home.key)).json()
    again = (await erase(doors, home.reference, reason="court-order")).json()
    assert [told["already"] for told in (first, repeated, again)] == [False, True, True]
    assert {told["reason"] for told in (first, repeated, again)} == {"request"}
    types = [one["event"]["type"] for one in (await shown(doors, home.reference))["timeline"]]
    assert types.count("family-erased") == 1


async def test_what_a_backup_brought_back_is_counted(doors: Doors, home: Home):
    """Where the vault's tables alone were restored, erasing again says what is there, and that it is there no more."""
    pool, names = doors.services.pool, ("people", "addresses", "identifiers")
    key = await pool.fetchval("SELECT wrapped FROM family_keys WHERE reference = $1", home.reference)
    first = (await erase(doors, home.reference)).json()
    await pool.execute(
        "UPDATE family_keys SET wrapped = $2, erased_at = NULL WHERE reference = $1", home.reference, key
    )
    await pool.execute("INSERT INTO people VALUES ($1, 'm1', 'sealed')", home.reference)
    tried = (await erase(doors, home.reference, dry_run=True)).json()
    done, again = [(await erase(doors, home.reference)).json() for _ in range(2)]
    assert [told["already"] for told in (first, tried, done, again)] == [False, True, True, True]
    assert [told["held"]["key"] for told in (first, tried, done, again)] == [True, True, True, False]
    assert (tried["held"], done["held"]) == (done["held"], again["held"] | {"key": True, "people": 1})
    assert {again["held"][name] for name in names} == {0}


async def test_a_dry_run_is_judged_on_the_version_that_was_seen(doors: Doors, home: Home):
    """Tried out on a version that something has happened since, it is refused as the erasure would be."""
    async with doors.client() as client:
        tag = (await client.get(f"/v1/journeys/{home.reference}")).headers["etag"]
        for seen, status in (('"1-1"', 412), (tag, 200)):
            told = {"reason": "request", "dry_run": True}
            answer = await client.post(f"/v1/journeys/{home.reference}/erase", json=told, headers={"if-match": seen})
            assert answer.status_code == status, answer.text
            assert status == 200 or answer.json()["type"] == f"{PROBLEM}changed-since"


@pytest.mark.parametrize("role", ["coordinator", "key-worker", "auditor", "analyst"])
async def test_only_a_manager_erases(doors: Doors, home: Home, role: str):
    """No other role may erase a family, or try it out."""
    for form in ({}, {"dry_run": True}):
        answer = await erase(doors, home.reference, role, **form)
        assert (answer.status_code, answer.json()["type"]) == (403, f"{PROBLEM}not-allowed")


@pytest.mark.parametrize("dry_run", [True, False])
async def test_not_while_a_journey_is_open(doors: Doors, dry_run: bool):  # noqa: FBT001
    """A family somebody works with is not erased: the refusal says to close its journey first."""
    reference = await doors.referred()
    answer = await erase(doors, reference, dry_run=dry_run)
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}journey-open")
    assert "close the journey first: journeys close" in answer.json()["remedy"]
    assert (await shown(doors, reference))["family"]["people"]


async def test_a_reason_is_one_of_the_codes(doors: Doors, home: Home):
    """A reason in words would be kept for ever, so it is refused, naming the codes."""
    answer = await erase(doors, home.reference, reason="the-mother-asked")
    assert (answer.status_code, "court-order" in answer.text) == (422, True)
