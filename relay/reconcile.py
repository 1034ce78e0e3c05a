"""Puts into the journal what Temporal's histories know and a restored backup does not: `python -m relay.reconcile`.

A backup is older than what was done after it. Each lost command is carried out again on its journey, in the order and
at the moment at which it was carried out before, so that it makes the same events; the journal still decides. What it
refuses, and what no history holds, is named. No worker is needed, and while none runs nothing is sent meanwhile.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel

from activities.journal import JournalActivities
from activities.messages import CarryOut
from domain.journey.commands import AnyCommand, RecordEligibility, RecordReview
from store import answers, claim_windows, read_models
from store.pool import Pool, open_pool
from wiring.exit import leave
from wiring.settings import settings
from wiring.telemetry.logging import start_logging
from wiring.temporal.client import connect
from wiring.temporal.histories import Histories, Told, Turn
from wiring.temporal.journeys import JourneyClient

# An evaluation is made again rather than put back: its claims stand in the ledger, which the same backup brought.
MADE_AGAIN = RecordEligibility | RecordReview


class PutBack(BaseModel):
    """A command that the journal has again."""

    reference: str
    step: str
    at: datetime
    actor: str


class NotPutBack(BaseModel):
    """What the journal lacks, why it could not be put back, and what to do."""

    reference: str
    what: str
    why: str
    remedy: str


class Reconciled(BaseModel):
    """What was found: how many journeys were looked at, what the journal has again, and what it has not."""

    journeys: int = 0
    put_back: list[PutBack] = []
    not_put_back: list[NotPutBack] = []


@dataclass
class Reconciliation:
    """One look at some journeys."""

    pool: Pool
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
        done = await JournalActivities(self.pool, self.offset).carry_out(
            CarryOut(journey_id=journey_id, now=now, commands=again)
        )
        for command, reply in zip(again, done.replies, strict=True):
            self._name(journey_id, command, turn.at, reply.rejection.reason if reply.rejection else None)
        return done.version

    def _name(self, journey_id: str, command: AnyCommand, at: datetime, refused: str | None) -> None:
        reference = _reference(journey_id)
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
                reference=_reference(journey_id),
                what=f"the whole journey, referred{by}, with {steps} steps and messages",
                why="it was referred after the backup, which alone held the names of its people",
                remedy="journeys refer",
            )
        )
        self.changed.append(journey_id)


async def reconcile(pool: Pool, engine: JourneyClient, journeys: dict[str, list[str]]) -> Reconciled:
    """Look at these journeys, given with their runs; let the workflows of those that changed look at their journals."""
    work = Reconciliation(pool, engine.histories, engine.offset)
    for journey_id, runs in journeys.items():
        await work.of(journey_id, runs)
    await engine.wake(work.changed)
    return work.found


def _reference(journey_id: str) -> str:
    return journey_id.split(":")[2]


async def main() -> int:
    """Look at every journey, arm the timers of all that are open, and write what was found as JSON."""
    chosen = settings()
    start_logging(chosen.log_level)
    pool = await open_pool(chosen.database_url)
    try:
        engine = JourneyClient(await connect(chosen), offset=chosen.clock_offset, history_limit=chosen.history_limit)
        found = await reconcile(pool, engine, await engine.histories.journeys() or {})
        async with pool.acquire() as conn:
            open_ids, windows = await read_models.open_journey_ids(conn), await claim_windows.unclosed(conn)
        await engine.rearm(open_ids)
        for window_id in windows:
            await engine.windows.start(window_id)
    finally:
        await pool.close()
    sys.stdout.write(found.model_dump_json() + "\n")
    return 0


if __name__ == "__main__":
    leave(asyncio.run(main()))
