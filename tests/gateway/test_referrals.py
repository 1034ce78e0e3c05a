"""A family referred through the staff door: once, again, and after a fall."""

import json
import uuid

import pytest

from domain.errors import Rejected
from tests.doors import PROBLEM, Doors, event, nhs_number, signed
from tests.eventually import eventually


async def refer(doors: Doors, form: dict, key: str | None = None, role: str = "coordinator"):
    async with doors.client(role) as client:
        headers = {"idempotency-key": key} if key else {}
        return await client.post("/v1/journeys", json=form, headers=headers)


async def test_refer(doors: Doors):
    """A referred family has a reference with a check symbol, names in the vault and none in its events."""
    form = doors.form(postcode="ch41 1zz", uprn="42397869", address="1 Example Road")
    answer = await refer(doors, form)
    assert (answer.status_code, answer.json()["happened"], answer.json()["stage"]) == (
        201,
        ["family-referred"],
        "referral",
    )
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{answer.json()['reference']}")).json()
    surname = form["members"][0]["surname"]
    assert [person["surname"] for person in shown["family"]["people"]] == [surname, surname]
    assert shown["family"]["address"] == {"lines": "1 Example Road", "postcode": "CH41 1ZZ", "uprn": "42397869"}
    assert surname not in str(shown["timeline"])
    assert shown["journey"]["members"] == [{"id": "m1", "role": "adult"}, {"id": "m2", "role": "child"}]


async def test_same_key(doors: Doors):
    """A referral sent twice under one key is one family; another referral under that key is refused."""
    form, key = doors.form(), uuid.uuid4().hex
    first, second = await refer(doors, form, key), await refer(doors, form, key)
    other = await refer(doors, doors.form(), key)
    assert first.json() == second.json()
    assert (other.status_code, other.json()["type"]) == (409, f"{PROBLEM}command-id-reused")


async def test_known_people(doors: Doors):
    """A family whose journey is open is not referred again, by any of its people, and the reference is named."""
    form = doors.form()
    reference = (await refer(doors, form)).json()["reference"]
    again = await refer(doors, form | {"members": form["members"][:1]})
    assert (again.status_code, again.json()["type"]) == (409, f"{PROBLEM}already-referred")
    assert reference in again.json()["detail"]


async def test_known_by_identifier(doors: Doors):
    """A person with another spelling of the name is known by the NHS number."""
    number = nhs_number(101)
    first, second = doors.form(), doors.form()
    first["members"][0]["nhs_number"] = number
    second["members"][0]["nhs_number"] = f"{number[:3]} {number[3:6]} {number[6:]}"
    reference = (await refer(doors, first)).json()["reference"]
    again = await refer(doors, second)
    assert (again.status_code, reference in again.json()["detail"]) == (409, True)


async def test_people_of_two_families(doors: Doors):
    """A referral that mixes people of two families is refused."""
    first, second = doors.form(), doors.form()
    for form in (first, second):
        await refer(doors, form)
    mixed = await refer(doors, doors.form(members=[first["members"][0], second["members"][0]]))
    assert mixed.json()["type"] == f"{PROBLEM}people-of-two-families"


async def test_refer_again_after_close(doors: Doors):
    """A family referred again after its close keeps reference and member ids, in a new journey that names the old."""
    form = doors.form()
    first = (await refer(doors, form)).json()
    await doors.step(first["reference"], "close", outcome="moved-away")
    baby = form["members"][0] | {"forename": "Nell", "role": "child", "date_of_birth": "2012-01-05"}
    second = (await refer(doors, form | {"members": [form["members"][1], baby]})).json()
    assert (second["reference"], second["journey_id"][-2:]) == (first["reference"], ":2")
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{second['reference']}")).json()
    assert shown["journey"]["members"] == [{"id": "m2", "role": "child"}, {"id": "m3", "role": "child"}]
    assert shown["journey"]["earlier"] == [first["journey_id"]]
    assert [row["outcome"] for row in shown["earlier"]] == ["moved-away"]
    assert [person["forename"] for person in shown["family"]["people"]] == [form["members"][1]["forename"], "Nell"]


async def test_goes_on_after_an_outage(doors: Doors):
    """A referral that the engine did not answer goes on under the same key, or under another, as the same family."""
    for keys in (("k1", "k1"), (None, None)):
        form = doors.form()
        prefix = uuid.uuid4().hex
        first, second = (key and f"{prefix}-{key}" for key in keys)
        doors.engine.away = True
        try:
            assert (await refer(doors, form, first)).status_code == 503
        finally:
            doors.engine.away = False
        taken = await refer(doors, form, second)
        assert (taken.status_code, taken.json()["journey_id"][-2:]) == (201, ":1"), taken.text


async def test_faults_are_all_told(doors: Doors):
    """A bad referral is refused with every fault at once: the member, the column, the reason and the remedy."""
    form = doors.form(referrer="unknown-agency", criteria=["poverty", "unlucky"])
    form["members"][1]["date_of_birth"] = "31/02/1980"
    answer = await refer(doors, form)
    told = answer.json()
    assert (answer.status_code, told["type"]) == (422, f"{PROBLEM}bad-referral")
    assert sorted((fault["line"], fault["field"], fault["code"]) for fault in told["faults"]) == [
        (1, "criteria", "unknown-criterion"),
        (1, "referrer", "unknown-referrer"),
        (2, "date_of_birth", "bad-date"),
    ]


async def test_today_unless_given(doors: Doors):
    """A referral without a day is of today by the business clock."""
    reference = (await refer(doors, doors.form(referred_on=""))).json()["reference"]
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{reference}")).json()
    assert shown["journey"]["referred_on"] == "2012-06-01"


async def test_unknown_programme(doors: Doors):
    """A programme nobody has is refused, naming those there are."""
    answer = await refer(doors, doors.form(programme="../etc"))
    assert (answer.status_code, answer.json()["type"]) == (422, f"{PROBLEM}unknown-programme")
    assert "wirral-2012" in answer.json()["remedy"]


async def test_rejected_by_the_engine(doors: Doors, monkeypatch: pytest.MonkeyPatch):
    """When the engine rejects a referral nobody stays in the vault: the same people can be referred elsewhere."""
    form = doors.form()

    async def reject(*_: object) -> None:
        raise Rejected("out-of-order", "not now", "later")

    with monkeypatch.context() as patched:
        patched.setattr(doors.engine, "submit", reject)
        assert (await refer(doors, form)).status_code == 409
    assert (await refer(doors, form)).status_code == 201


async def test_waiting_events_are_applied(doors: Doors):
    """An event that came before its family was known is applied when the family is referred."""
    secret = await doors.partner("childrens-social-care")
    form = doors.form()
    form["members"][1]["upn"] = "A100000000001"
    early = event("childrens-social-care", "child-status", "upn:A100000000001", {"status": "cin", "from": "2012-05-01"})
    body = f"[{json.dumps(early)}]"
    async with doors.bare(signed(secret, body)) as partner:
        receipt = (await partner.post("/v1/events", content=body)).json()["receipts"][0]
    assert receipt["outcome"] == "quarantined"
    reference = (await refer(doors, form)).json()["reference"]

    async def applied() -> list:
        async with doors.client() as client:
            return (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]

    (evidence,) = await eventually(applied)
    assert (evidence["member"], evidence["status"], evidence["observed_on"]) == ("m2", "cin", "2012-05-20")


async def test_a_consent_of_an_earlier_journey_can_be_withdrawn(doors: Doors):
    """After a family was referred again, a consent given on its earlier journey is withdrawn there."""
    form = doors.form()
    first = (await refer(doors, form)).json()
    await doors.step(first["reference"], "consent", consent_id="c-old")
    await doors.step(first["reference"], "close", outcome="moved-away")
    second = (await refer(doors, form)).json()
    withdrawn = (await doors.step(first["reference"], "withdraw-consent", consent_id="c-old")).json()
    assert (withdrawn["journey_id"], withdrawn["happened"]) == (first["journey_id"], ["consent-withdrawn"])
    unknown = await doors.step(first["reference"], "withdraw-consent", consent_id="c-none")
    assert (unknown.status_code, unknown.json()["type"].rsplit(":", 1)[1]) == (409, "unknown-consent")
    assert second["journey_id"] != first["journey_id"]
