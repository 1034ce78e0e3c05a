"""The partners' door: binary events, secrets that change, partners that are suspended or send too much, receipts."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest

from gateway.app import create_app
from tests.doors import PROBLEM, Doors, event, signed
from tests.eventually import eventually

NOTICE = {"on": "2012-05-01"}
STATUS = "/v1/receipts"


@pytest.fixture(scope="session")
async def made(doors: Doors) -> dict[str, str]:
    """Secrets of the partners of these tests."""
    names = ("merseyside-police", "jobcentre-plus", "wirral-health", "childrens-social-care")
    return {name: await doors.partner(name) for name in names}


def callout(subject: str = "upn:Y999999999999", **changes) -> dict:
    return event("merseyside-police", "police-callout", subject, NOTICE) | changes


def binary(secret: str, told: dict, body: str | None = None, **headers: str) -> tuple[dict[str, str], str]:
    """An event as headers and body."""
    body = json.dumps(told["data"]) if body is None else body
    attributes = {f"ce-{name}": quote(told[name]) for name in told if name != "data"} | headers
    lines = "\n".join(sorted(f"{name}:{value}" for name, value in attributes.items()))
    return signed(secret, body, kind="json", name=hashlib.sha256(lines.encode()).hexdigest()) | attributes, body


async def post(doors: Doors, headers: dict, body: str) -> httpx.Response:
    async with doors.bare(headers) as client:
        return await client.post("/v1/events", content=body)


async def ask(doors: Doors, secret: str, partner: str, path: str, **params) -> httpx.Response:
    asked = httpx.Request("GET", f"http://gateway{path}", params=params or None).url.raw_path.decode()
    headers = signed(secret, "", name=asked) | {"ce-source": f"/partners/{partner}"}
    async with doors.bare(headers) as client:
        return await client.get(asked)


async def test_binary(doors: Doors, made: dict):
    """An event whose attributes are headers is taken, and is the same event when it comes again in structured mode."""
    told = callout(id="binary é 1")
    first = await post(doors, *binary(made["merseyside-police"], told))
    body = json.dumps(told)
    again = await post(doors, signed(made["merseyside-police"], body, kind="cloudevents+json"), body)
    assert (first.status_code, first.json()["receipts"][0]["id"]) == (202, "binary é 1")
    assert [each.json()["receipts"][0]["outcome"] for each in (first, again)] == ["quarantined", "duplicate"]


@pytest.mark.parametrize("name", ["id", "type", "subject", "time", "extension"])
async def test_a_binary_event_is_signed_whole(doors: Doors, made: dict, name: str):
    """The signature covers every attribute: a copy that was altered on the way and came first is not taken."""
    headers, body = binary(made["merseyside-police"], callout())
    other = callout(subject="upn:X1", type="family-journeys.evidence.return", time="2012-05-21T09:00:00Z")
    altered = await post(doors, headers | {f"ce-{name}": other.get(name, "x")}, body)
    bare = {each: value for each, value in headers.items() if each != "ce-subject"}
    left_out = await post(doors, bare, body)
    first = await post(doors, headers, body)
    assert [(each.status_code, each.json()["type"]) for each in (altered, left_out)] == [
        (401, f"{PROBLEM}bad-signature")
    ] * 2
    assert first.json()["receipts"][0]["outcome"] == "quarantined"


async def test_a_question_is_signed_whole(doors: Doors, made: dict):
    """The signature covers what is asked: a question that was caught asks nothing else, and no other partner's."""
    secret, source = made["merseyside-police"], {"ce-source": "/partners/merseyside-police"}
    caught = signed(secret, "", name=f"{STATUS}?limit=2")
    answers = []
    for path in (f"{STATUS}?limit=2", f"{STATUS}?limit=3", STATUS, "/v1/events/x"):
        async with doors.bare(caught | source) as client:
            answers.append(await client.get(path))
    assert [answer.status_code for answer in answers] == [200, 401, 401, 401]
    assert f"set webhook-id to {STATUS}?limit=3 and sign that" in answers[1].json()["remedy"]


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        ({"ce-specversion": "0.3"}, None),
        ({"ce-time": "noon"}, None),
        ({"ce-subject": "%00"}, None),
        ({}, "[]"),
        ({}, ""),
        ({}, "{"),
        ({"ce-source": "/partners/%2e%2e"}, None),
    ],
)
async def test_bad_binary(doors: Doors, made: dict, changes: dict, body: str | None):
    """A binary event that is none is refused, whole or in its receipt."""
    answer = await post(doors, *binary(made["merseyside-police"], callout(), body, **changes))
    receipts = answer.json().get("receipts", [{"outcome": "refused"}])
    assert (answer.status_code in {202, 422}, receipts[0]["outcome"]) == (True, "refused"), answer.text


async def test_rotation(doors: Doors):
    """After a rotation both secrets sign, the older one until its end."""
    name = "wirral-probation"  # a partner of no other test: they would sign with its older secret
    older = await doors.partner(name)
    async with doors.client() as client:
        told = (await client.post(f"/v1/partners/{name}/rotate-secret", json={"keep_hours": 1})).json()
    both = [await ask(doors, secret, name, STATUS) for secret in (told["secret"], older)]
    await doors.services.pool.execute(
        "UPDATE partners SET older_until = now() - interval '1 second' WHERE name = $1", name
    )
    after = [await ask(doors, secret, name, STATUS) for secret in (told["secret"], older)]
    assert [answer.status_code for answer in both + after] == [200, 200, 200, 401]
    assert told["older_until"] is not None


async def test_suspended(doors: Doors, made: dict):
    """A suspended partner is refused, which only its own signature brings to light, until it is resumed."""
    name, secret = "wirral-health", made["wirral-health"]
    async with doors.client() as client:
        assert (await client.post(f"/v1/partners/{name}/suspend")).json() == {"name": name, "suspended": True}
        refused = await ask(doors, secret, name, STATUS)
        strange = await ask(doors, made["merseyside-police"], name, STATUS)
        body = json.dumps(event(name, "treatment", "upn:Y1", {"from": "2012-01-01", "status": "started"}))
        sent = await post(doors, signed(secret, body, kind="cloudevents+json"), body)
        await client.post(f"/v1/partners/{name}/resume")
    assert [answer.status_code for answer in (refused, strange, sent)] == [403, 401, 403]
    assert sent.json()["type"] == f"{PROBLEM}partner-suspended"
    assert (await ask(doors, secret, name, STATUS)).status_code == 200


@pytest.fixture
async def strict(doors: Doors) -> AsyncIterator[Doors]:
    """The same gateway with hardly any allowance."""
    settings = doors.services.settings.model_copy(update={"partner_requests_a_minute": 3, "partner_events_a_minute": 5})
    services = replace(doors.services, settings=settings)
    app = create_app(settings)
    app.state.services = services
    return Doors(doors.stack, app, services, doors.engine)


async def test_too_many_requests(strict: Doors, made: dict):
    """A partner over its allowance is told when to come again; others, and the unsigned, cost it nothing."""
    secret = made["merseyside-police"]
    for _ in range(5):
        assert (await ask(strict, made["jobcentre-plus"], "merseyside-police", STATUS)).status_code == 401
    answers = [await ask(strict, secret, "merseyside-police", STATUS) for _ in range(4)]
    other = await ask(strict, made["childrens-social-care"], "childrens-social-care", STATUS)
    assert [answer.status_code for answer in (*answers, other)] == [200, 200, 200, 429, 200]
    assert answers[-1].json()["type"] == f"{PROBLEM}too-many-requests"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60


async def test_too_many_events(strict: Doors, made: dict):
    """A batch counts by its events, and one that is over the allowance leaves nothing behind."""
    batches = [[callout() for _ in range(4)], [callout() for _ in range(2)]]
    answers = []
    for batch in batches:
        body = json.dumps(batch)
        answers.append(await post(strict, signed(made["merseyside-police"], body), body))
    async with strict.services.pool.acquire() as conn:
        kept = await conn.fetchval("SELECT count(*) FROM inbox WHERE event_id = $1", batches[1][0]["id"])
    assert ([answer.status_code for answer in answers], kept) == ([202, 429], 0)


async def test_receipt(doors: Doors, made: dict):
    """A partner can ask how one of its events stands; another partner's is not found, nor is an unsigned question."""
    told = callout(id="a/b c")
    body = json.dumps(told)
    secret = made["merseyside-police"]
    await post(doors, signed(secret, body, kind="cloudevents+json"), body)
    path = f"/v1/events/{quote(told['id'])}"
    own = await ask(doors, secret, "merseyside-police", path)
    other = await ask(doors, made["childrens-social-care"], "childrens-social-care", path)
    async with doors.bare({"ce-source": "/partners/merseyside-police"}) as client:
        unsigned = await client.get(path)
    assert own.json() | {"received_at": None} == {
        "id": "a/b c",
        "kind": "police-callout",
        "status": "quarantined",
        "reason": "unknown-subject",
        "observed_at": "2012-05-20T09:00:00Z",
        "received_at": None,
    }
    assert (other.status_code, other.json()["type"]) == (404, f"{PROBLEM}unknown-event")
    assert unsigned.status_code == 401


async def test_receipts_by_page(doors: Doors, made: dict):
    """Pages of receipts hold every event of the partner once, in order, and those of nobody else."""
    name, secret = "childrens-social-care", made["childrens-social-care"]
    data = {"status": "cin", "from": "2012-01-01"}
    events = [event(name, "child-status", "upn:Y1", data, id=f"page-{number}") for number in range(5)]
    events.append(event(name, "offence", "upn:Y1", NOTICE, id="page-refused"))
    body = json.dumps(events)
    await post(doors, signed(secret, body), body)
    found, following = [], {"limit": 2}
    while following:
        page = await ask(doors, secret, name, STATUS, **following)
        found += [(each["id"], each["status"]) for each in page.json()["events"]]
        following = dict(httpx.URL(page.links["next"]["url"]).params) if "next" in page.links else None
    found = [each for each in found if each[0].startswith("page-")]
    assert sorted(found) == sorted(
        [(f"page-{number}", "quarantined") for number in range(5)] + [("page-refused", "refused")]
    )
    refused = (await ask(doors, secret, name, STATUS, status="refused")).json()["events"]
    assert ("page-refused", "kind-not-agreed") in [(each["id"], each["reason"]) for each in refused]
    bad = await ask(doors, secret, name, STATUS, cursor="bm8")
    assert (bad.status_code, bad.json()["type"]) == (422, f"{PROBLEM}bad-cursor")


async def test_after_the_close(doors: Doors, made: dict):
    """An event about a family whose journey is closed is kept on it, and shown."""
    form = doors.form()
    form["members"][1]["upn"] = "B500000000001"
    async with doors.client() as client:
        reference = (await client.post("/v1/journeys", json=form)).json()["reference"]
        assert (await doors.step(reference, "close", outcome="declined")).status_code == 200
        body = json.dumps(callout("upn:B500000000001", time="2012-05-03T10:00:00Z"))
        await post(doors, signed(made["merseyside-police"], body, kind="cloudevents+json"), body)

        async def evidence() -> list:
            return (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]

        (kept,) = await eventually(evidence)
    assert (kept["kind"], kept["observed_on"], kept["member"]) == ("police-callout", "2012-05-03", "m2")


async def test_out_of_order(doors: Doors, made: dict):
    """Events that come late and in disorder land each with its own observed date, in one signal for the journey."""
    form = doors.form()
    form["members"][1]["upn"] = "B600000000001"
    days = ["2012-05-20", "2012-03-02", "2012-04-11", "2011-12-24"]
    async with doors.client() as client:
        reference = (await client.post("/v1/journeys", json=form)).json()["reference"]
        body = json.dumps([callout("upn:B600000000001", time=f"{day}T23:30:00Z", data={"on": day}) for day in days])
        await post(doors, signed(made["merseyside-police"], body), body)

        async def evidence() -> list:
            told = (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]
            return told if len(told) == len(days) else []

        kept = await eventually(evidence)
    assert {each["on"]: each["observed_on"] for each in kept} == {
        "2012-05-20": "2012-05-21",  # half an hour before midnight in UTC is the next day in a British summer
        "2012-04-11": "2012-04-12",
        "2012-03-02": "2012-03-02",
        "2011-12-24": "2011-12-24",
    }


async def test_waits_for_its_family(doors: Doors, made: dict):
    """An event of an unknown subject waits in quarantine, and is applied when its family is referred."""
    body = json.dumps(callout("upn:B700000000001"))
    answer = await post(doors, signed(made["merseyside-police"], body, kind="cloudevents+json"), body)
    form = doors.form()
    form["members"][1]["upn"] = "B700000000001"
    async with doors.client() as client:
        reference = (await client.post("/v1/journeys", json=form)).json()["reference"]

        async def evidence() -> list:
            return (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]

        kept = await eventually(evidence)
    status = await ask(doors, made["merseyside-police"], "merseyside-police", f"/v1/events/{json.loads(body)['id']}")
    assert answer.json()["receipts"][0]["reason"] == "unknown-subject"
    assert ([each["kind"] for each in kept], status.json()["status"]) == (["police-callout"], "applied")


async def test_agreement_of_the_day(doors: Doors, made: dict):
    """A kind is taken only while the agreement that names it is in force."""
    before = doors.engine.clock
    doors.engine.clock = before.replace(year=2011, month=3)
    try:
        body = json.dumps(callout(time="2011-02-01T00:00:00Z"))
        early = await post(doors, signed(made["merseyside-police"], body, kind="cloudevents+json"), body)
    finally:
        doors.engine.clock = before
    (receipt,) = early.json()["receipts"]
    assert (receipt["outcome"], "no valid agreement" in receipt["reason"]) == ("refused", True)


async def test_two_at_once(doors: Doors, made: dict):
    """The same event sent many times at once is accepted once."""
    body = json.dumps(callout())
    sends = [post(doors, signed(made["merseyside-police"], body, kind="cloudevents+json"), body) for _ in range(8)]
    outcomes = [answer.json()["receipts"][0]["outcome"] for answer in await asyncio.gather(*sends)]
    assert sorted(outcomes) == ["duplicate"] * 7 + ["quarantined"]
