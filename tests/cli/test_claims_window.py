"""`journeys claims windows | submit | audit | settle` against a real gateway and database."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from activities.delivery.services import DeliveryServices
from programmes import load
from store import effects
from tests.cli.conftest import Cli
from tests.domain.claim_story import AS_OF, AT_WORK, BORN
from tests.doors import NOON, Doors
from tests.ledger import Ledger
from tests.near_windows import NearWindows
from wiring.references import new_reference

PACK = load("wirral-2012")
IN_JULY = datetime(2013, 7, 5, 12, tzinfo=UTC)


@pytest.fixture
async def claim_id(doors: Doors):
    """A claim of a family of this test, in July 2013, when a window of the pack is open."""
    ledger, reference = Ledger(doors.services.pool, doors.services.vault), new_reference()
    own = {"reference": reference, "journey_id": f"journey:{PACK.area}:{reference}:1", "programme_hash": PACK.hash}
    journey = await ledger.open(PACK, [AT_WORK[0].model_copy(update=own), *AT_WORK[1:]], BORN)
    await ledger.evaluate(journey, AS_OF)
    [claim] = await ledger.claims(reference)
    async with httpx.AsyncClient() as http:
        doors.engine.windows = NearWindows(
            doors.services.pool, doors.services.vault, DeliveryServices(doors.services.settings, http), IN_JULY
        )
        doors.engine.clock = IN_JULY
        yield claim.claim_id
    doors.engine.clock = NOON


async def auditing(doors: Doors, claim_id: str, **body: str) -> httpx.Response:
    async with doors.client("auditor", "aud") as client:
        return await client.post(f"/v1/claims/{claim_id}/audit", json={"found": "sound", "why": "seen", **body})


async def test_a_claim_from_the_window_to_the_money(cli: Cli, doors: Doors, claim_id: str):
    """Opened, refused unaudited, audited, submitted, paid; explain tells each step and who made it."""
    rows = await cli.ok("claims", "windows", "--open", "2013-07", "--show", "2013-07")
    assert [(row["phase"], claim_id in [one["claim_id"] for one in row["claims"]]) for row in rows] == [("open", True)]
    assert "not complete" in (await cli("claims", "submit", "2013-07")).err
    for one in rows[0]["claims"]:
        assert (await auditing(doors, one["claim_id"])).status_code == 200
    told = await cli.ok("claims", "submit", "2013-07")
    assert claim_id in told["submitted"]
    assert (await cli.ok("claims", "settle", claim_id, "paid"))["state"] == "paid"
    out = (await cli("claims", "explain", claim_id)).out
    assert "eligible to submitted by manager:manager" in out
    assert "submitted to paid by manager:manager" in out
    refused = await cli("claims", "settle", claim_id, "rejected")
    assert (refused.code, "is paid" in refused.err) == (1, True)


async def test_a_rejected_claim_lets_its_family_be_looked_at_again(cli: Cli, doors: Doors, claim_id: str):
    """What the payer rejects is told to the family's journey, which is woken to review what rested on it."""
    await cli.ok("claims", "windows", "--open", "2013-07")
    for one in (await cli.ok("claims", "windows", "--show", "2013-07"))[0]["claims"]:
        await auditing(doors, one["claim_id"])
    await cli.ok("claims", "submit", "2013-07")
    doors.engine.woken.clear()
    assert (await cli.ok("claims", "settle", claim_id, "rejected"))["state"] == "rejected"
    [journey] = doors.engine.woken
    async with doors.services.pool.acquire() as conn:
        reviews = [row.state for row in await effects.of_journey(conn, journey) if row.effect.type == "review-claims"]
    assert (claim_id.startswith(f"{journey}:"), reviews) == (True, ["planned"])


async def test_the_windows_are_listed_with_their_trust(cli: Cli, claim_id: str):
    """Every window of the pack is shown with its source and confidence; a past one cannot be opened any more."""
    out = (await cli("claims", "windows")).out
    for said in ("2013-07", "2015-05", "(unverified)", "(secondary)", "not-opened"):
        assert said in out
    for words, code, said in (
        (("windows", "--open", "2013-01"), 1, "closed on 2013-01-31"),
        (("windows", "--open", "nothing"), 1, "has no claim window nothing"),
        (("settle", claim_id, "paid"), 1, "is eligible"),
        (("settle", "a:b", "paid"), 1, "no claim a:b"),
        (("audit", claim_id, "--why", "seen"), 2, "--sound or --unsound is missing"),
        (("audit", claim_id, "--sound", "--why", "seen"), 5, "a manager may not do this"),
    ):
        ran = await cli("claims", *words)
        assert (ran.code, said in ran.err) == (code, True), (words, ran)


async def test_an_auditor_does_not_submit(doors: Doors, claim_id: str):
    """Who audits claims does not submit them, and who submits does not audit."""
    async with doors.client("auditor", "aud") as client:
        assert (await client.post("/v1/claim-windows/2013-07/submit")).status_code == 403
    async with doors.client("coordinator", "co") as client:
        found = json.dumps({"found": "sound", "why": "seen"})
        headers = {"content-type": "application/json"}
        assert (await client.post(f"/v1/claims/{claim_id}/audit", content=found, headers=headers)).status_code == 403


async def test_rearm_starts_the_windows_that_run(cli: Cli, doors: Doors, claim_id: str):
    """After the loss of Temporal every window that is not over is started again."""
    await cli.ok("claims", "windows", "--open", "2013-07")
    doors.engine.windows.started.clear()
    await cli.ok("rearm")
    assert f"claim-window:{PACK.area}:{PACK.name}:2013-07" in doors.engine.windows.started
