"""What comes through the partners' door broken, crafted or too large: refused plainly, and never a fault of ours."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.app import create_app
from gateway.http.middleware import DRAINED
from tests.doors import PROBLEM, Doors, event, signed

ABSENCE = {"from": "2012-01-05", "to": "2012-03-30", "sessions": 120, "authorised": 3, "unauthorised": 9}
BATCH, SINGLE = "application/cloudevents-batch+json", "application/cloudevents+json"
NAME = "poison-schools"


@pytest.fixture(scope="session")
async def secret(doors: Doors) -> str:
    """The secret of a partner without an agreement."""
    return await doors.partner(NAME)


def absence(**changes) -> dict:
    return event(NAME, "school-attendance", "upn:Z999999999999", ABSENCE, **changes)


async def send(doors: Doors, secret: str, body: str, kind: str = SINGLE):
    headers = signed(secret, body) | {"content-type": kind}
    async with doors.bare(headers) as client:
        return await client.post("/v1/events", content=body)


def spelled(old: str, new: str) -> str:
    """An event in JSON with one piece of its text replaced."""
    body = json.dumps(absence())
    assert old in body
    return body.replace(old, new, 1)


def number(text: str) -> str:
    """An event in JSON whose count of sessions is another text; an id may hold the digits too."""
    return spelled('"sessions": 120', f'"sessions": {text}')


BODIES = {
    "half a surrogate": spelled("upn:Z", "upn:\\ud800Z"),
    "a number beyond all": number("9" * 5000),
    "infinity": number("1e999"),
    "not a number": number("NaN"),
    "deep": number("[" * 5000 + "]" * 5000),
    "deep for Python": number("[" * 1000 + "]" * 1000),
    "two of one name": spelled('"sessions": 120', '"sessions": 120, "sessions": 1'),
    "two ids": spelled('"specversion"', '"id": "other", "specversion"'),
    "cut off": json.dumps(absence())[:-2],
}


@pytest.mark.parametrize("why", BODIES)
async def test_no_json_of_ours(doors: Doors, secret: str, why: str):
    """Text that two readers could take differently, or that none should take, is refused whole."""
    answer = await send(doors, secret, BODIES[why])
    assert (answer.status_code, answer.json()["type"]) == (422, f"{PROBLEM}bad-event")


@pytest.mark.parametrize("why", ["infinity", "not a number", "two of one name", "two ids", "half a surrogate"])
async def test_what_is_not_signed_is_not_read(doors: Doors, secret: str, why: str):
    """A body with a wrong signature is told that, and nothing of what is wrong in it."""
    body = BODIES[why]
    wrong = await send(doors, "whsec_bm90IHRoZSBzZWNyZXQ=", body)
    plain = await send(doors, "whsec_bm90IHRoZSBzZWNyZXQ=", json.dumps(absence()))
    assert (wrong.status_code, wrong.json()["type"]) == (401, f"{PROBLEM}bad-signature")
    assert wrong.json() == plain.json()


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", '"UTF-7"', "x" * 500])
async def test_charset(doors: Doors, secret: str, charset: str):
    """A body that says it is not UTF-8 is refused; one that says it is, in any spelling, is taken."""
    body = json.dumps(absence())
    wrong = await send(doors, secret, body, f"{SINGLE}; charset={charset}")
    right = await send(doors, secret, body, f'{SINGLE}; charset="UTF-8"')
    assert (wrong.status_code, wrong.json()["type"], right.status_code) == (422, f"{PROBLEM}bad-event", 202)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "a\0b"},
        {"id": "a\nb"},
        {"id": "x" * 5000},
        {"id": 7},
        {"id": {"a": 1}},
        {"type": "family-journeys.evidence.\0"},
        {"type": ["family-journeys.evidence.offence"]},
        {"subject": None},
        {"subject": "upn:" + "9" * 300},
        {"time": "9999-12-31T23:59:59-12:00"},
        {"time": "0001-01-01T00:00:00+14:00"},
        {"time": "2012-06-09T00:00:00Z"},
        {"time": 1e300},
        {"data": []},
        {"data": {**ABSENCE, "from": "0000-00-00"}},
        {"data": {**ABSENCE, "sessions": 2**64}},
        {"data": {**ABSENCE, "sessions": True}},
        {"data": {**ABSENCE, "from": ["2012-01-05"]}},
        {"type": "family-journeys.evidence.asb-incident", "data": {"on": "2012-01-05", "action": "a\0b"}},
    ],
)  # fmt: skip
async def test_a_poisoned_event_spoils_no_batch(doors: Doors, agreed: str, changes: dict):
    """An event that cannot be held is refused by itself, with a reason, and its neighbour is taken."""
    good = agreed_absence()
    answer = await send(doors, agreed, json.dumps([agreed_absence() | changes, good]), BATCH)
    assert answer.status_code == 202, answer.text
    refused, taken = answer.json()["receipts"]
    assert (refused["outcome"], bool(refused["reason"]), taken["outcome"]) == ("refused", True, "quarantined")


@pytest.fixture(scope="session")
async def agreed(doors: Doors) -> AsyncIterator[str]:
    """The secret of a partner with an agreement."""
    return await doors.partner("wirral-housing")


def agreed_absence() -> dict:
    return event("wirral-housing", "eviction-notice", "upn:Z999999999999", {"on": "2012-05-01"})


async def test_thousands_of_ids(doors: Doors, agreed: str):
    """Ten thousand ids in one batch are answered one by one; one more is too many."""
    events = [agreed_absence() | {"id": f"many-{number}"} for number in range(10_001)]
    answer = await send(doors, agreed, json.dumps(events[:-1]), BATCH)
    assert (answer.status_code, len(answer.json()["receipts"])) == (202, 10_000)
    over = await send(doors, agreed, json.dumps(events), BATCH)
    assert (over.status_code, over.json()["type"]) == (413, f"{PROBLEM}too-large")


async def test_others_are_served_meanwhile(doors: Doors, agreed: str):
    """While a batch of ten thousand is judged, the gateway answers others."""
    services = replace(doors.services, judging=asyncio.Semaphore(1))
    app = create_app(doors.services.settings)
    app.state.services = services
    busy = Doors(doors.stack, app, services, doors.engine)
    body = json.dumps([agreed_absence() for _ in range(10_000)])
    batch = asyncio.create_task(send(busy, agreed, body, BATCH))
    meanwhile = 0
    async with busy.bare() as client:
        while not batch.done():
            begun = services.judging.locked()
            assert (await client.get("/healthz")).status_code == 200
            meanwhile += begun and services.judging.locked()
            await asyncio.sleep(0)
    assert (await batch).status_code == 202
    assert meanwhile


async def test_one_event_has_a_size(doors: Doors, agreed: str):
    """An event that is larger than any kind's fields need is refused by itself; the first one tells who sends."""
    large = agreed_absence() | {"data": ABSENCE | {"note": "x" * 70_000}}
    answer = await send(doors, agreed, json.dumps([agreed_absence(), large]), BATCH)
    good, refused = answer.json()["receipts"]
    assert (good["outcome"], refused["outcome"]) == ("quarantined", "refused")
    assert refused["reason"] == "the event is larger than 65536 bytes; send the fields of its kind only"
    alone = json.dumps({"data": large["data"]} | large)
    told = (await send(doors, agreed, alone)).json()
    assert told["detail"] == "the first 65536 bytes of the body hold no whole event"
    assert told["remedy"] == "send the fields of its kind only: an event may have 65536 bytes"


@pytest.mark.parametrize(("path", "largest"), [("/v1/events", 8), ("/v1/journeys", 1), ("/v1/partners", 1)])
async def test_body_limit(doors: Doors, path: str, largest: int):
    """A body over its limit is refused, by its announced length or streamed; it is drained, but not for ever."""
    megabyte = b" " * 1024 * 1024
    sent = 0

    async def stream() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(400):
            sent += 1
            yield megabyte

    headers = {"content-type": "application/json"}
    async with doors.client() as client:
        announced = await client.post(path, content=megabyte * largest + b" ", headers=headers)
        streamed = await client.post(path, content=stream(), headers=headers)
    for answer in (announced, streamed):
        assert (answer.status_code, answer.json()["type"]) == (413, f"{PROBLEM}too-large")
    assert sent == largest + 1 + DRAINED // len(megabyte)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"name": ' + b"9" * 5000 + b"}", b'{"name": NaN}']
)
async def test_ordinary_json(doors: Doors, body: bytes):
    """A body of a staff route that is no JSON is a bad request, whatever is wrong with it."""
    async with doors.client() as client:
        answer = await client.post("/v1/partners", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (422, f"{PROBLEM}bad-request"), answer.text
