"""The partners' door."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from gateway.partners.cloudevents import content
from tests.doors import PROBLEM, Doors, event, signed
from tests.eventually import eventually

ABSENCE = {"from": "2012-01-05", "to": "2012-03-30", "sessions": 120, "authorised": 3, "unauthorised": 9}

RETURN = {"of": "offence", "from": "2012-01-01", "to": "2012-02-01"}


@pytest.fixture(scope="session")
async def secret(doors: Doors) -> str:
    """The secret of wirral-schools."""
    return await doors.partner("wirral-schools")


async def send(doors: Doors, secret: str, told: object, **changes):
    body = json.dumps(told)
    kind = "cloudevents-batch+json" if isinstance(told, list) else "cloudevents+json"
    async with doors.bare(signed(secret, body, kind=kind, **changes)) as client:
        return await client.post("/v1/events", content=body)


def absence(subject: str = "upn:Z999999999999", **changes) -> dict:
    return event("wirral-schools", "school-attendance", subject, ABSENCE, **changes)


async def test_applied(doors: Doors, secret: str):
    """An accepted event reaches its journey once, with its own observed date, without what we may not keep."""
    form = doors.form()
    form["members"][1]["upn"] = "B200000000001"
    async with doors.client() as client:
        reference = (await client.post("/v1/journeys", json=form)).json()["reference"]
    told = absence("upn:b2000 00000001")
    told["data"] = ABSENCE | {"note": "a long story", "member": "m1", "id": "mine"}
    first, again = await send(doors, secret, told), await send(doors, secret, [told])
    assert (first.status_code, first.json()) == (
        202,
        {"receipts": [{"id": told["id"], "outcome": "accepted", "reason": None}]},
    )
    assert again.json()["receipts"][0]["outcome"] == "duplicate"

    async def evidence() -> list:
        async with doors.client() as client:
            return (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]

    (kept,) = await eventually(evidence)
    assert kept == ABSENCE | {
        "id": f"wirral-schools:{told['id']}",
        "kind": "school-attendance",
        "member": "m2",
        "source": "wirral-schools",
        "observed_on": "2012-05-20",
    }


async def test_conflict(doors: Doors, secret: str):
    """The same id with another body is 409 alone, and a conflict in the receipts of a batch."""
    told = absence()
    await send(doors, secret, told)
    other = told | {"data": ABSENCE | {"authorised": 4}}
    alone, batch = await send(doors, secret, other), await send(doors, secret, [other, absence()])
    assert (alone.status_code, alone.json()["type"]) == (409, f"{PROBLEM}event-conflict")
    assert [receipt["outcome"] for receipt in batch.json()["receipts"]] == ["conflict", "quarantined"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "family-journeys.evidence.offence", "data": {"on": "2012-05-01", "proven": True}}, "agreement"),
        ({"type": "family-journeys.evidence.return", "data": RETURN}, "offence"),
        ({"type": "family-journeys.evidence.horoscope"}, "kind"),
        ({"data": {**ABSENCE, "sessions": 0}}, "sessions"),
        ({"data": {**ABSENCE, "from": "01/02/2012"}}, "from"),
        ({"subject": "name:Wren"}, "subject"),
        ({"subject": "upn:"}, "subject"),
        ({"time": "yesterday"}, "time"),
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ""}, "id"),
    ],
)  # fmt: skip
async def test_refused(doors: Doors, secret: str, changes: dict, reason: str):
    """An event that cannot be taken gets a receipt that says why, beside a good one; a mended body may come again."""
    told = absence()
    answer = await send(doors, secret, [told | changes, absence()])
    refused, good = answer.json()["receipts"]
    assert (refused["outcome"], reason in refused["reason"], good["outcome"]) == ("refused", True, "quarantined"), (
        refused
    )
    assert (await send(doors, secret, told)).json()["receipts"][0]["outcome"] == "quarantined"


async def test_the_hash_kept_is_keyed(doors: Doors, secret: str):
    """Who has the inbox and knows an event cannot confirm it: no plain hash of it is kept, in the spelling we hash."""
    told = absence()
    await send(doors, secret, told)
    held = await doors.services.pool.fetchval("SELECT body_hash FROM inbox WHERE event_id = $1", told["id"])
    assert held == doors.services.vault.body_digest(content(told))
    assert held != hashlib.sha256(content(told)).digest()


async def test_a_sentence_is_no_code(doors: Doors):
    """A sentence where a code belongs is refused by field, fault and remedy, and is neither quoted nor kept."""
    secret = await doors.partner("merseyside-police")
    sentence = "Told Wren Nobody to stop"
    data = {"on": "2012-05-01", "action": sentence}
    told = event("merseyside-police", "asb-incident", "upn:Z999999999999", data)
    answer = await send(doors, secret, told)
    rows = await doors.services.pool.fetch("SELECT inbox::text FROM inbox WHERE event_id = $1", told["id"])
    (receipt,) = answer.json()["receipts"]
    assert receipt["reason"] == "action: not a code; write small letters, digits and dashes, 40 at most, such as jsa"
    assert ("Wren" in answer.text, "Wren" in str(rows), len(rows)) == (False, False, 1)


async def test_signatures(doors: Doors, secret: str):
    """A body is taken only with a fresh signature by a live secret of the partner that it names."""
    body = json.dumps([absence()])
    late = datetime.now(UTC) - timedelta(minutes=6)
    good = signed(secret, body)
    for headers in (
        signed("whsec_bm90IHRoZSBzZWNyZXQ=", body),
        signed(secret, body, at=late),
        good | {"webhook-signature": "nonsense"},
        good | {"webhook-signature": "v1,%%%"},
        {"content-type": "application/cloudevents-batch+json"},
    ):
        async with doors.bare(headers) as client:
            answer = await client.post("/v1/events", content=body)
        assert (answer.status_code, answer.json()["type"]) == (401, f"{PROBLEM}bad-signature"), headers
    strange = json.dumps([absence(source="/partners/nobody")])
    async with doors.bare(signed(secret, strange)) as client:
        assert (await client.post("/v1/events", content=strange)).status_code == 401


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", "[]"),
        ("application/cloudevents+json", "{"),
        ("application/cloudevents+json", "[]"),
        ("application/cloudevents-batch+json", "[]"),
        ("application/cloudevents-batch+json", '[{"source": "/partners/../a"}, {"source": "/partners/b"}]'),
        ("application/cloudevents-batch+json", "[1]"),
    ],
)
async def test_no_events(doors: Doors, kind: str, body: str):
    """A body that holds no events of one partner is a bad request."""
    async with doors.bare({"content-type": kind}) as client:
        answer = await client.post("/v1/events", content=body)
    assert (answer.status_code, answer.json()["type"]) == (422, f"{PROBLEM}bad-event")


async def test_two_sources(doors: Doors, secret: str):
    """A batch is of the one partner that signs it: another's event among them refuses all of it."""
    answer = await send(doors, secret, [absence(), absence(source="/partners/merseyside-police")])
    assert (answer.status_code, answer.json()["type"]) == (422, f"{PROBLEM}bad-event")


async def test_household(doors: Doors, secret: str):
    """An event about a household is the whole family's."""
    form = doors.form(uprn="77000000001")
    async with doors.client() as client:
        reference = (await client.post("/v1/journeys", json=form)).json()["reference"]
    told = event(
        "wirral-schools", "return", "uprn:77000000001", {"of": "exclusion", "from": "2012-01-01", "to": "2012-02-01"}
    )
    await send(doors, secret, told)

    async def evidence() -> list:
        async with doors.client() as client:
            return (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]

    (kept,) = await eventually(evidence)
    assert (kept["kind"], kept["member"]) == ("return", None)


async def test_waits_for_the_engine(doors: Doors, secret: str):
    """While the engine is away events are accepted and kept, and applied once when it is back."""
    form = doors.form()
    form["members"][1]["upn"] = "B300000000001"
    async with doors.client() as client:
        reference = (await client.post("/v1/journeys", json=form)).json()["reference"]
    doors.engine.away = True
    try:
        answer = await send(doors, secret, absence("upn:B300000000001"))
    finally:
        doors.engine.away = False
    assert answer.json()["receipts"][0]["outcome"] == "accepted"
    doors.services.mail.set()

    async def evidence() -> list:
        async with doors.client() as client:
            return (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]

    assert len(await eventually(evidence)) == 1
