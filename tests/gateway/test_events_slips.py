"""What the partners' door keeps, and says, of an event that it refuses: the event alone, and nobody's identifier."""

import json

import pytest

from tests.doors import Doors, event, signed

POLICE, SCHOOLS = "merseyside-police", "wirral-schools"
UPN = "G999 9999-99997"
TELLING = "g999999999997"
SPAN = {"from": "2012-01-01", "to": "2012-02-01"}


@pytest.fixture(scope="session")
async def secrets(doors: Doors) -> dict[str, str]:
    """The secrets of two partners with agreements."""
    return {name: await doors.partner(name) for name in (POLICE, SCHOOLS)}


def exclusion(**changes) -> dict:
    return event(SCHOOLS, "exclusion", f"upn:{UPN}", {"on": "2012-05-01", "type": "fixed"}) | changes


async def send(doors: Doors, secret: str, body: str) -> list[dict]:
    async with doors.bare(signed(secret, body)) as client:
        answer = await client.post("/v1/events", content=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["receipts"]


async def rows(doors: Doors) -> str:
    return str(await doors.services.pool.fetch("SELECT inbox::text FROM inbox"))


@pytest.mark.parametrize("levels", [260, 900])
@pytest.mark.parametrize("field", ["note", "id", "type", "source", "of"])
async def test_a_deep_event(doors: Doors, secrets: dict, levels: int, field: str):
    """An event with hundreds of brackets, in whatever field, is refused plainly, and takes no neighbour with it."""
    told = event(SCHOOLS, "return", f"upn:{UPN}", SPAN | {"of": "exclusion", "note": 0})
    (told["data"] if field in told["data"] else told)[field] = "deep"
    deep = json.dumps(told).replace('"deep"', "[" * levels + "]" * levels)
    body = f"[{json.dumps(exclusion())}, {deep}]"
    if field == "source":  # whose batch it is stands in question
        async with doors.bare(signed(secrets[SCHOOLS], body)) as client:
            assert (await client.post("/v1/events", content=body)).status_code == 422
        return
    good, refused = await send(doors, secrets[SCHOOLS], body)
    assert (good["outcome"], refused["outcome"]) == ("quarantined", "refused")
    assert refused["reason"] == "the event is nested too deeply; send the fields of its kind only"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "family-journeys.evidence.offence"}, "no valid agreement"),
        ({"type": "family-journeys.evidence.horoscope"}, "type is not"),
        ({"time": "2031-01-01T00:00:00Z"}, "time: an event is observed"),
        ({"time": "noon"}, "time: not a time"),
        ({"specversion": "0.3"}, "specversion"),
        ({"subject": "H"}, "subject is not"),
        ({"subject": f"UPN:{UPN}"}, "subject is not"),
        ({"subject": None}, "subject: "),
        ({"subject": f"upn:{UPN}{'x' * 300}"}, "subject: "),
        ({"id": f"{'i' * 50}{TELLING}"}, "id: "),
        ({"id": {"mine": TELLING}}, "id: "),
    ],
)  # fmt: skip
async def test_a_telling_id_is_never_kept(doors: Doors, secrets: dict, changes: dict, reason: str):
    """An id that holds its subject's identifier, or may, is in no table, whatever else the event is refused for."""
    told = exclusion(id=f"excl-{TELLING}") | changes
    (receipt,) = await send(doors, secrets[SCHOOLS], json.dumps([told]))
    assert (receipt["outcome"], receipt["reason"].startswith(reason)) == ("refused", True), receipt
    assert (TELLING in await rows(doors), "(not kept" in await rows(doors)) == (False, True)


async def test_a_police_reference_in_an_id(doors: Doors, secrets: dict):
    """An id tells by its letters and digits alone, whatever punctuation stands between those of the subject."""
    subject = "police-urn:01AB/12345/12"
    told = [
        event(POLICE, "police-callout", subject, {"on": "2012-05-01"}, id=name) for name in ("01AB1234512", "1234512")
    ]
    telling, short = await send(doors, secrets[POLICE], json.dumps(told))
    assert (telling["outcome"], short["outcome"]) == ("refused", "quarantined")
    assert telling["reason"].startswith("id: contains the subject's identifier")
    assert "01AB1234512" not in await rows(doors)


async def test_refusals_without_an_id_hide_no_other(doors: Doors, secrets: dict):
    """Two such refusals for two reasons are both kept and told, each under the id that its partner gave it."""
    batch = [exclusion(id=f"a-{TELLING}"), exclusion(id=f"b-{TELLING}", time=""), exclusion(id=f"c-{TELLING}", time="")]
    receipts = await send(doors, secrets[SCHOOLS], json.dumps(batch))
    kept = await doors.services.pool.fetch(
        "SELECT event_id, reason FROM inbox WHERE partner = $1 AND event_id LIKE '(not kept%'", SCHOOLS
    )
    assert [(each["id"], each["outcome"]) for each in receipts] == [(each["id"], "refused") for each in batch]
    assert ("(not kept: telling-id)", "telling-id") in [tuple(each) for each in kept]
    assert ("(not kept: bad-event)", "bad-event") in [tuple(each) for each in kept]


@pytest.mark.parametrize(
    ("partner", "kind", "field", "data"),
    [
        (POLICE, "asb-incident", "action", {"on": "2012-05-01"}),
        ("jobcentre-plus", "out-of-work-benefit", "benefit", {"from": "2012-05-01"}),
        ("childrens-social-care", "service-involvement", "service", {"from": "2012-05-01"}),
    ],
)
async def test_a_code_that_is_an_identifier(doors: Doors, partner: str, kind: str, field: str, data: dict):
    """A code that holds the subject's identifier is refused, and neither quoted nor kept: codes stay for ever."""
    secret = await doors.partner(partner)
    told = event(partner, kind, f"upn:{UPN}", data | {field: TELLING})
    (receipt,) = await send(doors, secret, json.dumps([told]))
    assert receipt["reason"] == f"{field}: contains the subject's identifier; give a code that names nobody"
    assert TELLING not in await rows(doors)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"time": "2012-01-01T00:00:60Z"}, "time: not a time with its offset; write it like 2012-05-20T09:00:00Z"),
        ({"time": "2012-02-30T00:00:00Z"}, "time: not a time with its offset; write it like 2012-05-20T09:00:00Z"),
        ({"time": "1066-10-14T00:00:00Z"}, "time: an event is observed after 1900 and not in the future; correct it"),
        ({"data": SPAN | {"of": "exclusion", "from": "2012-02-30"}}, "from: there is no such day; correct the date"),
        (
            {"data": SPAN | {"of": "exclusion", "from": "2012-03-04"}},
            "data: `to` is before `from`; swap or correct them",
        ),
        (
            {"type": "family-journeys.evidence.school-attendance", "data": SPAN | {"sessions": 1e1}},
            "sessions: not a whole number; write it in digits",
        ),
        (
            {
                "type": "family-journeys.evidence.school-attendance",
                "data": SPAN | {"sessions": 41, "authorised": 42, "unauthorised": 1},
            },
            "data: authorised and unauthorised absences exceed the sessions; correct them",
        ),
        (
            {"type": "family-journeys.evidence.school-attendance", "data": SPAN | {"sessions": 0}},
            "sessions: too small; give more than 0",
        ),
        ({"specversion": "0.3"}, "specversion: none that is known; use 1.0"),
        ({"data": SPAN | {"of": "offence"}}, "no valid agreement lets wirral-schools send offence; ask the council"),
    ],
)  # fmt: skip
async def test_a_slip_is_told_with_what_to_do(doors: Doors, secrets: dict, changes: dict, reason: str):
    """A slip is refused by its field, its fault and its remedy, in our words, and none of its values is quoted."""
    told = event(SCHOOLS, "return", f"upn:{UPN}", SPAN | {"of": "exclusion"}) | changes
    (receipt,) = await send(doors, secrets[SCHOOLS], json.dumps([told]))
    assert receipt["reason"] == reason


async def test_a_return_of_nothing_known(doors: Doors, secrets: dict):
    """Whatever a return says it is of is quoted only where it is a kind: it may be a sentence."""
    told = event(SCHOOLS, "return", f"upn:{UPN}", SPAN | {"of": "Wren Nobody"})
    (receipt,) = await send(doors, secrets[SCHOOLS], json.dumps([told]))
    assert receipt["reason"].startswith("of: none that is known; use school-attendance, exclusion")
    assert "Wren" not in receipt["reason"]


async def test_no_byte_is_told_to_the_unsigned(doors: Doors, secrets: dict):
    """What is not UTF-8 cannot be signed: it is answered like any wrong signature, and nothing of it is told."""
    body = json.dumps(exclusion())
    async with doors.bare(signed(secrets[SCHOOLS], body, kind="cloudevents+json")) as client:
        broken = await client.post("/v1/events", content=body.encode().replace(b"fixed", b"fix\xffed"))
        wrong = await client.post("/v1/events", content=body.replace("fixed", "permanent"))
    assert (broken.status_code, broken.json()) == (401, wrong.json())
