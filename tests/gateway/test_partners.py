"""Partner systems as staff keep them, and the quarantine of what partners sent."""

import json
from typing import Any

import httpx
import pytest

from tests.doors import PROBLEM, Doors, event, signed
from tests.eventually import eventually

HOME = "uprn:79000000001"


@pytest.fixture(scope="session")
async def housing(doors: Doors) -> str:
    """The secret of wirral-housing."""
    return await doors.partner("wirral-housing")


async def quarantined(doors: Doors, secret: str, subject: str, count: int = 1) -> list[str]:
    """Send events about somebody nobody knows; return their ids as staff name them."""
    events = [event("wirral-housing", "eviction-notice", subject, {"on": "2012-05-01"}) for _ in range(count)]
    body = json.dumps(events)
    async with doors.bare(signed(secret, body)) as client:
        receipts = (await client.post("/v1/events", content=body)).json()["receipts"]
    assert {each["outcome"] for each in receipts} == {"quarantined"}
    return [f"wirral-housing:{each['id']}" for each in events]


async def sort(doors: Doors, how: str, role: str = "coordinator", **told: Any) -> httpx.Response:
    async with doors.client(role) as client:
        return await client.post(f"/v1/quarantine/{how}", json=told)


async def evidence(doors: Doors, reference: str) -> list[dict]:
    async with doors.client() as client:
        return (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]


async def test_listed(doors: Doors, housing: str):
    """Partners are listed by name, page by page, with their standing and never with a secret."""
    async with doors.client("auditor") as client:
        page = await client.get("/v1/partners", params={"limit": 1})
        following = httpx.URL(page.links["next"]["url"]).copy_set_param("limit", 500)
        rest = await client.get(following)
    first = page.json()
    names = [each["name"] for each in first["partners"] + rest.json()["partners"]]
    assert (names == sorted(names), "wirral-housing" in names, rest.links) == (True, True, {})
    assert {"name", "suspended", "older_until"} <= {*first["partners"][0]}
    assert not [key for key in first["partners"][0] if "secret" in key]


@pytest.mark.parametrize("path", ["rotate-secret", "suspend", "resume", "agreement"])
async def test_nobody(doors: Doors, path: str):
    """What is asked of a partner that there is not is answered so."""
    async with doors.client() as client:
        method = client.get if path == "agreement" else client.post
        answer = await method(f"/v1/partners/nobody/{path}", **({} if path == "agreement" else {"json": {}}))
    assert (answer.status_code, answer.json()["type"]) == (404, f"{PROBLEM}unknown-partner")


async def test_agreement(doors: Doors):
    """An agreement tells what a partner may send and be told today, with its source and how sure that is."""
    async with doors.client() as client:
        told = (await client.get("/v1/partners/wirral-schools/agreement")).json()
    assert told["may_send"] == ["school-attendance", "exclusion", "child-status", "return"]
    assert told["may_be_sent"] == ["stage", "dates", "key-worker"]
    (held,) = told["agreements"]
    assert (held["valid_from"], bool(held["source"]), bool(held["confidence"])) == ("2011-04-01", True, True)


async def test_quarantine_listed(doors: Doors, housing: str):
    """Quarantine is listed oldest first, page by page, with counts and ages, and without the subject."""
    ids = await quarantined(doors, housing, "upn:Q100000000001", 3)
    found, following = [], "/v1/quarantine?limit=500&partner=wirral-housing"
    async with doors.client("auditor") as client:
        while following:
            answer = await client.get(following)
            page, following = answer.json(), answer.links.get("next", {}).get("url")
            found += page["events"]
    assert sorted(each["id"] for each in found if each["id"] in ids) == sorted(ids)
    waiting = {each["reason"]: each["count"] for each in page["waiting"]}
    assert waiting["unknown-subject"] >= 3
    assert (found[-1]["subject_scheme"], found[-1]["days"], "Q1000" in json.dumps(found)) == ("upn", 0, False)


async def test_match(doors: Doors, housing: str):
    """An event given to a family by hand reaches its journey, about the member named, and once."""
    (name,) = await quarantined(doors, housing, "upn:Q200000000001")
    reference = await doors.referred()
    told = {"id": name, "reference": reference.lower(), "member": "m2"}
    first, again = await sort(doors, "match", **told), await sort(doors, "match", **told)
    assert [answer.json()["count"] for answer in (first, again)] == [1, 0]
    (kept,) = await eventually(lambda: evidence(doors, reference))
    assert (kept["id"], kept["member"]) == (name, "m2")
    late = await sort(doors, "match", id=name, reference=await doors.referred(), member="m1")
    assert (late.status_code, late.json()["type"]) == (409, f"{PROBLEM}not-in-quarantine")


async def test_match_the_same_subject(doors: Doors, housing: str):
    """With one event everything that waits about its subject goes too, and nothing of anybody else's."""
    ids = await quarantined(doors, housing, "upn:Q300000000001", 3)
    (stranger,) = await quarantined(doors, housing, "upn:Q300000000002")
    reference = await doors.referred()
    answer = await sort(doors, "match", id=ids[1], reference=reference, member="m1", same_subject=True)

    async def all_three() -> list:
        held = await evidence(doors, reference)
        return held if len(held) == 3 else []

    kept = await eventually(all_three)
    assert (answer.json()["count"], {each["id"] for each in kept}) == (3, set(ids))
    assert (await sort(doors, "discard", id=stranger, why="test")).json()["count"] == 1


async def test_match_a_household(doors: Doors, housing: str):
    """A household's event is the whole family's; a person's needs the member, one of that family."""
    (home,) = await quarantined(doors, housing, HOME)
    (person,) = await quarantined(doors, housing, "upn:Q400000000001")
    reference = await doors.referred()
    wrong = [
        await sort(doors, "match", id=home, reference=reference, member="m1"),
        await sort(doors, "match", id=person, reference=reference),
        await sort(doors, "match", id=person, reference=reference, member="m9"),
    ]
    right = await sort(doors, "match", id=home, reference=reference)
    assert {(each.status_code, each.json()["type"]) for each in wrong} == {(422, f"{PROBLEM}unknown-member")}
    assert right.status_code == 200
    (kept,) = await eventually(lambda: evidence(doors, reference))
    assert (kept["id"], kept["member"]) == (home, None)


async def test_discard(doors: Doors, housing: str):
    """A discarded event keeps its row, its reason and who gave it; it is no more listed, and can still be matched."""
    (name,) = await quarantined(doors, housing, "upn:Q500000000001")
    first, again = [await sort(doors, "discard", id=name, why="not-our-area") for _ in range(2)]
    other = await sort(doors, "discard", id=name, why="because")
    query = "SELECT state, reason, sorted_by, evidence->>'on' AS day FROM inbox WHERE event_id = $1"
    row = dict(await doors.services.pool.fetchrow(query, name.split(":")[1]))
    assert [(each.status_code, each.json().get("count")) for each in (first, again)] == [(200, 1), (200, 0)]
    assert (other.status_code, other.json()["type"]) == (409, f"{PROBLEM}not-in-quarantine")
    assert row == {"state": "discarded", "reason": "not-our-area", "sorted_by": "coordinator:ann", "day": "2012-05-01"}
    reference = await doors.referred()
    assert (await sort(doors, "match", id=name, reference=reference, member="m1")).json()["count"] == 1


async def test_the_log_tells_a_number(doors: Doors, housing: str, caplog: pytest.LogCaptureFixture):
    """Sorting the quarantine is logged by the event's number in the inbox: its id is text of the partner's."""
    (name,) = await quarantined(doors, housing, "upn:Q600000000001")
    with caplog.at_level("INFO"):
        await sort(doors, "discard", id=name, why="not-our-area")
        await sort(doors, "match", id=name, reference=await doors.referred(), member="m1")
    query = "SELECT seq FROM inbox WHERE event_id = $1"
    number = await doors.services.pool.fetchval(query, name.split(":")[1])
    lines = [vars(record) for record in caplog.records]
    assert [line["inbox_number"] for line in lines if line["msg"] in {"discarded", "matched"}] == [number, number]
    assert name.split(":")[1] not in str(lines)


@pytest.mark.parametrize(
    ("how", "role", "expected"),
    [
        ("match", "key-worker", 403),
        ("match", "auditor", 403),
        ("discard", "analyst", 403),
        ("discard", "manager", 404),
        ("match", "coordinator", 404),
    ],
)
async def test_who_may_sort(doors: Doors, how: str, role: str, expected: int):
    """Coordinators and managers sort the quarantine, nobody else."""
    told = {"id": "nobody:nothing", "why": "x"} if how == "discard" else {"id": "nobody:x", "reference": "F-2222-2222"}
    assert (await sort(doors, how, role, **told)).status_code == expected
