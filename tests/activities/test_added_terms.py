"""School terms that are added reach the journeys that run, and a claim keeps those it was judged by."""

import json
from datetime import UTC, date, datetime

import pytest

from domain.claims.claim_file import check
from domain.claims.reading import fit, read
from domain.claims.school_terms import AreaTerm
from store import claim_files, claims, terms
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, PACK
from tests.ledger import Ledger

NOW = datetime(2013, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def ledger(pool):
    """A ledger on the test's own database."""
    return Ledger(pool)


def spring(first, last, area="wirral"):
    """The spring term of 2013, moved."""
    return AreaTerm.model_validate({"area": area, "from": f"2013-{first}", "to": f"2013-{last}"})


async def add(ledger, *added):
    """Add terms as a manager does."""
    async with ledger.pool.acquire() as conn:
        return await terms.add(conn, added, at=NOW, actor="manager:mo")


async def test_a_journey_that_runs_is_judged_by_terms_added_since(ledger):
    """The file of a journey takes a term added after its referral, and none of another area."""
    journey = await ledger.open(PACK, AT_WORK, BORN)
    async with ledger.pool.acquire() as conn:
        before = await claim_files.of_journey(conn, ledger.vault, journey, AS_OF)
    await add(ledger, spring("01-08", "03-27"), spring("01-09", "03-26", "kent"))
    async with ledger.pool.acquire() as conn:
        after = await claim_files.of_journey(conn, ledger.vault, journey, AS_OF)
    assert before.file.terms is None
    assert (date(2013, 1, 8), date(2013, 3, 27)) in [(term.from_, term.to) for term in after.file.terms]
    windows = [check(filed.file, PACK).results[0].limbs[0].window.to for filed in (before, after)]
    assert windows == [date(2013, 3, 28), date(2013, 3, 27)]


async def test_a_recorded_claim_keeps_the_terms_it_was_judged_by(ledger):
    """Whatever terms are added later, its file gives the recorded report, byte for byte, without a server."""
    await add(ledger, spring("01-08", "03-27"))
    journey = await ledger.open(PACK, AT_WORK, BORN)
    await ledger.evaluate(journey, AS_OF)
    done = await add(ledger, spring("01-10", "03-20"))
    assert [(held.first, held.last) for held in done.replaced] == [(date(2013, 1, 8), date(2013, 3, 27))]
    [claim] = await ledger.claims("F-7K3Q-9D2X")
    async with ledger.pool.acquire() as conn:
        filed = await claim_files.as_recorded(conn, ledger.vault, claim)
        known = await claim_files.as_known(conn, ledger.vault, claim)
        kept = await claims.kept(conn, claim.claim_id)
    again = read(json.dumps(filed.file.model_dump(mode="json", by_alias=True)).encode())
    fit(again, filed.programme)
    assert check(again, filed.programme).model_dump_json(indent=2) == kept.report
    assert '"to": "2013-03-27"' in kept.report
    assert (date(2013, 1, 10), date(2013, 3, 20)) in [(term.from_, term.to) for term in known.file.terms]
