"""Claim eligibility: the results evaluated on the evidence as recorded now, and written to the claims ledger."""

from datetime import timedelta
from functools import partial

import asyncpg
from pydantic import BaseModel
from temporalio import activity

from activities.clock import business_now
from activities.messages import EffectRun, RunEffect
from domain.claims.ages import ages_asked
from domain.claims.claim_file import explain, report
from domain.claims.journey_claim import claim_file_of
from domain.journey.commands import Judged, RecordEligibility
from domain.journey.effects import EvaluateResults
from domain.journey.evolve import fold
from store import claims, effects, erasing, journal, programmes, terms
from store.claims import Basis
from store.pool import Conn
from store.vault import Vault


class Evaluated(BaseModel):
    """What an evaluation came to, and the last event of the journey it knew; kept with its effect."""

    version: int
    results: tuple[Judged, ...] = ()


class ClaimActivities:
    """Activities on the claims ledger; `offset` is the business clock minus the server's."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, offset: timedelta) -> None:
        self._pool = pool
        self._vault = vault
        self._now = partial(business_now, offset)

    @activity.defn
    async def record_claim_eligibility(self, run: RunEffect) -> EffectRun:
        """Evaluate the results as of a date and record verdicts, explanations and the pack in the ledger, once."""
        effect = run.effect
        if not isinstance(effect, EvaluateResults):
            raise TypeError(f"record_claim_eligibility was given {effect.type}")
        async with self._pool.acquire() as conn, conn.transaction():
            await claims.lock(conn, run.journey_id)
            done = await self._evaluate(conn, run.journey_id, effect)
            await effects.settle(conn, effect.effect_id, "recorded", done.model_dump_json())
        return EffectRun(
            command=RecordEligibility(
                command_id=f"{effect.effect_id}:settled",
                at=self._now(),
                actor="worker:claims",
                as_of=effect.as_of,
                results=done.results,
                version=done.version,
                effect_id=effect.effect_id,
            )
        )

    async def _evaluate(self, conn: Conn, journey_id: str, effect: EvaluateResults) -> Evaluated:
        """Return the verdicts; once recorded for an effect they stand, whatever evidence has come since."""
        kept = await effects.detail_of(conn, effect.effect_id)
        if kept is not None:
            return Evaluated.model_validate_json(kept)
        loaded = await journal.load(conn, journey_id)
        journey = fold(recorded.event for recorded in loaded.events)
        programme = await programmes.get(conn, journey.programme_hash)
        born = await self._vault.born(conn, journey.reference)
        paid = await claims.taken(conn, journey.reference, effect.effect_id)
        added = await terms.of_area(conn, journey.area)
        file = claim_file_of(journey, programme, born, effect.as_of, paid, terms=added)
        if (
            file is None or journey.merged_into or await erasing.erased_at(conn, journey.reference)
        ):  # nothing is learned of an erased family
            return Evaluated(version=loaded.version)
        findings = explain(file, programme)
        basis = Basis(
            journal_version=loaded.version,
            paid=paid,
            born=await self._vault.seal_born(conn, journey.reference, effect.effect_id, born) if born else None,
            ages=ages_asked(file, programme),
            report=report(file, programme, findings),
            findings=findings,
            terms=file.terms,
        )
        results = await claims.record(conn, effect.effect_id, journey, basis, recorded_at=self._now())
        return Evaluated(version=loaded.version, results=results)
