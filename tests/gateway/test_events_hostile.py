"""What a partner sends by a slip or on purpose: refused by itself, plainly, and never quoting the value."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.doors import Doors, event, signed
from tests.eventually import eventually

SINGLE, BATCH = "cloudevents+json", "cloudevents-batch+json"
FIXED = {"on": "2012-05-01", "type": "fixed"}
SUBJECT = "H999 9999-99999"


@pytest.fixture(scope="session")
async def secret(doors: Doors) -> str:
    """The secret of wirral-schools."""
    return await doors.partner("wirral-schools")


def exclusion(**changes) -> dict:
    return event("wirral-schools", "exclusion", f"upn:{SUBJECT}", FIXED) | changes


async def send(doors: Doors, secret: str, told: object, at: datetime | None = None, **headers: str):
    body = json.dumps(told)
    kind = BATCH if isinstance(told, list) else SINGLE
    async with doors.bare(signed(secret, body, kind=kind, at=at) | headers) as client:
        return await client.post("/v1/events", content=body)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"time": 1337500000}, "time: not a time with its offset; write it like 2012-05-20T09:00:00Z"),
        ({"time": "1337500000"}, "time: not a time with its offset; write it like 2012-05-20T09:00:00Z"),
        ({"time": "2012-05-20"}, "time: not a time with its offset; write it like 2012-05-20T09:00:00Z"),
        ({"time": "2012-05-20T09:00:00"}, "time: not a time with its offset"),
        ({"subject": "upn:----"}, "subject is not <scheme>:<identifier>"),
        ({"subject": "uprn:000"}, "subject is not <scheme>:<identifier>"),
        ({"subject": "nino:\u200b"}, "subject is not <scheme>:<identifier>"),
        ({"subject": "person:wren / nobody / 1980-01-01"}, "subject is not <scheme>:<identifier>"),
        ({"id": "a\u202eb"}, "id: contains a control character; remove it"),
        ({"id": "i" * 50}, "id: too long; write 49 characters at most"),
        ({"data": FIXED | {"on": "2012-05-21"}}, "on: later than time, when it was observed; correct one of the two"),
        ({"data": FIXED | {"on": "9999-12-31"}}, "on: later than time, when it was observed; correct one of the two"),
        ({"data": FIXED | {"on": "0201-05-01"}}, "on: a day is after 1900; correct it"),
        (
            {
                "type": "family-journeys.evidence.child-status",
                "data": {"from": "0201-05-01", "status": "cin"},
            },
            "from: a day is after 1900; correct it",
        ),
        (
            {
                "type": "family-journeys.evidence.child-status",
                "data": {"from": "2012-05-21", "status": "cin"},
            },
            "from: later than time, when it was observed; correct one of the two",
        ),
        (
            {
                "type": "family-journeys.evidence.child-status",
                "data": {"from": "2012-05-01", "to": "2012-05-21", "status": "cin"},
            },
            "to: later than time, when it was observed; leave it out until it is over",
        ),
        (
            {
                "type": "family-journeys.evidence.school-attendance",
                "data": {"from": "2012-04-16", "to": "2012-07-20", "sessions": 9, "authorised": 0, "unauthorised": 0},
            },
            "to: later than time, when it was observed; correct one of the two",
        ),
        (
            {
                "type": "family-journeys.evidence.return",
                "data": {"of": "exclusion", "from": "2012-04-16", "to": "2012-05-21"},
            },
            "to: later than time, when it was observed; correct one of the two",
        ),
        ({"time": "2012-06-02T09:00:00Z"}, "time: an event is observed after 1900 and not in the future; correct it"),
    ],
)
async def test_refused_by_itself(doors: Doors, secret: str, changes: dict, reason: str):
    """What would be read as something else, name nobody, or count on a day to come is refused with field and remedy."""
    refused, good = (await send(doors, secret, [exclusion(**changes), exclusion()])).json()["receipts"]
    assert (refused["outcome"], good["outcome"]) == ("refused", "quarantined")
    assert refused["reason"].startswith(reason), refused


@pytest.mark.parametrize("time", ["2012-05-20T23:00:00+14:00", "2012-05-20t09:00:00z", "2012-05-20T09:00:00.123456Z"])
async def test_times_as_they_may_be_written(doors: Doors, secret: str, time: str):
    """A time in any spelling of RFC 3339, with any offset, is taken."""
    (receipt,) = (await send(doors, secret, exclusion(time=time))).json()["receipts"]
    assert receipt["outcome"] == "quarantined"


async def test_what_was_seen_on_the_day_of_receipt(doors: Doors, secret: str):
    """A time later on the day of receipt is taken; what hangs together with other evidence is no field of a kind."""
    more = {"replaces": "excl-1", "recorded": 1, "withdraws": "excl-1", "spell": "s1"}
    told = exclusion(time="2012-06-01T22:59:00Z", data=FIXED | {"on": "2012-06-01"} | more)
    (receipt,) = (await send(doors, secret, told)).json()["receipts"]
    held = await doors.services.pool.fetchval("SELECT evidence FROM inbox WHERE event_id = $1", told["id"])
    assert receipt["outcome"] == "quarantined"
    assert (held["observed_on"], held.keys() & more.keys()) == ("2012-06-01", set())


@pytest.mark.parametrize("name", ["excl-H999999999999-1", "h9 9999 9999999", "EXCL:H999-9999-99999"])
async def test_an_id_that_tells_whose_it_is(doors: Doors, secret: str, name: str):
    """An id that holds its subject's identifier, however spelled, is refused, and stands in no table."""
    answer = await send(doors, secret, [exclusion(id=name), exclusion()])
    refused, good = answer.json()["receipts"]
    rows = await doors.services.pool.fetch("SELECT inbox::text FROM inbox")
    assert (refused["outcome"], refused["id"], good["outcome"]) == ("refused", name, "quarantined")
    assert refused["reason"] == "id: contains the subject's identifier, and ids are kept; use a number of your own"
    assert name not in str(rows)


async def test_a_packed_body(doors: Doors, secret: str):
    """A body that is packed, or says so, is refused with what to do instead."""
    body = json.dumps(exclusion())
    headers = signed(secret, body, kind=SINGLE) | {"content-encoding": "gzip"}
    async with doors.bare(headers) as client:
        answers = [await client.post("/v1/events", content=each) for each in (gzip.compress(body.encode()), body)]
    assert [(each.status_code, each.json()["remedy"]) for each in answers] == [
        (422, "send it uncompressed, without content-encoding")
    ] * 2


@pytest.mark.parametrize(("seconds", "status"), [(-310, 401), (-290, 202), (290, 202), (310, 401)])
async def test_a_clock_that_is_off(doors: Doors, secret: str, seconds: int, status: int):
    """A partner's clock may be five minutes slow or fast, and no more."""
    answer = await send(doors, secret, exclusion(), at=datetime.now(UTC) + timedelta(seconds=seconds))
    assert answer.status_code == status


async def test_a_batch_is_sent_again_whole(doors: Doors, secret: str):
    """A batch in which an id stands twice can be sent again as it is: nothing changes, and the other body stays out."""
    told = exclusion()
    batch = [told, told | {"data": FIXED | {"on": "2012-05-02"}}, told, exclusion()]
    first, again = await send(doors, secret, batch), await send(doors, secret, batch)
    outcomes = [[each["outcome"] for each in answer.json()["receipts"]] for answer in (first, again)]
    assert outcomes == [
        ["quarantined", "conflict", "duplicate", "quarantined"],
        ["duplicate", "conflict", "duplicate", "duplicate"],
    ]


async def test_one_home_of_two_families(doors: Doors, secret: str):
    """An event about a home where two families live is nobody's until a person says whose."""
    async with doors.client() as client:
        for _ in range(2):
            assert (await client.post("/v1/journeys", json=doors.form(uprn="78000000031"))).status_code == 201
    told = event(
        "wirral-schools", "return", "uprn:78000000031", {"of": "exclusion", "from": "2012-01-01", "to": "2012-02-01"}
    )
    (receipt,) = (await send(doors, secret, told)).json()["receipts"]
    path = f"/v1/events/{told['id']}"
    headers = signed(secret, "", name=path) | {"ce-source": "/partners/wirral-schools"}

    async def reason() -> str | None:
        async with doors.bare(headers) as client:
            found = (await client.get(path)).json()
        return found["reason"] if found["status"] == "quarantined" else None

    assert receipt["outcome"] == "accepted"
    assert await eventually(reason) == "ambiguous-subject"


async def test_an_event_of_before_the_journey(doors: Doors, secret: str):
    """An event of long before the referral is evidence too: baselines are counted from it."""
    form = doors.form()
    form["members"][1]["upn"] = "B900000000017"
    async with doors.client() as client:
        reference = (await client.post("/v1/journeys", json=form)).json()["reference"]
    data = FIXED | {"on": "1999-05-19"}
    await send(doors, secret, exclusion(subject="upn:B900000000017", time="1999-05-20T09:00:00Z", data=data))

    async def evidence() -> list:
        async with doors.client() as client:
            return (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]

    (kept,) = await eventually(evidence)
    assert (kept["on"], kept["observed_on"]) == ("1999-05-19", "1999-05-20")


async def test_answers_say_nothing_of_the_value(doors: Doors, secret: str):
    """Whatever is wrong with an event's fields, its receipt quotes none of them: receipts are kept by others."""
    wrong = [
        exclusion(data={"on": "Wren Nobody", "type": "fixed"}),
        exclusion(data={"on": "2012-05-01", "type": "Wren Nobody"}),
        exclusion(data={"on": {"Wren Nobody": 1}, "type": ["Wren Nobody"]}),
        exclusion(subject="Wren Nobody"),
        exclusion(time="Wren Nobody"),
    ]
    answer = await send(doors, secret, wrong)
    assert {each["outcome"] for each in answer.json()["receipts"]} == {"refused"}
    assert "Wren" not in answer.text
