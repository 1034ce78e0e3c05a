"""Evidence put right: replaced and withdrawn by its partner, withdrawn by people, sorted on to the right family."""

import json

import pytest

from domain.effective import effective
from domain.journey.state import Journey
from tests.doors import PROBLEM, Doors, event, signed
from tests.eventually import eventually

TERM = {"from": "2012-01-05", "to": "2012-03-30", "sessions": 120, "authorised": 3, "unauthorised": 0}
PARTNER = "wirral-schools"


@pytest.fixture(scope="session")
async def secret(doors: Doors) -> str:
    """The secret of the partner."""
    return await doors.partner(PARTNER)


async def send(doors: Doors, secret: str, told: dict) -> dict:
    """Send one event; return its receipt."""
    body = json.dumps([told])
    async with doors.bare(signed(secret, body, kind="cloudevents-batch+json")) as client:
        (receipt,) = (await client.post("/v1/events", content=body)).json()["receipts"]
    return receipt


async def family(doors: Doors, upn: str) -> str:
    """Refer a family whose child has this number."""
    form = doors.form()
    form["members"][1]["upn"] = upn
    async with doors.client() as client:
        return (await client.post("/v1/journeys", json=form)).json()["reference"]


async def journey_of(doors: Doors, reference: str) -> Journey:
    async with doors.client() as client:
        return Journey.model_validate((await client.get(f"/v1/journeys/{reference}")).json()["journey"])


async def counted(doors: Doors, reference: str, *ids: str) -> Journey:
    """Wait until exactly these events count on the family's journey."""
    wanted = [f"{PARTNER}:{name}" for name in ids]

    async def as_wanted() -> Journey | None:
        journey = await journey_of(doors, reference)
        return journey if [item.id for item in effective(journey.evidence)] == sorted(wanted) else None

    return await eventually(as_wanted)


def term(upn: str, data: dict = TERM, **attributes: object) -> dict:
    return event(PARTNER, "school-attendance", f"upn:{upn}", data) | attributes


async def test_a_partner_replaces_its_own_event(doors: Doors, secret: str):
    """The later figures count, the earlier stay readable; the refusal of the same id says how to send them."""
    reference = await family(doors, "C111111111001")
    first = term("C111111111001")
    await send(doors, secret, first)
    await counted(doors, reference, first["id"])
    body = json.dumps(first | {"data": TERM | {"unauthorised": 30}})
    async with doors.bare(signed(secret, body, kind="cloudevents+json")) as client:
        answer = await client.post("/v1/events", content=body)
    assert (answer.status_code, "`replaces`" in answer.json()["remedy"]) == (409, True)
    right = term("C111111111001", TERM | {"unauthorised": 30}, replaces=first["id"])
    assert (await send(doors, secret, right))["outcome"] == "accepted"
    journey = await counted(doors, reference, right["id"])
    assert len(journey.evidence) == 2


async def test_a_partner_withdraws_its_own_event(doors: Doors, secret: str):
    """Nothing stands in the place of what was withdrawn."""
    reference = await family(doors, "C111111111002")
    wrong = term("C111111111002")
    await send(doors, secret, wrong)
    await counted(doors, reference, wrong["id"])
    back = event(PARTNER, "withdrawal", "upn:C111111111002", {}) | {"withdraws": wrong["id"]}
    assert (await send(doors, secret, back))["outcome"] == "accepted"
    await counted(doors, reference)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "family-journeys.evidence.withdrawal"}, "withdraws: it is missing"),
        ({"type": "family-journeys.evidence.withdrawal", "withdraws": "x", "replaces": "x"}, "replaces: this type"),
        ({"withdraws": "x"}, "withdraws: this type"),
        ({"replaces": "C111111111003"}, "replaces: contains the subject's identifier"),
        ({"replaces": ""}, "replaces: "),
    ],
)
async def test_what_names_an_earlier_event_wrongly_is_refused(doors: Doors, secret: str, changes: dict, reason: str):
    """A withdrawal of nothing, both at once, and an id that tells whom it is about are each said to be wrong."""
    receipt = await send(doors, secret, term("C111111111003") | changes)
    assert (receipt["outcome"], receipt["reason"].startswith(reason)) == ("refused", True), receipt


async def test_an_event_does_not_replace_itself(doors: Doors, secret: str):
    """An event that names itself names no earlier one."""
    told = term("C111111111004")
    receipt = await send(doors, secret, told | {"replaces": told["id"]})
    assert receipt["outcome"] == "refused", receipt


async def test_an_auditor_withdraws_evidence(doors: Doors, secret: str):
    """With a reason, an auditor sets evidence aside; a key worker may not."""
    reference = await family(doors, "C111111111005")
    wrong = term("C111111111005")
    await send(doors, secret, wrong)
    await counted(doors, reference, wrong["id"])
    body = {"evidence_id": f"{PARTNER}:{wrong['id']}", "reason": "wrong-child"}
    async with doors.client("key-worker", "kim") as client:
        assert (await client.post(f"/v1/journeys/{reference}/withdraw-evidence", json=body)).status_code == 403
    async with doors.client("auditor", "aud") as client:
        answer = await client.post(f"/v1/journeys/{reference}/withdraw-evidence", json=body)
    assert (answer.status_code, answer.json()["happened"]) == (200, ["evidence-withdrawn"])
    await counted(doors, reference)


async def test_what_was_matched_to_the_wrong_family_goes_on_to_the_right_one(doors: Doors, secret: str):
    """It leaves the first family's rules, waits in quarantine, and counts for the family that it is matched to next."""
    wrong, right = await family(doors, "C111111111006"), await family(doors, "C111111111007")
    told = term("C111111111999")
    assert (await send(doors, secret, told))["outcome"] == "quarantined"
    name = f"{PARTNER}:{told['id']}"
    async with doors.client() as client:
        for reference, other in ((wrong, right), (right, wrong), (wrong, right)):
            form = {"id": name, "reference": reference, "member": "m2"}
            assert (await client.post("/v1/quarantine/match", json=form)).status_code == 200
            await counted(doors, reference, told["id"])
            await counted(doors, other)
            body = {"evidence_id": name, "reason": "wrong-family", "of_another_family": True}
            answer = await client.post(f"/v1/journeys/{reference}/withdraw-evidence", json=body)
            assert answer.json()["happened"] == ["evidence-withdrawn"], answer.text
            await counted(doors, reference)
            held = (await client.get("/v1/quarantine", params={"partner": PARTNER})).json()["events"]
            assert [each["reason"] for each in held if each["id"] == name] == ["wrong-family"]


async def test_the_journey_must_hold_what_is_withdrawn(doors: Doors):
    """An id that the family has no evidence by is refused, with where to find the right one."""
    reference = await family(doors, "C111111111008")
    async with doors.client() as client:
        body = {"evidence_id": "police:nothing", "reason": "wrong-child"}
        answer = await client.post(f"/v1/journeys/{reference}/withdraw-evidence", json=body)
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}unknown-evidence")
