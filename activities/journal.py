"""Carrying out commands: load the stream, fold, decide, append with read models, and say what follows.

Decisions are taken here and not in workflow code, so that their outcome stands in the history: a deploy that
changes the rules cannot change the past. Run twice, a batch is answered the same (idempotent by command id).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import structlog
from temporalio import activity

from activities.batch import Batch
from activities.erasing import HOLDING, with_family
from activities.holder import MOVING, with_caseload
from activities.messages import CarriedOut, CarryOut, Due
from domain.calendar import calendar_of, local_date
from domain.journey.agenda import Deadline, agenda
from domain.journey.commands import (
    AnyCommand,
    DecideClawback,
    RecordEligibility,
    RecordNotification,
    RecordReminder,
    RecordReview,
    RetryMessage,
)
from domain.journey.office_hours import rings_at
from domain.journey.owed_work import OwedWork, owed_work
from domain.journey.replies import Reply
from domain.journey.state import Journey
from domain.programme.programme import Programme
from store import claims, clawbacks, effects, erasing, journal, programmes
from store.errors import VersionConflict
from store.pool import Conn

log = structlog.stdlib.get_logger("journal")
RELOADS = 10  # another writer got in between: reload and decide again; one writer a family makes this rare
# What Postgres and the encoders say of a value that they cannot hold, such as a NUL or a number of thirty digits.
UNREADABLE = (asyncpg.DataError, asyncpg.CharacterNotInRepertoireError, TypeError, ValueError, OverflowError)
SETTLING = RecordReminder | RecordNotification | RecordEligibility | RecordReview | DecideClawback | RetryMessage
SHOWN = 3  # deadlines kept in the workflow's state for its agenda query


class JournalActivities:
    """Activities on the journal; `offset` is the business clock minus the server's (zero on a live stack)."""

    def __init__(self, pool: asyncpg.Pool, offset: timedelta) -> None:
        self._pool = pool
        self._offset = offset

    @activity.defn
    async def carry_out(self, order: CarryOut) -> CarriedOut:
        """Carry out a batch in one transaction; then let everything due by `order.now` fall due.

        A command that cannot be stored at all is answered as unreadable by itself: repeated for ever, it would hold
        up its family's timers and everything behind it.
        """
        try:
            return await self._together(order)
        except UNREADABLE as fault:
            if not order.commands:
                raise
            # Its message would quote the value, which may be anything.
            log.error("a batch cannot be stored; its commands go one by one", error=type(fault).__name__)  # noqa: TRY400
        replies = [await self._alone(order, command) for command in order.commands]
        done = await self._together(order.model_copy(update={"commands": []}))
        return done.model_copy(update={"replies": replies})

    async def _alone(self, order: CarryOut, command: AnyCommand) -> Reply:
        try:
            return (await self._together(order.model_copy(update={"commands": [command]}))).replies[0]
        except UNREADABLE:
            async with self._pool.acquire() as conn:
                loaded = await journal.load(conn, order.journey_id, [command.command_id])
                batch = Batch(order.journey_id, loaded, order.now + self._offset)
                batch.refuse(command)
                await self._append(conn, batch, None)
            return batch.replies[0]

    async def _together(self, order: CarryOut) -> CarriedOut:
        for _ in range(RELOADS):
            try:
                async with self._pool.acquire() as conn:
                    if _needs_transaction(order.commands):
                        async with conn.transaction():
                            return await self._attempt(conn, order)
                    return await self._attempt(conn, order)
            except VersionConflict:
                continue
        raise VersionConflict(f"{order.journey_id} is being written by others; trying again later")

    async def _attempt(self, conn: Conn, order: CarryOut) -> CarriedOut:
        loaded = await journal.load(conn, order.journey_id, [command.command_id for command in order.commands])
        batch = Batch(order.journey_id, loaded, order.now + self._offset)
        programme = await self._programme(conn, batch.journey, order.commands)
        for command in order.commands:
            batch.carry_out(await self._with_facts(conn, batch.journey, command, programme, order), programme)
        if programme is not None:
            batch.pass_time(programme)
        batch.look_back()
        await self._append(conn, batch, programme)
        return self._outcome(batch, programme, order.now + self._offset)

    async def _programme(self, conn: Conn, journey: Journey, commands: Sequence[AnyCommand]) -> Programme | None:
        """Return the pack the journey is pinned to, or the one its referral names."""
        pinned = journey.programme_hash or next(
            (command.programme_hash for command in commands if command.type == "refer"), ""
        )
        return await programmes.get(conn, pinned) if pinned else None

    async def _with_facts(
        self, conn: Conn, journey: Journey, command: AnyCommand, programme: Programme | None, order: CarryOut
    ) -> AnyCommand:
        """Bring along what a command rests on: places and caseload, a claim's state, a message, what is left open.

        Each is locked until the commit.
        """
        if isinstance(command, DecideClawback):
            return command.model_copy(update={"claim_state": await claims.hold(conn, command.claim_id)})
        if isinstance(command, RetryMessage):
            message = await effects.unsent_message(conn, command.effect_id)
            erased = await erasing.erased_at(conn, journey.reference) is not None
            return command.model_copy(update={"message": message, "family_erased": erased})
        command = await with_family(conn, command, journey)
        if programme is None:
            return command
        return await with_caseload(conn, command, journey, programme, local_date(order.now + self._offset))

    async def _append(self, conn: Conn, batch: Batch, programme: Programme | None) -> None:
        if not batch.is_news:
            return
        deadlines: tuple[Deadline, ...] = ()
        owed: tuple[OwedWork, ...] = ()
        if programme:
            calendar = calendar_of(programme.nation)
            deadlines = agenda(batch.journey, programme, calendar)
            owed = owed_work(batch.journey, programme, calendar)
        await journal.append(conn, batch.change(deadlines, owed), batch.last_hash)
        for decided in batch.decided:
            await clawbacks.decide(conn, decided)
        for reference, at in batch.erased:
            await erasing.erase(conn, reference, at)
        for outcome in batch.settled:
            await effects.tell(conn, outcome)
        for effect_id in batch.retried:
            await effects.replace(conn, effect_id)

    def _outcome(self, batch: Batch, programme: Programme | None, now: datetime) -> CarriedOut:
        journey = batch.journey
        due, rings = _next(journey, programme, now) if programme else ((), None)
        return CarriedOut(
            version=journey.version,
            stage=journey.stage,
            replies=batch.replies,
            effects=batch.open_effects,
            wake_at=rings - self._offset if rings else None,
            agenda=[Due(id=deadline.id, at=deadline.at) for deadline in due[:SHOWN]],
            labels=_labels(journey),
            next_deadline=rings,
        )


def _next(journey: Journey, programme: Programme, now: datetime) -> tuple[Sequence[Deadline], datetime | None]:
    """Return the agenda, and when the first of it falls due, which for what is held is the next working moment."""
    calendar = calendar_of(programme.nation)
    due = agenda(journey, programme, calendar)
    rings = (rings_at(deadline, now, calendar, journey.reference) for deadline in due)
    return due, min(rings, default=None)


def _needs_transaction(commands: Sequence[AnyCommand]) -> bool:
    """Appending is one statement; only what rests on other rows, or writes others, needs more around it."""
    return any(isinstance(command, MOVING | SETTLING | HOLDING) for command in commands)


def _labels(journey: Journey) -> dict[str, str]:
    """Return the search attributes of a journey: codes only."""
    labels = {
        "JourneyStage": journey.stage,
        "JourneyArea": journey.area,
        "JourneyLocality": journey.locality,
        "JourneyKeyWorker": journey.key_worker or "",
        "JourneyProgramme": journey.programme,
    }
    return {name: value for name, value in labels.items() if value}
