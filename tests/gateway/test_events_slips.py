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
    return str(await doors.parts.pool.fetch("SELECT inbox::text FROM inbox"))


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
