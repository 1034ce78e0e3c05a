"""A family erased through the staff door: refused while anything is open, then gone from every route and table."""

import asyncio
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from domain.commands import RecordEvidence, RecordNotification
from domain.evidence import EVIDENCE
from store.vault import Note
from tests.doors import NOON, PROBLEM, Doors, event, nhs_number, signed
from tests.eventually import eventually
from tests.gateway.test_security import OPEN, SIGNED, routes

FORM = {"reason": "request"}


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
    form = doors.form(address="77 Quillfeather Way", postcode="CH41 9QX", uprn=uprn)
    adult, child = form["members"]
    adult |= {"forename": "Xanthippe", "date_of_birth": "1961-11-23", "nhs_number": nhs, "nino": "QQ 77 51 31 B"}
    child |= {"forename": "Zebedee", "date_of_birth": "2001-07-19", "upn": upn}
    return form


@pytest.fixture
async def home(doors: Doors) -> Home:
    """A family with names, identifiers, an address, a note, a partner's event and a journey that was closed."""
    number = uuid.uuid4().int
    nhs, uprn = nhs_number(number % 90_000), str(10**11 + number % 10**10)
    form, key = _form(doors, nhs, "", uprn), uuid.uuid4().hex
    form["members"][0]["nino"] = f"QQ{number % 10**6:06}B"
    async with doors.client() as client:
        told = (await client.post("/v1/journeys", json=form, headers={"idempotency-key": key})).json()
    people = form["members"]
    secrets = (people[0]["surname"], "Xanthippe", "Zebedee", "1961-11-23", "2001-07-19", "Quillfeather", "CH41 9QX")
    home = Home(
        told["reference"], told["journey_id"], form, key, (*secrets, nhs, uprn, people[0]["nino"], "cried today")
    )
    note = Note(uuid.uuid4(), home.journey_id, "key-worker:kim", NOON, "she cried today")
    async with doors.parts.pool.acquire() as conn:
        await doors.parts.vault.put_note(conn, home.reference, note)
        rows = await conn.fetch("SELECT digest FROM identifiers WHERE reference = $1", home.reference)
    home.digests = [row["digest"] for row in rows]
    assert (await evicted(doors, uprn))["outcome"] == "accepted"
    await eventually(lambda: evidence(doors, home.reference))
    assert (await doors.step(home.reference, "close", outcome="moved-away")).status_code == 200
    return home


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
    pool = doors.parts.pool
    names = [row[0] for row in await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    return "\n".join([row[0] for name in names for row in await pool.fetch(f"SELECT t::text FROM {name} AS t")])  # noqa: S608


async def answers(doors: Doors, home: Home) -> dict[str, str]:
    """What every route that only tells says of the family to a manager, by route."""
    told = {}
    async with doors.client() as client:
        for route in routes(doors):
            if route.methods != {"GET"} or route.path in OPEN | SIGNED:
                continue
            path = route.path.replace("{reference}", home.reference)
            for params in ({}, {"names": True, "reference": home.reference[2:6]}):
                answer = await client.get(re.sub(r"{\w+(:path)?}", "none", path), params=params)
                told[f"{route.path} {params}"] = answer.text
    return told


async def test_nothing_personal_can_be_read_any_more(doors: Doors, home: Home):
    """No route and no table holds a name, date of birth, identifier, hash of one, address or note, nor the key."""
    before = await answers(doors, home)
    assert [route for route, text in before.items() if home.found_in.search(text)]
    assert home.found_in.search(await everything(doors))
    answer = await erase(doors, home.reference)
    assert answer.status_code == 200, answer.text
    after = await answers(doors, home)
    assert {route: found.group() for route, text in after.items() if (found := home.found_in.search(text))} == {}
    assert (found := home.found_in.search(await everything(doors))) is None, found
    key = await doors.parts.pool.fetchrow(
        "SELECT wrapped, erased_at FROM family_keys WHERE reference = $1", home.reference
    )
    assert (key["wrapped"], key["erased_at"]) == (None, NOON)


async def test_it_is_told_what_was_destroyed_and_what_stays(doors: Doors, home: Home):
    """The answer counts both sides, and show tells when and why."""
    told = (await erase(doors, home.reference)).json()
    held = told["held"]
    assert [held[name] for name in ("people", "addresses", "notes", "journeys", "claims")] == [2, 1, 1, 1, 0]
    assert (held["identifiers"], held["events"] > 2) == (len(home.digests), True)
    assert (told["already"], told["erased_on"], told["reason"]) == (False, "2012-06-01", "request")
    journey = await shown(doors, home.reference)
    assert (journey["journey"]["erased_on"], journey["journey"]["erased_for"]) == ("2012-06-01", "request")
    assert (journey["timeline"][-1]["event"]["type"], journey["timeline"][-1]["actor"]) == (
        "family-erased",
        "manager:ann",
    )


async def test_every_journey_of_the_family_tells_of_it(doors: Doors, home: Home):
    """The event stands on the newest journey; an earlier one is shown with its day and reason too."""
    async with doors.client() as client:
        again = (await client.post("/v1/journeys", json=home.form)).json()
    assert again["reference"] == home.reference
    assert (await doors.step(home.reference, "close", outcome="moved-away")).status_code == 200
    assert (await erase(doors, home.reference)).status_code == 200
    async with doors.client() as client:
        told = (await client.get(f"/v1/journeys/{home.reference}", params={"journey": 1})).json()
    assert (told["journey"]["journey_id"], told["journey"]["erased_on"]) == (home.journey_id, None)
    assert (told["erased_on"], told["erased_for"], told["family"]) == ("2012-06-01", "request", None)


async def test_a_dry_run_destroys_nothing(doors: Doors, home: Home):
    """Tried out, it tells the same counts, and the family can be read as before."""
    told = (await erase(doors, home.reference, dry_run=True)).json()
    assert (told["dry_run"], told["erased_on"], told["held"]["people"]) == (True, None, 2)
    assert (await shown(doors, home.reference))["family"]["people"][0]["forename"] == "Xanthippe"
    assert (await shown(doors, home.reference))["journey"]["erased_on"] is None


async def test_twice_is_once(doors: Doors, home: Home):
    """Erased again, under the same key or another and for another reason, it says that it is done already."""
    first = (await erase(doors, home.reference, key="k" + home.key)).json()
    repeated = (await erase(doors, home.reference, key="k" + home.key)).json()
    again = (await erase(doors, home.reference, reason="court-order")).json()
    assert [told["already"] for told in (first, repeated, again)] == [False, True, True]
    assert {told["reason"] for told in (first, repeated, again)} == {"request"}
    types = [one["event"]["type"] for one in (await shown(doors, home.reference))["timeline"]]
    assert types.count("family-erased") == 1


@pytest.mark.parametrize("role", ["coordinator", "key-worker", "auditor", "analyst"])
async def test_only_a_manager_erases(doors: Doors, home: Home, role: str):
    """No other role may erase a family, or try it out."""
    for form in ({}, {"dry_run": True}):
        answer = await erase(doors, home.reference, role, **form)
        assert (answer.status_code, answer.json()["type"]) == (403, f"{PROBLEM}not-allowed")


@pytest.mark.parametrize("dry_run", [True, False])
async def test_not_while_a_journey_is_open(doors: Doors, dry_run: bool):  # noqa: FBT001
    """A family somebody works with is not erased: the refusal says to close its journey first."""
    reference = await doors.referred()
    answer = await erase(doors, reference, dry_run=dry_run)
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}journey-open")
    assert "close the journey first" in answer.json()["remedy"]
    assert (await shown(doors, reference))["family"]["people"]


async def test_a_reason_is_one_of_the_codes(doors: Doors, home: Home):
    """A reason in words would be kept for ever, so it is refused, naming the codes."""
    answer = await erase(doors, home.reference, reason="the-mother-asked")
    assert (answer.status_code, "court-order" in answer.text) == (422, True)


async def test_a_later_referral_is_a_new_family(doors: Doors, home: Home):
    """The same people referred again get a reference of their own, with nothing that leads to the old one."""
    await erase(doors, home.reference)
    async with doors.client() as client:
        answer = await client.post("/v1/journeys", json=home.form)
    again = await shown(doors, answer.json()["reference"])
    assert again["journey"]["reference"] != home.reference
    assert (again["journey"]["earlier"], again["earlier"]) == ([], [])
    assert home.reference not in json.dumps(again)
    assert (await doors.step(again["journey"]["reference"], "close", outcome="moved-away")).status_code == 200
    await erase(doors, again["journey"]["reference"])


async def test_a_referral_sent_again_under_its_key_brings_nobody_back(doors: Doors, home: Home):
    """The key under which the family was referred is spent: a file imported again does not undo the erasure."""
    await erase(doors, home.reference)
    async with doors.client() as client:
        answer = await client.post("/v1/journeys", json=home.form, headers={"idempotency-key": home.key})
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}erased")
    assert not home.found_in.search(await everything(doors))


async def test_partner_events_for_old_identifiers_wait_in_quarantine(doors: Doors, home: Home):
    """What a partner sends by an old identifier is about somebody unknown, and no hand gives it to the family."""
    await erase(doors, home.reference)
    receipt = await evicted(doors, home.form["uprn"])
    assert (receipt["outcome"], len(await evidence(doors, home.reference))) == ("quarantined", 1)
    told = {"id": f"wirral-housing:{receipt['id']}", "reference": home.reference}
    async with doors.client() as client:
        answer = await client.post("/v1/quarantine/match", json=told)
        await client.post("/v1/quarantine/discard", json={"id": told["id"], "why": "family-erased"})
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}erased")


def _not_told(home: Home) -> RecordNotification:
    """What became of a message, which is news: the batch it is in is appended, and not only answered."""
    told = {"effect_id": f"{home.journey_id}:9:1", "partner": "wirral-schools", "about": "journey-closed"}
    fate = {"fault": "refused", "reason": "family-erased"}
    return RecordNotification(command_id=uuid.uuid4().hex, at=NOON, actor="worker:notifications", **told, **fate)


@pytest.mark.parametrize("alone", [True, False])
async def test_an_event_on_its_way_is_refused_and_forgets_whom_it_was_about(doors: Doors, home: Home, alone: bool):  # noqa: FBT001
    """Evidence that was matched before the erasure and arrives after it is refused, and its subject is let go."""
    name = uuid.uuid4().hex
    await erase(doors, home.reference)
    await doors.parts.pool.execute(
        "INSERT INTO inbox (partner, event_id, body_hash, subject_scheme, subject_digest, kind, observed_at, evidence,"
        " state, received_at, reference, journey_id) VALUES ('wirral-housing', $1, 'hash', 'uprn', $2,"
        " 'eviction-notice', now(), '{}', 'forwarded', now(), $3, $4)",
        name,
        home.digests[0],
        home.reference,
        home.journey_id,
    )
    told = {"id": name, "kind": "eviction-notice", "source": "wirral-housing", "observed_on": NOON.date()}
    command = RecordEvidence(
        command_id=f"inbox:wirral-housing:{name}",
        at=datetime.now(UTC),
        actor="partner:wirral-housing",
        evidence=EVIDENCE.validate_python(told | {"on": NOON.date()}),
    )
    await doors.engine.forward(home.journey_id, [command] if alone else [command, _not_told(home)])

    async def settled() -> Any:
        row = await doors.parts.pool.fetchrow("SELECT * FROM inbox WHERE event_id = $1", name)
        return row if row["state"] == "refused" else None

    row = await eventually(settled)
    assert (row["reason"], row["subject_digest"], row["subject_scheme"], row["body_hash"]) == (
        "erased",
        None,
        None,
        b"",
    )


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "correct", {"version": 1, "reason": "misread", "changes": {"on": "2012-05-02"}}),
        ("POST", "withdraw-consent", {"consent_id": "k1"}),
        ("GET", "claim-file", None),
    ],
)
async def test_nothing_more_is_told_to_or_made_of_it(doors: Doors, home: Home, method: str, path: str, body: Any):
    """Corrections and withdrawals, and a claim file of today, are refused with the day it was erased."""
    await erase(doors, home.reference)
    async with doors.client() as client:
        answer = await client.request(method, f"/v1/journeys/{home.reference}/{path}", json=body)
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}erased"), answer.text


async def test_an_erasure_and_a_referral_at_once(doors: Doors, home: Home):
    """Whichever is first, the outcome is whole: an open journey with its people, or an erased family without one."""
    form = home.form | {"referred_on": "2012-06-01"}
    for _ in range(3):
        async with doors.client() as client:
            referring = client.post("/v1/journeys", json=form)
            referred, erased = await asyncio.gather(referring, erase(doors, home.reference))
        if erased.status_code == 200:
            assert "open" not in {row["stage"] for row in (await shown(doors, home.reference))["earlier"]}
            assert (await shown(doors, home.reference))["journey"]["stage"] == "closed"
        else:
            assert (erased.json()["type"], referred.status_code) == (f"{PROBLEM}journey-open", 201)
            assert (await shown(doors, home.reference))["family"]["people"]
        for reference in {home.reference, referred.json().get("reference", home.reference)}:
            await doors.step(reference, "close", outcome="moved-away")
