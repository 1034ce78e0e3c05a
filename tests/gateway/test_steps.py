"""The steps of the path through the staff door."""

import json
import uuid
from typing import Any

import asyncpg
import pytest

from domain.family import ALPHABET, is_reference
from domain.journey.commands import RecordEvidence
from tests.doors import NOON, PROBLEM, Doors

PATH = (
    ("consent", {"purpose": "family-support"}, "consent-recorded"),
    ("identify", {"criteria": ["poverty", "addiction"]}, "family-identified"),
    ("allocate", {}, "key-worker-allocated"),
    ("record-contact", {"kind": "visit"}, "contact-recorded"),
    ("assess", {"needs": ["debt", "health"]}, "family-assessed"),
    ("agree-plan", {"needs": ["debt"]}, "plan-agreed"),
    ("start-intervention", {}, "intervention-started"),
    ("review-plan", {"outcome": "on-track"}, "plan-reviewed"),
    ("step-down", {}, "stepped-down"),
    ("step-up", {"reason": "crisis"}, "stepped-up"),
    ("step-down", {}, "stepped-down"),
    ("close", {"outcome": "moved-away"}, "journey-closed"),
)


async def test_the_whole_path(doors: Doors):
    """A family goes the whole path, and its timeline tells every step in order."""
    reference, worker = await doors.referred(), await doors.worker()
    for step, body, happened in PATH:
        told = body | ({"key_worker": worker} if step == "allocate" else {})
        answer = await doors.step(reference, step, **told)
        assert (answer.status_code, answer.json().get("happened", [None])[0]) == (200, happened), answer.text
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{reference}")).json()
    steps = [one["event"]["type"] for one in shown["timeline"]]
    assert [step for step in steps if not step.startswith("reminder")] == [
        "family-referred",
        *(step[2] for step in PATH),
    ]
    assert shown["journey"]["stage"] == "closed"
    assert shown["agenda"] == []


@pytest.mark.parametrize(
    ("step", "body", "status", "code"),
    [
        ("assess", {"needs": ["debt"]}, 409, "out-of-order"),
        ("step-down", {}, 409, "out-of-order"),
        ("identify", {"criteria": ["poverty"], "on": "2012-07-01"}, 422, "future-date"),
        ("identify", {"criteria": ["unlucky"]}, 422, "unknown-criterion"),
        ("identify", {"criteria": ["poverty"], "on": "soon"}, 422, "bad-request"),
        ("identify", {"criteria": ["poverty"], "why": "x"}, 422, "bad-request"),
        ("allocate", {"key_worker": "nobody"}, 409, "out-of-order"),
        ("acknowledge", {"reminder_id": "none"}, 409, "unknown-reminder"),
        ("acknowledge", {"reminder_id": "no\x00ne"}, 422, "bad-request"),
        ("consent", {"consent_id": "c\x001"}, 422, "bad-request"),
        ("consent", {"consent_id": "Ann Example"}, 422, "bad-request"),
        ("consent", {"partners": ["police\x00"]}, 422, "bad-request"),
        ("consent", {"categories": ["debt"] * 51}, 422, "bad-request"),
        ("withdraw-consent", {"consent_id": "c\x001"}, 422, "bad-request"),
        ("identify", {"criteria": ["poverty"] * 51}, 422, "bad-request"),
        ("assess", {"needs": ["debt"] * 51}, 422, "bad-request"),
        (
            "correct",
            {"version": 99, "reason": "typing-error", "changes": {"on": "2012-05-02"}},
            409,
            "nothing-to-correct",
        ),
    ],
)
async def test_wrong_moves(doors: Doors, step: str, body: dict, status: int, code: str):
    """A wrong move is refused as a problem with a stable type, a reason and a remedy, and nothing happens."""
    reference = await doors.referred()
    answer = await doors.step(reference, step, **body)
    told = answer.json()
    assert (answer.status_code, told["type"], answer.headers["content-type"]) == (
        status,
        f"{PROBLEM}{code}",
        "application/problem+json",
    )
    assert told["detail"]
    assert told["remedy"]
    async with doors.client() as client:
        assert len((await client.get(f"/v1/journeys/{reference}")).json()["timeline"]) == 1


async def test_every_fault_of_a_request(doors: Doors):
    """A request with several faults is answered with each of them: field, value, reason and remedy."""
    body = json.dumps({"on": "soon", "why": "x\ud800", "partners": "police"})
    async with doors.client() as client:
        answer = await client.post(
            f"/v1/journeys/{await doors.referred()}/consent", content=body, headers={"content-type": "application/json"}
        )
    told = answer.json()
    assert (answer.status_code, told["detail"]) == (422, f"on: {told['faults'][0]['reason']}, and 2 more")
    assert [(fault["field"], fault["value"], fault["remedy"]) for fault in told["faults"]] == [
        ("on", "soon", "write the day as YYYY-MM-DD"),
        ("partners", "police", 'write it as a list, such as ["debt"]'),
        ("why", "x?", "leave it out, or correct its name"),
    ]
    assert all(fault.keys() == {"field", "value", "reason", "remedy"} for fault in told["faults"])


async def test_close_twice(doors: Doors):
    """A closed journey is not closed again."""
    reference = await doors.referred()
    assert (await doors.step(reference, "close", outcome="moved-away")).status_code == 200
    again = await doors.step(reference, "close", outcome="moved-away")
    assert (again.status_code, again.json()["type"]) == (409, f"{PROBLEM}closed")


async def test_caseload_full(doors: Doors):
    """A key worker is not given more families than their cap."""
    worker = await doors.worker(cap=1)
    for expected in (200, 409):
        reference = await doors.referred()
        await doors.step(reference, "identify", criteria=["poverty", "addiction"])
        answer = await doors.step(reference, "allocate", key_worker=worker)
        assert answer.status_code == expected, answer.text


@pytest.mark.parametrize(
    ("reference", "status", "code"),
    [
        ("F-2222-2222", 422, "bad-reference"),
        ("F-7K3Q", 422, "bad-reference"),
        ("F-2222-2223", 404, "unknown-reference"),
    ],
)
async def test_references(doors: Doors, reference: str, status: int, code: str):
    """A mistyped reference is told apart from one that nobody has."""
    if code == "unknown-reference":
        reference = next(f"F-2222-222{symbol}" for symbol in ALPHABET if is_reference(f"F-2222-222{symbol}"))
    elif is_reference(reference):
        reference = "F-2222-2224"
    answer = await doors.step(reference, "step-down")
    assert (answer.status_code, answer.json()["type"]) == (status, f"{PROBLEM}{code}")


async def test_same_key_twice(doors: Doors):
    """The same step under the same key is answered the same and happens once; another step under it is refused."""
    reference, key = await doors.referred(), uuid.uuid4().hex
    async with doors.client() as client:
        address = f"/v1/journeys/{reference}/identify"
        told = [
            await client.post(address, json={"criteria": [criterion]}, headers={"idempotency-key": key})
            for criterion in ("poverty", "poverty", "addiction")
        ]
    assert told[0].json() == told[1].json()
    assert told[2].json()["type"] == f"{PROBLEM}command-id-reused"


async def test_correct(doors: Doors):
    """A correction supersedes an event: the journey reads the new day, and both stay in the timeline."""
    reference, _ = await doors.allocated()
    changes = {"on": "2012-05-20"}
    answer = await doors.step(reference, "correct", version=2, reason="typing-error", changes=changes)
    assert answer.json()["happened"][0] == "event-corrected", answer.text
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{reference}")).json()
    assert shown["journey"]["identified_on"] == "2012-05-20"
    assert shown["timeline"][1]["event"]["on"] == NOON.date().isoformat()


async def test_correct_into_nonsense(doors: Doors):
    """A correction that no event could read as is refused, naming the field."""
    reference, _ = await doors.allocated()
    answer = await doors.step(reference, "correct", version=2, reason="typing-error", changes={"eligible": "maybe"})
    assert (answer.status_code, "eligible" in answer.json()["detail"]) == (409, True), answer.text


@pytest.mark.parametrize("value", ["\x00", "a\x1b[2J", "\ud800", 2**31 + 1, -(2**40), 1e300, ["x", {"y": "\x00"}]])
async def test_correct_into_poison(doors: Doors, value: object):
    """What the journal cannot hold is refused, naming the field."""
    reference = await doors.referred()
    told = json.dumps({"version": 1, "reason": "typing-error", "changes": {"kind": value}})
    async with doors.client() as client:
        answer = await client.post(
            f"/v1/journeys/{reference}/correct", content=told, headers={"content-type": "application/json"}
        )
    assert (answer.status_code, "changes: kind " in answer.json()["detail"]) == (422, True), answer.text


async def test_correct_evidence(doors: Doors):
    """Evidence keeps its source, and speaks of members of its family only."""
    reference = await doors.referred()
    async with doors.client() as client:
        journey_id = (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["journey_id"]
    offence = {"id": "e1", "kind": "offence", "source": "police", "observed_on": "2012-05-20", "on": "2012-05-20"}
    order = {"command_id": uuid.uuid4().hex, "at": NOON, "actor": "partner:police"}
    await doors.engine.submit(journey_id, RecordEvidence(**order, evidence=offence | {"member": "m1", "proven": True}))
    for changes, status, said in (
        ({"source": "schools"}, 409, "source"),
        ({"member": "m9"}, 409, "m9"),
        ({"member": "m2", "on": "2012-05-19"}, 200, "event-corrected"),
    ):
        answer = await doors.step(reference, "correct", version=2, reason="typing-error", changes=changes)
        assert (answer.status_code, said in answer.text) == (status, True), answer.text


async def test_a_corrected_word_is_a_code(doors: Doors):
    """A sentence does not enter by a correction, `JSA` enters as `jsa`, and one stored before can still be dated."""
    reference = await doors.referred()
    async with doors.client() as client:
        journey_id = (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["journey_id"]
    told = {"id": "e1", "kind": "asb-incident", "source": "police", "observed_on": "2012-05-20", "on": "2012-05-20"}
    order = {"command_id": uuid.uuid4().hex, "at": NOON, "actor": "partner:police"}
    await doors.engine.submit(journey_id, RecordEvidence(**order, evidence=told | {"action": "Told to stop"}))
    for changes, status, said in (
        ({"action": "Told Wren Nobody to stop"}, 409, "action: not a code"),
        ({"on": "2012-05-19"}, 200, "event-corrected"),
        ({"action": " WARNING "}, 200, "event-corrected"),
    ):
        answer = await doors.step(reference, "correct", version=2, reason="typing-error", changes=changes)
        assert (answer.status_code, said in answer.text, "Wren" in answer.text) == (status, True, False), answer.text
    async with doors.client() as client:
        timeline = (await client.get(f"/v1/journeys/{reference}")).json()["timeline"]
    assert [event["event"].get("replacement", event["event"])["evidence"]["action"] for event in timeline[1:]] == [
        "Told to stop",
        "Told to stop",
        "warning",
    ]


async def test_plain_words(doors: Doors):
    """A code or a day written wrongly is told as a person would tell it."""
    reference = await doors.referred()
    for step, body, said in (
        ("consent", {"purpose": "Family support!"}, "purpose: not a code; write it as a code: small letters, digits"),
        ("identify", {"criteria": ["A B"]}, "criteria.0: not a code; write it as a code: small letters, digits"),
        ("step-down", {"on": "31/02/2012"}, "on: not a day; write the day as YYYY-MM-DD"),
        ("step-down", {"on": "2012-02-30"}, "on: there is no day 2012-02-30; correct the date"),
        ("acknowledge", {"reminder_id": "A B"}, "reminder_id: not a reminder's id; copy it from: journeys show REF"),
        ("close", {"outcome": "gone"}, "outcome: gone is none that is known; use sustained, regressed,"),
        ("assess", {"needs": []}, "needs: too few; give 1 at least"),
        ("assess", {"needs": "debt"}, "needs: not a list; write it as a list"),
        ("assess", {}, "needs: it is missing; give it"),
        ("step-down", {"when": "today"}, "when: there is no such field; leave it out"),
        ("correct", {"version": "2.", "reason": "slip", "changes": {"on": 1}}, "version: not a whole number"),
        ("correct", {"version": 0, "reason": "slip", "changes": {"on": 1}}, "version: too small; give 1 or more"),
        ("allocate", {}, "body: give a key_worker, or any: true for the one with the most room"),
        ("allocate", {"any": "perhaps"}, "any: neither true nor false; write true or false"),
    ):
        told = (await doors.step(reference, step, **body)).json()
        assert f"{told['detail']}; {told['remedy']}".startswith(said)


async def test_a_correction_of_no_field_names_those_that_can_be_corrected(doors: Doors):
    """A field that an event has not is refused with those that a correction may change, and with no others."""
    told = (
        await doors.step(await doors.referred(), "correct", version=1, reason="slip", changes={"key_worker": "kw"})
    ).json()
    assert (told["detail"], told["remedy"].partition("; ")[2]) == (
        "key_worker: there is no such field",
        "what can be corrected is on, locality, referrer, criteria",
    )


KIM = {"name": "kim", "email": "k@x.example"}


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/v1/staff", {"name": "kim", "email": "kim"}, "email: not one e-mail address; write it like kim"),
        ("/v1/staff", KIM | {"role": "boss"}, "role: boss is none that is known"),
        ("/v1/staff", KIM | {"channel": "webhook"}, "channel: reminders cannot be sent by webhook; use one of email"),
        ("/v1/staff", KIM | {"channel": "sms"}, "channel: sms needs an address; give mobile"),
        ("/v1/staff", KIM | {"channel": "pigeon"}, "channel: pigeon is none that is known; use webhook"),
        ("/v1/staff", KIM | {"addresses": {"mobile": "0770"}}, "mobile: not a mobile number; write it like 07700"),
        (
            "/v1/staff",
            KIM | {"addresses": {"webhook_url": "https://a.example"}},
            "addresses: webhook_url does not belong here; leave it out",
        ),
        ("/v1/partners", {"name": "x", "addresses": {"fax": "1"}}, "addresses.fax: fax is none that is known; use"),
        (
            "/v1/partners",
            {"name": "x", "addresses": {"webhook_url": "hook"}},
            "webhook_url: not an address; write it like http",
        ),
        (
            "/v1/partners",
            {"name": "x", "addresses": {"webhook_url": "http://a.example"}},
            "webhook_url: without https messages would not be encrypted; write",
        ),
    ],
)
async def test_plain_words_of_staff(doors: Doors, path: str, body: dict[str, Any], said: str):
    """What staff write wrongly of people and partners names the thing, the fault and the remedy."""
    async with doors.client() as client:
        told = (await client.post(path, json=body)).json()
    assert f"{told['detail']}; {told['remedy']}".startswith(said)


async def test_plain_words_of_a_filter(doors: Doors):
    """A filter is named as it is typed, without where in the request it stands."""
    async with doors.client() as client:
        told = (await client.get("/v1/journeys", params={"stage": "lost"})).json()
    assert (told["detail"], told["remedy"].split(",")[0]) == ("stage: lost is none that is known", "use referral")


async def test_keys_of_staff_stand_apart(doors: Doors):
    """A key that reads like a command of the system's own is another command."""
    reference, key = await doors.referred(), "time:journey:1"
    async with doors.client() as client:
        address = f"/v1/journeys/{reference}/identify"
        answer = await client.post(address, json={"criteria": ["poverty"]}, headers={"idempotency-key": key})
        assert answer.status_code == 200
    async with doors.services.pool.acquire() as conn:
        rows = await conn.fetch("SELECT command_id FROM commands WHERE command_id LIKE '%' || $1", key)
    assert [row["command_id"] for row in rows] == [f"staff:{key}"]


@pytest.mark.parametrize(
    "fault",
    [
        asyncpg.AdminShutdownError("x"),
        asyncpg.CannotConnectNowError("x"),
        asyncpg.TooManyConnectionsError("x"),
        TimeoutError(),
    ],
)
async def test_database_away(doors: Doors, monkeypatch: pytest.MonkeyPatch, fault: Exception):
    """While the database restarts a step is answered 503 with when to retry."""
    reference = await doors.referred()

    async def fall(*_given: object) -> None:
        raise fault

    monkeypatch.setattr(doors.engine, "submit", fall)
    answer = await doors.step(reference, "identify", criteria=["poverty"])
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "same Idempotency-Key" in answer.json()["remedy"]


@pytest.mark.parametrize("step", ["accept-handover", "refuse-handover"])
async def test_handover_answered_again(doors: Doors, step: str):
    """Whoever answered an offer may send the answer again, and hears the same; others still may not."""
    reference, holder = await doors.allocated()
    other, key = await doors.worker(), uuid.uuid4().hex
    await doors.step(reference, "offer-handover", to=other)
    body = {"key_worker": other} if step == "accept-handover" else {"reason": "too-far"}
    address, headers = f"/v1/journeys/{reference}/{step}", {"idempotency-key": key}
    async with doors.client("key-worker", other) as client:
        told = [await client.post(address, json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in told] == [200, 200], told[1].text
    assert told[0].json() == told[1].json()
    assert (await doors.step(reference, step, role="key-worker", name=holder, **body)).status_code == 403


async def test_handover(doors: Doors):
    """A family is handed over when the one it is offered to accepts; nobody else can accept."""
    reference, holder = await doors.allocated()
    other = await doors.worker()
    assert (await doors.step(reference, "offer-handover", role="key-worker", name=holder, to=other)).status_code == 200
    refused = await doors.step(reference, "accept-handover", role="key-worker", name=holder, key_worker=holder)
    assert refused.status_code == 403
    taken = await doors.step(reference, "accept-handover", role="key-worker", name=other, key_worker=other)
    assert taken.json()["happened"][0] == "handover-accepted"


async def test_engine_away(doors: Doors):
    """While the engine is away a step is answered 503 with when to retry, and the same key works afterwards."""
    reference, key = await doors.referred(), uuid.uuid4().hex
    async with doors.client() as client:
        address, told = f"/v1/journeys/{reference}/identify", {"criteria": ["poverty"]}
        doors.engine.away = True
        try:
            away = await client.post(address, json=told, headers={"idempotency-key": key})
            ready = await client.get("/readyz")
        finally:
            doors.engine.away = False
        back = await client.post(address, json=told, headers={"idempotency-key": key})
    assert (away.status_code, away.headers["retry-after"], away.json()["type"]) == (503, "1", f"{PROBLEM}unavailable")
    assert (ready.status_code, ready.json()) == (503, {"database": True, "temporal": False, "room": True})
    assert back.status_code == 200
