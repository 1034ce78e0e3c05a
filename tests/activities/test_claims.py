"""Two evaluations of one family, and one that is run again: what the ledger took first counts, and stands."""

from datetime import date, timedelta

import pytest

from domain.claims.claim_file import check
from domain.family import Member
from store import claim_files, claims
from store.erasing import erase
from store.errors import Erased
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, PACK, PATH, RESULT, referred, seen
from tests.ledger import Ledger, together

REFERENCE = "F-7K3Q-9D2X"
TWO_ADULTS = {"m1": date(1980, 2, 3), "m2": date(1978, 9, 1)}


@pytest.fixture
def ledger(pool):
    """A ledger on the test's own database."""
    return Ledger(pool)


def _both_ways():
    """A family that may be claimed for at 1600 pounds one way as of one day, and another way from the next day on."""
    whole = {"source": "police", "member": None}
    parts = [(date(2011, 11, 8), date(2012, 5, 7)), (date(2012, 11, 21), date(2013, 5, 21))]
    returns = [
        seen("return", f"{kind}-{n}", AS_OF, of=kind, **{"from": first, "to": last}, **whole)
        for kind in ("asb-incident", "offence")
        for n, (first, last) in enumerate(parts)
    ]
    benefit = {"benefit": "jsa", "from": date(2010, 1, 4), "to": date(2012, 11, 20)}
    return [
        referred().model_copy(update={"members": tuple(Member(id=name, role="adult") for name in TWO_ADULTS)}),
        *PATH[1:],
        *returns,
        seen("work-programme", "w1", date(2013, 2, 1), **{"from": date(2013, 2, 1)}),
        seen("out-of-work-benefit", "b2", date(2012, 12, 1), member="m2", **benefit),
        seen("employment", "j2", date(2012, 12, 1), member="m2", **{"from": date(2012, 11, 21)}),
    ]


async def test_two_evaluations_at_once_take_turns(ledger):
    """The second sees what the first one claimed: the family's maximum is claimed once, not twice by two ways."""
    journey = await ledger.open(PACK, _both_ways(), TWO_ADULTS)
    effects = await ledger.plan(journey, AS_OF, AS_OF + timedelta(days=1))
    await together(*(ledger.run(journey, effect) for effect in effects))
    held = await ledger.claims(REFERENCE)
    assert sum(claim.amount for claim in held) == 1600
    assert len({claim.effect_id for claim in held}) == 1


async def test_an_evaluation_run_again_says_the_same(ledger):
    """A repeat gives the verdicts that were recorded, whatever the evidence says by now."""
    journey = await ledger.open(PACK, AT_WORK, BORN)
    [effect] = await ledger.plan(journey, AS_OF)
    first = await ledger.run(journey, effect)
    await ledger.pool.execute("DELETE FROM people")  # without dates of birth the verdicts would be others
    assert await ledger.run(journey, effect) == first


async def test_a_claim_keeps_what_it_was_decided_on(ledger):
    """The ledger holds journal version, pack, earlier claims and the report, and the file comes to that report."""
    journey = await ledger.open(PACK, AT_WORK, BORN)
    await ledger.evaluate(journey, AS_OF)
    [claim] = await ledger.claims(REFERENCE)
    assert (claim.result, claim.amount, claim.journal_version, claim.paid) == (RESULT, 1600, len(AT_WORK), {})
    assert (claim.programme, claim.programme_hash) == (PACK.name, PACK.hash)
    assert [limb["limb"] for limb in claim.explanation["limbs"]] == ["employment", "practice"]


async def test_an_erased_family_leaves_its_decision_and_no_dates_of_birth(ledger):
    """Erasing a family takes the dates of birth out of the ledger; the decision stays, and can be checked."""
    journey = await ledger.open(PACK, AT_WORK, BORN)
    await ledger.evaluate(journey, AS_OF)
    [claim] = await ledger.claims(REFERENCE)
    async with ledger.pool.acquire() as conn:
        before = await claims.kept(conn, claim.claim_id)
        await erase(conn, REFERENCE, ledger.now)
        kept, filed = await claims.kept(conn, claim.claim_id), await claim_files.as_recorded(conn, ledger.vault, claim)
        with pytest.raises(Erased):
            await claim_files.as_known(conn, ledger.vault, claim)
    assert (kept.report, kept.findings, kept.born) == (before.report, before.findings, None)
    assert [member.born for member in filed.file.family.members] == [None, None]
    assert check(filed.file, filed.programme).model_dump_json(indent=2) == kept.report


async def test_the_results_of_an_erased_family_are_not_evaluated(ledger):
    """An evaluation that was under way when the family was erased claims nothing: nobody could ever check it."""
    journey = await ledger.open(PACK, AT_WORK, BORN)
    [effect] = await ledger.plan(journey, AS_OF)
    async with ledger.pool.acquire() as conn:
        await erase(conn, REFERENCE, ledger.now)
    command = await ledger.run(journey, effect)
    assert (command.results, await ledger.claims(REFERENCE)) == ((), [])
