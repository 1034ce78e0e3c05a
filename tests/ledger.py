"""Families in a real journal, whose evaluations and reviews are run as the workflow runs them, without Temporal."""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.claims import ClaimActivities
from activities.clawbacks import ClawbackActivities
from activities.journal import JournalActivities
from activities.messages import CarryOut, RunEffect
from domain.journey.commands import AnyCommand
from domain.journey.effects import Effect, EvaluateResults, ReviewClaims
from domain.journey.evolve import fold
from domain.journey.replies import Reply
from domain.journey.stream import GENESIS, Change, NewEvent
from domain.programme.programme import Programme
from store import claims, journal, programmes
from store.claims import Claim, Filters
from store.people import Person
from store.pool import Pool
from store.vault import Vault

OURS = (EvaluateResults, ReviewClaims)


class Ledger:
    """One database with its vault, and a clock that tests set."""

    def __init__(self, pool: Pool, vault: Vault | None = None) -> None:
        self.pool, self.vault = pool, vault or Vault(bytes(32), bytes(32))
        self.now = datetime(2013, 6, 1, 12, tzinfo=UTC)
        self.journal = JournalActivities(pool, self.vault, timedelta(0))
        self.evaluating = ClaimActivities(pool, self.vault, timedelta(0))
        self.reviewing = ClawbackActivities(pool, self.vault, self.submit, timedelta(0))

    async def open(self, programme: Programme, events: Sequence[Any], born: dict[str, date]) -> str:
        """Put a family and its journey into the database; return the journey's id."""
        journey = fold(events)
        roles = {member.id: member.role for member in journey.members}
        people = [
            Person(name, roles[name], f"{name} of {journey.reference}", "Wren", day) for name, day in born.items()
        ]
        async with self.pool.acquire() as conn:
            await programmes.keep(conn, programme)
            if not await self.vault.born(conn, journey.reference):
                await self.vault.put_family(conn, journey.reference, people)
            news = [NewEvent(event, "c", "coordinator:ann") for event in events]
            await journal.append(conn, Change(journey.journey_id, 0, GENESIS, journey, news))
        return journey.journey_id

    async def carry_out(self, journey_id: str, *commands: AnyCommand) -> list[Effect]:
        """Carry out commands; return the evaluations and reviews that are then open."""
        done = await self.journal.carry_out(CarryOut(journey_id=journey_id, now=self.now, commands=list(commands)))
        self.replies = done.replies
        return [effect for effect in done.effects if isinstance(effect, OURS)]

    async def submit(self, journey_id: str, command: AnyCommand) -> Reply:
        """Carry out one command of another journey, as the engine does."""
        done = await self.journal.carry_out(CarryOut(journey_id=journey_id, now=self.now, commands=[command]))
        return done.replies[0]

    async def live(self, journey_id: str, *commands: AnyCommand) -> None:
        """Carry out commands, and every evaluation and review that follows."""
        effects = await self.carry_out(journey_id, *commands)
        while effects:
            command = await self.run(journey_id, effects[0])
            effects = await self.carry_out(journey_id, command)

    async def run(self, journey_id: str, effect: Effect) -> Any:
        """Run one effect; return the command that records it."""
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, started_time=self.now)
        doing = (
            self.evaluating.record_claim_eligibility
            if isinstance(effect, EvaluateResults)
            else self.reviewing.review_claims
        )
        return (await environment.run(doing, RunEffect(journey_id=journey_id, effect=effect))).command

    async def plan(self, journey_id: str, *days: date) -> list[EvaluateResults]:
        """Plan evaluations as of some days, beside what the journey itself plans."""
        found = [EvaluateResults(effect_id=f"{journey_id}:e{day}:1", as_of=day) for day in days]
        for effect in found:
            await self.pool.execute(
                "INSERT INTO effects (effect_id, journey_id, command_id, payload) VALUES ($1, $2, 'c', $3)"
                " ON CONFLICT DO NOTHING",
                effect.effect_id,
                journey_id,
                effect.model_dump(mode="json"),
            )
        return found

    async def evaluate(self, journey_id: str, day: date) -> Any:
        """Evaluate as of a day and record it on the journey; return the command that did."""
        [effect] = await self.plan(journey_id, day)
        command = await self.run(journey_id, effect)
        await self.live(journey_id, command)
        return command

    async def claims(self, reference: str) -> list[Claim]:
        """The family's claims."""
        async with self.pool.acquire() as conn:
            return await claims.listing(conn, Filters(reference=reference))

    async def types(self, journey_id: str) -> list[str]:
        """The events of a journey by type."""
        async with self.pool.acquire() as conn:
            return [recorded.event.type for recorded in await journal.timeline(conn, journey_id)]


async def together(*doing: Any) -> list[Any]:
    """Run some things at once."""
    return list(await asyncio.gather(*doing))
