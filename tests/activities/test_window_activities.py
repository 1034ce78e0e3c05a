"""A claim window on a real ledger: gathered, audited, submitted; what no longer holds is set aside."""

from datetime import UTC, date, datetime

import httpx
import pytest

from activities.claim_windows import InWindow
from activities.delivery.services import DeliveryServices
from domain.claims.windows import AuditShare, ClaimWindow, draw
from domain.errors import Rejected
from domain.ids import reference_of
from domain.journey import commands as c
from stack import sinks
from store import claim_windows, claims, programmes, staff
from tests.activities.test_clawbacks import heard
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, JOB_AGAIN, JOB_ENDED, PACK
from tests.ledger import Ledger
from tests.near_windows import NearWindows
from wiring.references import new_reference
from wiring.settings import Settings

SOURCED = {"source": "the tests", "confidence": "unverified"}
JULY = ClaimWindow(label="2013-07", opens=date(2013, 7, 1), closes=date(2013, 7, 31), **SOURCED)
WINDOWED = PACK.model_copy(
    update={"area": "wirral", "windows": (JULY,), "audit": AuditShare(percent=34, **SOURCED), "hash": "7" * 64}
)
IN_JULY = datetime(2013, 7, 5, 12, tzinfo=UTC)


@pytest.fixture
async def mail():
    """A real mail server."""
    async with sinks.smtp() as sink:
        yield sink


@pytest.fixture
async def ledger(pool, tmp_path, mail):
    """Three families with a claim each, and the window, kept and not yet gathered."""
    ledger = Ledger(pool)
    ledger.journeys = []
    for _ in range(3):
        own = new_reference()
        changes = {"reference": own, "journey_id": f"journey:wirral:{own}:1", "programme_hash": WINDOWED.hash}
        events = [AT_WORK[0].model_copy(update=changes), *AT_WORK[1:]]
        ledger.journeys.append(await ledger.open(WINDOWED, events, BORN))
        await ledger.evaluate(ledger.journeys[-1], AS_OF)
    mailing = {"smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_tls": "none"}
    settings = Settings(database_url="", temporal_address="", secrets_dir=tmp_path, **mailing)
    async with httpx.AsyncClient() as http, pool.acquire() as conn:
        await staff.add(conn, staff.StaffMember("ma-1", "manager", "ma-1@council.example"))
        ledger.window = (await claim_windows.keep(conn, WINDOWED, JULY)).window_id
        ledger.near = NearWindows(pool, ledger.vault, DeliveryServices(settings, http), IN_JULY)
        yield ledger


async def held(ledger):
    async with ledger.pool.acquire() as conn:
        return await claim_windows.claims_of(conn, ledger.window)


async def audit(ledger, claim_id, found="sound"):
    async with ledger.pool.acquire() as conn:
        given = {"at": ledger.near.now, "actor": "auditor:aud", "why": "evidence-seen"}
        return await claim_windows.audit(conn, claim_id, found, **given)


async def submit(ledger, name="s1"):
    return await ledger.near.submit(ledger.window, name, "manager:max")


async def test_the_sample_is_drawn_from_a_seed_that_is_kept(ledger):
    """A third of three claims, rounded up, is two; the seed repeats the draw, and gathering again draws nothing."""
    for _ in range(2):
        await ledger.near.start(ledger.window)
    rows = await held(ledger)
    async with ledger.pool.acquire() as conn:
        [drawn] = await claim_windows.draws(conn, ledger.window)
    sample = {row.claim_id for row in rows if row.sampled}
    assert len(sample) == 2
    assert set(draw([row.claim_id for row in rows], drawn.percent, drawn.seed)) == sample


async def test_submit_is_refused_until_the_sample_is_audited(ledger):
    """One claim of the sample left unseen is enough to refuse; then everything is submitted, once."""
    await ledger.near.start(ledger.window)
    sample = [row.claim_id for row in await held(ledger) if row.sampled]
    await audit(ledger, sample[0])
    with pytest.raises(Rejected, match=sample[1]):
        await submit(ledger)
    await audit(ledger, sample[1])
    told = await submit(ledger)
    assert (len(told["submitted"]), told["set_aside"]) == (3, {})
    assert {row.state for row in await held(ledger)} == {"submitted"}
    assert await submit(ledger) == told  # the answer after a crash
    with pytest.raises(Rejected, match="no claim is ready"):
        await submit(ledger, "s2")


async def test_a_claim_that_no_longer_holds_is_never_submitted(ledger):
    """Judged again when gathered and when submitted; restored by evidence, it comes back in."""
    first, second, third = ledger.journeys
    await ledger.live(first, *heard(JOB_ENDED))
    await ledger.near.start(ledger.window)
    reasons = [row.set_aside for row in await held(ledger)]
    assert reasons == ["employment is not met", None, None]
    for row in await held(ledger):
        if row.sampled:
            await audit(ledger, row.claim_id)
    await ledger.live(second, *heard(JOB_ENDED))
    told = await submit(ledger)
    assert [name.split(":")[2] for name in told["submitted"]] == [third.split(":")[2]]
    assert [*told["set_aside"].values()] == ["employment is not met"]
    await ledger.live(first, *heard(JOB_AGAIN))
    assert (await ledger.near.gather(ledger.window, "g1"))["ready"] == 1


async def test_an_unsound_claim_is_rejected_and_the_finding_stays(ledger):
    """Internal audit's finding moves the claim, keeps the reason, and cannot be changed afterwards."""
    await ledger.near.start(ledger.window)
    claim_id = (await held(ledger))[0].claim_id
    assert await audit(ledger, claim_id, "unsound") == "rejected"
    assert await audit(ledger, claim_id, "unsound") == "rejected"
    with pytest.raises(Rejected, match="was found unsound"):
        await audit(ledger, claim_id, "sound")
    async with ledger.pool.acquire() as conn:
        [move] = await claims.history(conn, claim_id)
    assert (move.move, move.actor, move.reason) == ("find-unsound", "auditor:aud", "evidence-seen")
    with pytest.raises(Rejected, match="in no running claim window"):
        await audit(ledger, "nothing")


async def test_what_pays_only_beside_an_unsound_claim_is_never_submitted(ledger):
    """Internal audit gives up one of two claims that pay together: the other alone is set aside, with the reason."""
    first, more, work = PACK.results
    main = work.model_copy(update={"instead_of": (), "tariffs": first.tariffs})
    beside = main.model_copy(update={"name": more.name, "beside": (work.name,), "tariffs": more.tariffs})
    pack = WINDOWED.model_copy(update={"results": (main, beside), "hash": "8" * 64})
    own = new_reference()
    changes = {"reference": own, "journey_id": f"journey:wirral:{own}:1", "programme_hash": pack.hash}
    journey = await ledger.open(pack, [AT_WORK[0].model_copy(update=changes), *AT_WORK[1:]], BORN)
    await ledger.evaluate(journey, AS_OF)
    unsound, alone = (claim.claim_id for claim in await ledger.claims(own))
    await ledger.near.start(ledger.window)
    await audit(ledger, unsound, "unsound")
    for row in await held(ledger):
        if row.sampled and row.claim_id != unsound:
            await audit(ledger, row.claim_id)
    told = await submit(ledger)
    assert len(told["submitted"]) == 3
    assert told["set_aside"] == {alone: f"it pays only beside {work.name}, which was given up"}


async def test_a_balance_over_an_unsound_claim_waits_to_be_claimed_in_full(ledger):
    """A claim reckoned less an earlier one that audit gave up is set aside, until a manager upholds it as it is."""
    first, _, work = PACK.results
    earlier = work.model_copy(update={"name": first.name, "instead_of": (), "tariffs": first.tariffs})
    pack = WINDOWED.model_copy(update={"results": (earlier,), "hash": "e" * 64})
    own = new_reference()
    for number, used in ((1, pack), (2, WINDOWED)):
        changes = {"reference": own, "journey_id": f"journey:wirral:{own}:{number}", "programme_hash": used.hash}
        journey = await ledger.open(used, [AT_WORK[0].model_copy(update=changes), *AT_WORK[1:]], BORN)
        await ledger.evaluate(journey, AS_OF)
    unsound, balance = await ledger.claims(own)
    await ledger.near.start(ledger.window)
    await audit(ledger, unsound.claim_id, "unsound")
    for row in await held(ledger):
        if row.sampled and row.claim_id != unsound.claim_id:
            await audit(ledger, row.claim_id)
    told = await submit(ledger)
    reason = f"it is the balance over {first.name}, which was given up, and may be claimed in full"
    assert (balance.amount, told["set_aside"]) == (100, {balance.claim_id: reason})


@pytest.mark.parametrize(("day", "phase"), [(date(2013, 6, 30), "waiting"), (date(2013, 8, 1), "closed")])
async def test_a_window_takes_claims_on_its_days_only(ledger, day, phase):
    """The day before it opens and the day after it closes are refused."""
    await ledger.near.start(ledger.window)
    ledger.near.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with pytest.raises(Rejected, match=f"claim window 2013-07 is {phase}"):
        await submit(ledger)


async def test_managers_are_told_once(ledger, mail):
    """The mail says what is ready and what is to be audited, names no family, and is not sent twice."""
    await ledger.near.start(ledger.window)
    for about in ("opened", "opened", "closed"):
        found = await ledger.near.run(ledger.near.doing.tell_managers, InWindow(window_id=ledger.window, about=about))
    assert (found.ready, found.to_audit) == (3, 2)
    assert len(mail.received) == 2
    assert all("F-" not in str(one.body) for one in mail.received)


async def test_claims_of_another_area_or_programme_stay_out(ledger):
    """A window gathers what was claimed under its own programme in its own area."""
    other = PACK.model_copy(update={"area": "kent", "name": "other", "hash": "8" * 64})
    async with ledger.pool.acquire() as conn:
        await programmes.keep(conn, other)
        kept = await claim_windows.keep(conn, other, JULY)
        assert await claim_windows.candidates(conn, kept.window_id) == []
        assert len(await claim_windows.candidates(conn, ledger.window)) == 3


async def test_a_result_that_was_claimed_twice_is_not_submitted_twice(ledger):
    """Of two families that turn out to be one, the later claim is set aside, also once a manager upheld it."""
    one, other, _ = ledger.journeys
    same = {"same": (c.Same(member="m1", here="m1"),), "reason": "referred-twice"}
    common = {"at": ledger.now, "actor": "manager:max"}
    merging = c.MergeFamily(command_id="m1", on=ledger.now.date(), of=reference_of(other), **same, **common)
    await ledger.live(one, merging)
    assert ledger.replies[0].rejection is None
    [twin] = await ledger.claims(reference_of(other))
    upheld = c.DecideClawback(command_id="u1", claim_id=twin.claim_id, decision="uphold", reason="both-paid", **common)
    await ledger.live(one, upheld)
    assert ledger.replies[0].rejection is None
    await ledger.near.start(ledger.window)
    for row in await held(ledger):
        if row.unaudited:
            await audit(ledger, row.claim_id)
    reply = await submit(ledger)
    assert twin.claim_id not in reply["submitted"]
    assert len(reply["submitted"]) == 2
    [row] = [row for row in await held(ledger) if row.claim_id == twin.claim_id]
    assert (row.state, "of a family that is one with this" in row.set_aside) == ("eligible", True)
