"""Puts into the journal what Temporal's histories know and a restored backup does not.

A backup is older than what was done after it. Each lost command is carried out again on its journey, in the order and
at the moment at which it was carried out before, so that it makes the same events; the journal still decides. What it
refuses, and what no history holds, is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel
from temporalio import activity

from activities.journal import JournalActivities
from activities.messages import CarryOut
from domain.ids import reference_of
from domain.journey.commands import AnyCommand, RecordEligibility, RecordReview
from domain.reconciled import NotPutBack, PutBack, Reconciled
from store import answers
from store.pool import Pool
from store.vault import Vault
from wiring.temporal.histories import Histories, Told, Turn
from wiring.temporal.journeys import JourneyClient

# An evaluation is made again rather than put back: its claims stand in the ledger, which the same backup brought.
MADE_AGAIN = RecordEligibility | RecordReview


class ReconcileJourneys(BaseModel):
    """Journeys to look at, each with its runs, the oldest first."""

    journeys: dict[str, list[str]]


@dataclass
class Reconciliation:
    """One look at some journeys."""

    pool: Pool
    vault: Vault
    histories: Histories
    offset: timedelta
    found: Reconciled = field(default_factory=Reconciled)
    changed: list[str] = field(default_factory=list)  # journeys whose workflows should look at their journals

    async def of(self, journey_id: str, runs: Sequence[str]) -> None:
        """Look at one journey."""
        self.found.journeys += 1
        told = await self.histories.told(journey_id, runs)
        version, last = await answers.end_of(self.pool, journey_id)
        if last is None:
            self._name_orphan(journey_id, told)
            return
        done = {name for turn in told.turns for name in turn.command_ids}
        lost = await answers.unanswered(self.pool, sorted(done))
        for turn in told.turns:
            if lost.intersection(turn.command_ids) or (not turn.command_ids and turn.version > version):
                version = await self._again(journey_id, turn, told, lost)
                self.changed = [*(name for name in self.changed if name != journey_id), journey_id]

    async def _again(self, journey_id: str, turn: Turn, told: Told, lost: set[str]) -> int:
        """Carry a turn out again; never before what the journal holds already."""
        _, last = await answers.end_of(self.pool, journey_id)
        now = max(turn.at, (last or turn.at) - self.offset)
        wanted = [told.commands[name] for name in turn.command_ids if name in lost and name in told.commands]
        again = [command for command in wanted if not isinstance(command, MADE_AGAIN)]
        done = await JournalActivities(self.pool, self.vault, self.offset).carry_out(
            CarryOut(journey_id=journey_id, now=now, commands=again)
        )
        for command, reply in zip(again, done.replies, strict=True):
            self._name(journey_id, command, turn.at, reply.rejection.reason if reply.rejection else None)
        return done.version

    def _name(self, journey_id: str, command: AnyCommand, at: datetime, refused: str | None) -> None:
        reference = reference_of(journey_id)
        if refused is None:
            self.found.put_back.append(PutBack(reference=reference, step=command.type, at=at, actor=command.actor))
            return
        self.found.not_put_back.append(
            NotPutBack(
                reference=reference,
                what=f"{command.type} by {command.actor} at {at:%Y-%m-%d %H:%M} UTC",
                why=refused,
                remedy=f"journeys show {reference}",
            )
        )

    def _name_orphan(self, journey_id: str, told: Told) -> None:
        """Name a family that was referred after the backup: its people's names are nowhere, so it is not put back."""
        steps = sum(len(turn.command_ids) for turn in told.turns)
        if not steps:
            return
        referral = next((each for each in told.commands.values() if each.type == "refer"), None)
        by = f" by {referral.actor} on {referral.at:%Y-%m-%d}" if referral else ""
        self.found.not_put_back.append(
            NotPutBack(
                reference=reference_of(journey_id),
                what=f"the whole journey, referred{by}, with {steps} steps and messages",
                why="it was referred after the backup, which alone held the names of its people",
                remedy="journeys refer",
            )
        )
        self.changed.append(journey_id)


class ReconcileActivities:
    """The one activity; `engine` reads histories, and lets the workflows that changed look at their journals."""

    def __init__(self, pool: Pool, vault: Vault, engine: JourneyClient) -> None:
        self._pool = pool
        self._vault = vault
        self._engine = engine

    @activity.defn
    async def reconcile(self, order: ReconcileJourneys) -> Reconciled:
        """Look at journeys. Run twice, it finds what it put back in its place."""
        work = Reconciliation(self._pool, self._vault, self._engine.histories, self._engine.offset)
        for journey_id, runs in order.journeys.items():
            await work.of(journey_id, runs)
        await self._engine.wake(work.changed)
        return work.found
