"""A closed family with everything that may be held of one, and what tests ask of it before and after its erasure."""

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.doors import Doors, event, nhs_number, signed
from tests.eventually import eventually

FORM = {"reason": "request"}
WRITTEN = "jabberwock"  # stands in every text of the case file


@dataclass
class Home:
    """A closed family with everything that may be held of one, and all that must not be found of it later."""

    reference: str
    journey_id: str
    form: dict[str, Any]
    key: str
    secrets: tuple[str, ...]
    digests: list[bytes] = field(default_factory=list)

    @property
    def found_in(self) -> re.Pattern[str]:
        """Anything that is told of a person, however it is cased."""
        marks = [*map(re.escape, self.secrets), *(digest.hex() for digest in self.digests)]
        return re.compile("|".join(marks), re.IGNORECASE)


def _form(doors: Doors, nhs: str, upn: str, uprn: str) -> dict[str, Any]:
    form = doors.form(address="77 Larkspindle Way", postcode="CH41 9QX", uprn=uprn)
    adult, child = form["members"]
    adult |= {
        "forename": f"Xanthippe{adult['forename']}",
        "date_of_birth": "1961-11-23",
        "nhs_number": nhs,
        "nino": "QQ 77 51 31 B",
    }
    child |= {"forename": f"Zebedee{child['forename']}", "date_of_birth": "2001-07-19", "upn": upn}
    return form


@pytest.fixture
async def home(doors: Doors) -> Home:
    """A family with names, identifiers, an address, a partner's event and a journey that was closed."""
    number = uuid.uuid4().int
    nhs, uprn = nhs_number(number % 90_000), str(10**11 + number % 10**10)
    form, key = _form(doors, nhs, "", uprn), uuid.uuid4().hex
    form["members"][0]["nino"] = f"QQ{number % 10**6:06}B"
    async with doors.client() as client:
        told = (await client.post("/v1/journeys", json=form, headers={"idempotency-key": key})).json()
    people = form["members"]
    secrets = (people[0]["surname"], "Xanthippe", "Zebedee", "1961-11-23", "2001-07-19", "Larkspindle", "CH41 9QX")
    home = Home(told["reference"], told["journey_id"], form, key, (*secrets, nhs, uprn, people[0]["nino"], WRITTEN))
    async with doors.services.pool.acquire() as conn:
        rows = await conn.fetch("SELECT digest FROM identifiers WHERE reference = $1", home.reference)
    home.digests = [row["digest"] for row in rows]
    assert (await evicted(doors, uprn))["outcome"] == "accepted"
    await eventually(lambda: evidence(doors, home.reference))
    await written_up(doors, home.reference)
    assert (await doors.step(home.reference, "close", outcome="moved-away")).status_code == 200
    return home


async def written_up(doors: Doors, reference: str) -> None:
    """Fill the case file with everything that is said in words, each time with the word that must not be found."""
    need = {"need": "poverty", "owner": "m1", "due_on": "2012-06-20"}
    concern = {"kind": "neglect", "to": await doors.receiver()}
    for step, body in (
        ("add-note", {"about": "visit"}),
        ("add-action", need),
        ("record-meeting", {"present": ["m1"]}),
        ("record-voice", {"member_id": "m2"}),
        ("raise-concern", concern),
        ("answer-concern", {"entry": "C1", "answer": "taken-into-plan"}),
    ):
        answer = await doors.step(reference, f"case/{step}", text=f"The {WRITTEN} on the stairs frightens her.", **body)
        assert answer.status_code == 200, answer.text


async def evicted(doors: Doors, uprn: str) -> dict[str, Any]:
    """Tell of an eviction notice of a household; return the receipt."""
    secret = await doors.partner("wirral-housing")
    body = json.dumps([event("wirral-housing", "eviction-notice", f"uprn:{uprn}", {"on": "2012-05-20"})])
    async with doors.bare(signed(secret, body)) as client:
        return (await client.post("/v1/events", content=body)).json()["receipts"][0]


async def evidence(doors: Doors, reference: str) -> list[dict[str, Any]]:
    return (await shown(doors, reference))["journey"]["evidence"]


async def shown(doors: Doors, reference: str) -> dict[str, Any]:
    async with doors.client() as client:
        return (await client.get(f"/v1/journeys/{reference}")).json()


async def erase(doors: Doors, reference: str, role: str = "manager", key: str = "", **form: Any) -> httpx.Response:
    headers = {"idempotency-key": key} if key else {}
    async with doors.client(role) as client:
        return await client.post(f"/v1/journeys/{reference}/erase", json=FORM | form, headers=headers)


async def everything(doors: Doors) -> str:
    """All that is stored anywhere, as Postgres shows it."""
    pool = doors.services.pool
    names = [row[0] for row in await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    return "\n".join([row[0] for name in names for row in await pool.fetch(f"SELECT t::text FROM {name} AS t")])
