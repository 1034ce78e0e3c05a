"""What meets an erased family later: its people referred again, partners' events, corrections."""

import asyncio
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.evidence import EVIDENCE
from domain.journey.commands import RecordEvidence, RecordNotification
from tests.doors import NOON, PROBLEM, Doors
from tests.eventually import eventually
from tests.gateway.erasable import Home, erase, everything, evicted, evidence, shown


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
    await doors.services.pool.execute(
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
        row = await doors.services.pool.fetchrow("SELECT * FROM inbox WHERE event_id = $1", name)
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
