"""Two evaluations of one family, and one that is run again: what the ledger took first counts, and stands."""

import asyncio
import dataclasses
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from streams import PROGRAMME, Orders, carry_out, journey_id_of
from temporalio.testing import ActivityEnvironment

from activities import claims as activity
from activities.messages import RunEffect
from domain.claim_file import ClaimReport, PayableReport, ResultReport
from domain.effects import EvaluateResults
from store import claims, programmes
from store.vault import Vault

JOURNEY = journey_id_of()
NOW = datetime(2013, 6, 1, 12, tzinfo=UTC)
FIRST, SECOND = (EvaluateResults(effect_id=f"{JOURNEY}:9:{n}", as_of=date(2013, 4, n)) for n in (1, 2))


def _report(file, _programme):
    """Whatever is asked first is payable, each day another result; nothing more once something was paid."""
    name, amount = ("one", 1600) if file.as_of == FIRST.as_of else ("two", 1500)
    amount = 0 if file.paid else amount
    result = ResultReport(result=name, verdict="met", amount=amount, limbs=())
    due = PayableReport(amount=amount, results=(name,) if amount else ())
    return ClaimReport(programme="x", programme_hash="x", as_of=file.as_of, results=(result,), payable=due)


@pytest.fixture
async def evaluate(pool, monkeypatch):
    """A referred family with two evaluations planned, judged by `_report`; returns how to run one."""
    async with pool.acquire() as conn:
        await programmes.keep(conn, PROGRAMME)
    await carry_out(pool, JOURNEY, Orders().refer())
    for effect in (FIRST, SECOND):
        await pool.execute(
            "INSERT INTO effects (effect_id, journey_id, command_id, payload) VALUES ($1, $2, 'c', $3)",
            effect.effect_id,
            JOURNEY,
            effect.model_dump(mode="json"),
        )
    monkeypatch.setattr(activity, "check", _report)
    monkeypatch.setattr(activity, "claim_file_of", lambda *given: SimpleNamespace(as_of=given[3], paid=given[4]))
    activities = activity.ClaimActivities(pool, Vault(bytes(32), bytes(32)), timedelta(0))

    async def run(effect):
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, started_time=NOW)
        done = await environment.run(activities.record_claim_eligibility, RunEffect(journey_id=JOURNEY, effect=effect))
        return done.command.results

    return run


async def test_two_evaluations_at_once_take_turns(evaluate, pool):
    """The second sees what the first one claimed, so the family is claimed for once."""
    both = await asyncio.gather(evaluate(FIRST), evaluate(SECOND))
    assert sorted(bool(judged.claim_id) for (judged,) in both) == [False, True]
    assert len(await claims.listing(pool)) == 1


async def test_an_evaluation_run_again_says_the_same(evaluate, monkeypatch):
    """A repeat gives the verdicts that were recorded, whatever the evidence says by now."""
    first = await evaluate(FIRST)
    monkeypatch.setattr(activity, "check", lambda *_: pytest.fail("it was judged before"))
    assert await evaluate(FIRST) == first
