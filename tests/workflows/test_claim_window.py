"""A claim window as a durable workflow, on a real dev server, a real Postgres and a real mail server."""

from datetime import date, timedelta

import pytest

from domain.claims.windows import AuditShare, ClaimWindow
from domain.errors import Rejected
from store import claim_windows, claims, clawbacks
from store.claim_windows import window_id_of
from store.pool import Pool
from store.vault import Vault
from tests.activities.test_clawbacks import CLOSED
from tests.activities.test_given_up import TWO
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, PACK
from tests.eventually import eventually
from tests.ledger import Ledger
from tests.workflows import path
from tests.workflows.conftest import World
from workflows.claim_window import ClaimWindow as Workflow

SOURCED = {"source": "the tests", "confidence": "unverified"}


async def claimed(pool: Pool, vault: Vault, opens: date, closes: date) -> tuple[str, str]:
    """Keep a pack with one window and a claim under it; return the ids of both."""
    reference = path.fresh()
    window = ClaimWindow(label="now", opens=opens, closes=closes, **SOURCED)
    programme = PACK.model_copy(
        update={
            "area": "wirral",
            "name": f"pack-{reference.lower()}",
            "windows": (window,),
            "audit": AuditShare(percent=10, **SOURCED),
            "hash": reference.ljust(64, "0"),
        }
    )
    ledger = Ledger(pool, vault)
    own = {"reference": reference, "journey_id": path.journey_of(reference), "programme_hash": programme.hash}
    journey = await ledger.open(programme, [AT_WORK[0].model_copy(update=own), *AT_WORK[1:]], BORN)
    await ledger.evaluate(journey, AS_OF)
    [claim] = await ledger.claims(reference)
    async with pool.acquire() as conn:
        await claim_windows.keep(conn, programme, window)
    return window_id_of(programme, "now"), claim.claim_id


def _mails(world: World, window_id: str) -> list[str]:
    """What managers were told of a window, in order."""
    return [
        one.key.rpartition("@")[0].rpartition(".")[2]
        for one in world.mail.received
        if window_id.split(":")[2] in one.key
    ]


async def test_a_window_from_its_opening_to_the_submission(working: World) -> None:
    """It gathers, tells the managers, refuses what was not audited, and submits what was."""
    window_id, claim_id = await claimed(working.pool, working.vault, path.today(), path.today() + timedelta(days=9))
    for _ in range(2):
        await working.engine.windows.start(window_id)
    await eventually(lambda: _mails(working, window_id) or None)
    with pytest.raises(Rejected) as refused:
        await working.engine.windows.submit(window_id, "s1", "manager:max")
    assert (refused.value.code, claim_id in refused.value.reason) == ("not-audited", True)
    async with working.pool.acquire() as conn:
        given = {"at": AT_WORK[0].at, "actor": "auditor:aud", "why": "evidence-seen"}
        await claim_windows.audit(conn, claim_id, "sound", **given)
    told = await working.engine.windows.submit(window_id, "s2", "manager:max")
    assert told["submitted"] == [claim_id]
    assert await working.engine.windows.submit(window_id, "s2", "manager:max") == told


async def test_a_lost_window_starts_again_where_it_was(working: World) -> None:
    """When Temporal has lost a window it is started again from the ledger: no second draw, no second mail."""
    window_id, _ = await claimed(working.pool, working.vault, path.today(), path.today() + timedelta(days=9))
    await working.engine.windows.start(window_id)
    await eventually(lambda: _mails(working, window_id) or None)
    await working.client.get_workflow_handle(window_id).terminate("as if the cluster were lost")
    with pytest.raises(Rejected, match="does not run"):
        await working.engine.windows.submit(window_id, "s1", "manager:max")
    await working.engine.windows.start(window_id)
    assert (await working.engine.windows.gather(window_id, "g1"))["to_audit"] == 1
    handle = working.client.get_workflow_handle_for(Workflow.run, window_id)
    await eventually(lambda: _phase_is_open(handle))
    async with working.pool.acquire() as conn:
        assert len(await claim_windows.draws(conn, window_id)) == 1
    assert _mails(working, window_id) == ["opened"]


async def _phase_is_open(handle) -> bool:
    return (await handle.query(Workflow.progress)).phase == "open"


async def test_a_window_closes_and_says_what_was_left(working: World) -> None:
    """At its end the managers hear of what was not submitted, and a window that is over stays over."""
    window_id, claim_id = await claimed(
        working.pool, working.vault, path.today() - timedelta(days=9), path.today() - timedelta(days=1)
    )
    for _ in range(2):
        await working.engine.windows.start(window_id)
        state = await working.client.get_workflow_handle_for(Workflow.run, window_id).result()
        assert state.phase == "closed"
    assert _mails(working, window_id) == ["opened", "last-day", "closed"]
    async with working.pool.acquire() as conn:
        [held] = await claim_windows.claims_of(conn, window_id)
        assert window_id not in await claim_windows.unclosed(conn)
    assert (held.claim_id, held.state) == (claim_id, "eligible")


async def test_a_rejection_reaches_the_closed_journey_of_its_family(working: World) -> None:
    """Woken, the journey starts again, reviews what rested on the rejected claim, tells the manager, and ends."""
    reference = path.fresh()
    programme = TWO.model_copy(update={"name": f"pack-{reference.lower()}", "hash": reference.ljust(64, "1")})
    own = {"reference": reference, "journey_id": path.journey_of(reference), "programme_hash": programme.hash}
    ledger = Ledger(working.pool, working.vault)
    journey = await ledger.open(programme, [AT_WORK[0].model_copy(update=own), *AT_WORK[1:], CLOSED], BORN)
    await ledger.evaluate(journey, AS_OF)
    first, second = (claim.claim_id for claim in await ledger.claims(reference))
    async with working.pool.acquire() as conn:
        await claims.move(conn, first, "submit", at=CLOSED.at, actor="manager:max")
        await clawbacks.give_up(conn, first, "reject", at=CLOSED.at, actor="manager:max", reason="payer-said-no")
    await working.engine.wake([journey])

    async def proposed() -> clawbacks.Clawback | None:
        async with working.pool.acquire() as conn:
            return await clawbacks.open_of(conn, second)

    held = await eventually(proposed)
    assert (held.amount_before, held.amount_after) == (100, 0)
    await eventually(lambda: _told(ledger, journey))


async def _told(ledger: Ledger, journey: str) -> bool:
    return "clawback-proposed" in await ledger.types(journey)
