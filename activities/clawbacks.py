"""The review of a family's claims on today's evidence: clawbacks proposed, or withdrawn when a claim holds again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import asyncpg
from pydantic import BaseModel
from temporalio import activity

from activities.clock import business_now
from activities.messages import EffectRun, RunEffect
from domain.claims.clawback import Reassessment, news, reassess
from domain.claims.states import STANDING
from domain.ids import reference_of
from domain.journey.commands import AnyCommand, Proposed, RecordReview, Restored
from domain.journey.effects import ReviewClaims
from domain.journey.replies import Reply
from store import claim_files, claims, clawbacks, effects
from store.claims import Claim
from store.errors import Erased
from store.pool import Conn
from store.vault import Vault

Submit = Callable[[str, AnyCommand], Awaitable[Reply]]


class Reviewed(BaseModel):
    """What a review came to; a withdrawn proposal is told to the journey it stands on. Kept with its effect."""

    proposed: tuple[Proposed, ...] = ()
    restored: dict[str, tuple[Restored, ...]] = {}


class ClawbackActivities:
    """Activities on claims that were recorded; `submit` carries a command to another journey of the family."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, submit: Submit, offset: timedelta) -> None:
        self._pool = pool
        self._vault = vault
        self._submit = submit
        self._now = partial(business_now, offset)

    @activity.defn
    async def review_claims(self, run: RunEffect) -> EffectRun:
        """Hold every claim of the family against what is known by now, once; the journey is told what came of it."""
        effect = run.effect
        if not isinstance(effect, ReviewClaims):
            raise TypeError(f"review_claims was given {effect.type}")
        async with self._pool.acquire() as conn, conn.transaction():
            await claims.lock(conn, run.journey_id)
            reviewed = await self._review(conn, run.journey_id, effect)
            await effects.settle(conn, effect.effect_id, "recorded", reviewed.model_dump_json())
        others = {journey: told for journey, told in reviewed.restored.items() if journey != run.journey_id}
        for journey_id, restored in others.items():
            await self._submit(journey_id, self._command(f"{effect.effect_id}:{journey_id}", (), restored))
        own = reviewed.restored.get(run.journey_id, ())
        command = self._command(f"{effect.effect_id}:settled", reviewed.proposed, own, effect.effect_id)
        return EffectRun(command=command)

    async def _review(self, conn: Conn, journey_id: str, effect: ReviewClaims) -> Reviewed:
        """Return what the review came to; once kept for an effect it stands."""
        kept = await effects.detail_of(conn, effect.effect_id)
        if kept is not None:
            return Reviewed.model_validate_json(kept)
        reviewed = Reviewed()
        for claim in await claims.of_one_family(conn, reference_of(journey_id)):
            if claim.state in STANDING:
                await self._review_one(conn, journey_id, claim, reviewed)
            elif claim.clawback is not None:
                await self._withdraw(conn, claim, reviewed)
        return reviewed

    async def _review_one(self, conn: Conn, journey_id: str, claim: Claim, reviewed: Reviewed) -> None:
        """Judge one claim again; of an erased family nothing can be learned, and its claims stay as they are."""
        try:
            found = await stands(conn, self._vault, claim)
        except Erased:
            return
        held = await clawbacks.of_claim(conn, claim.claim_id)
        raised = next((each for each in held if each.state == "open"), None)
        upheld = [each.cause for each in held if each.state == "upheld"]
        match news(found, raised.cause if raised else None, upheld):
            case "raise":
                proposed = _proposed(claim, found)
                await clawbacks.propose(conn, journey_id, proposed, found, self._now())
                reviewed.proposed = (*reviewed.proposed, proposed)
                if raised is not None and raised.journey_id != journey_id:
                    _restore(reviewed, claim, raised)
            case "withdraw":
                await self._withdraw(conn, claim, reviewed)
            case _:
                return

    async def _withdraw(self, conn: Conn, claim: Claim, reviewed: Reviewed) -> None:
        """End the open proposal on a claim that holds again, or that was given up before a manager decided."""
        raised = await clawbacks.open_of(conn, claim.claim_id)
        if raised is not None:
            await clawbacks.withdraw(conn, claim.claim_id, self._now())
            _restore(reviewed, claim, raised)

    def _command(
        self, command_id: str, proposed: tuple[Proposed, ...], restored: tuple[Restored, ...], effect_id: str = ""
    ) -> RecordReview:
        return RecordReview(
            command_id=command_id,
            at=self._now(),
            actor="worker:claims",
            proposed=proposed,
            restored=restored,
            effect_id=effect_id,
        )


async def stands(conn: Conn, vault: Vault, claim: Claim) -> Reassessment:
    """Return how a claim stands on all that is known by now. Raise `Erased` when the family was erased."""
    now = await claim_files.as_known(conn, vault, claim)
    kept = await claims.kept(conn, claim.claim_id)
    return reassess(await claims.as_claimed(conn, claim), kept.findings, now.file, now.programme)


def _proposed(claim: Claim, found: Reassessment) -> Proposed:
    return Proposed(
        claim_id=claim.claim_id,
        result=claim.result,
        limb=found.changes[0].limb,
        verdict_before=found.verdict_before,
        verdict_after=found.verdict_after,
        amount_before=found.amount_before,
        amount_after=found.amount_after,
        as_of=claim.as_of,
        cause=found.cause or "",
    )


def _restore(reviewed: Reviewed, claim: Claim, raised: clawbacks.Clawback) -> None:
    """Tell the journey that a proposal stands on that its cause is gone, or has moved to another journey."""
    told = Restored(claim_id=claim.claim_id, result=claim.result, cause=raised.cause)
    reviewed.restored[raised.journey_id] = (*reviewed.restored.get(raised.journey_id, ()), told)
