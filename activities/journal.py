"""Carrying out commands: load the stream, read the facts, let the domain handle the batch, and keep the change.

Decisions are taken here and not in workflow code, so that their outcome stands in the history: a deploy that
changes the rules cannot change the past. Run twice, a batch is answered the same (idempotent by command id).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import structlog
from cryptography.exceptions import InvalidTag
from temporalio import activity

from activities.messages import CarriedOut, CarryOut, Due
from domain.calendar import calendar_of, local_date
from domain.journey.beside import Beside
from domain.journey.commands import AnyCommand, ReferFamily
from domain.journey.handling import UNREADABLE as UNSTORABLE
from domain.journey.handling import handle, refuse
from domain.journey.office_hours import rings_at
from domain.journey.replies import Rejection, Reply
from domain.journey.state import Journey
from domain.journey.stream import Change, Loaded
from domain.programme.programme import Programme
from store import changes, facts, journal, programmes
from store.errors import Erased, IdentifierTaken, VersionConflict
from store.pool import Conn
from store.vault import Vault

log = structlog.stdlib.get_logger("journal")
RELOADS = 10  # another got in between, to the journey or to a number: decide again; one writer a family makes it rare
# What Postgres and the encoders say of a value that they cannot hold, such as a NUL or a number of thirty digits.
# Nor what is sealed otherwise than by our gateway, or under a key that is gone.
UNREADABLE = (
    asyncpg.DataError,
    asyncpg.CharacterNotInRepertoireError,
    TypeError,
    ValueError,
    OverflowError,
    InvalidTag,
    Erased,
)
SHOWN = 3  # deadlines kept in the workflow's state for its agenda query


class BesideRefused(Exception):
    """A journey refused its half of a change that began on another."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.reason)
        self.rejection = rejection


class JournalActivities:
    """Activities on the journal, and on the vault for what changes of a family's people.

    `offset` is the business clock minus the server's (zero on a live stack).
    """

    def __init__(self, pool: asyncpg.Pool, vault: Vault, offset: timedelta) -> None:
        self._pool = pool
        self._vault = vault
        self._offset = offset

    @activity.defn
    async def carry_out(self, order: CarryOut) -> CarriedOut:
        """Carry out a batch in one transaction; then let everything due by `order.now` fall due.

        A command that cannot be stored at all is answered as unreadable by itself: repeated for ever, it would hold
        up its family's timers and everything behind it.
        """
        try:
            return await self._together(order)
        except BesideRefused as refused:
            log.info("another journey refused its half of a change", code=refused.rejection.code)
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
        except BesideRefused as refused:
            why = refused.rejection
        except UNREADABLE:
            why = UNSTORABLE
        async with self._pool.acquire() as conn:
            loaded = await journal.load(conn, order.journey_id, [command.command_id])
            change = refuse(loaded, command, order.now + self._offset, why)
            await changes.keep(conn, self._vault, change)
        return change.replies[0]

    async def _together(self, order: CarryOut) -> CarriedOut:
        for _ in range(RELOADS):
            try:
                async with self._pool.acquire() as conn:
                    if _needs_transaction(order.commands):
                        async with conn.transaction():
                            return await self._attempt(conn, order)
                    return await self._attempt(conn, order)
            except (VersionConflict, IdentifierTaken):
                continue
        raise VersionConflict(f"{order.journey_id} is being written by others; trying again later")

    async def _attempt(self, conn: Conn, order: CarryOut) -> CarriedOut:
        now = order.now + self._offset
        loaded = await journal.load(conn, order.journey_id, [command.command_id for command in order.commands])
        programme = await _programme(conn, loaded, order.commands)
        known = await facts.read(conn, self._vault, loaded, order.commands, programme, local_date(now))
        change = handle(loaded, order.commands, known, now, programme)
        await changes.keep(conn, self._vault, change)
        for beside in change.beside:
            await self._carry_out_beside(conn, beside, now)
        return self._outcome(change, programme, now)

    async def _carry_out_beside(self, conn: Conn, beside: Beside, now: datetime) -> None:
        """Carry out the other half of a change, on another journey; what that one refuses undoes the whole."""
        loaded = await journal.load(conn, beside.journey_id, [command.command_id for command in beside.commands])
        programme = await _programme(conn, loaded, beside.commands)
        known = await facts.read(conn, self._vault, loaded, beside.commands, programme, local_date(now))
        change = handle(loaded, beside.commands, known, now, programme)
        for reply in change.replies:
            if reply.rejection is not None:
                raise BesideRefused(reply.rejection)
        await changes.keep(conn, self._vault, change)

    def _outcome(self, change: Change, programme: Programme | None, now: datetime) -> CarriedOut:
        rings = _rings(change, programme, now) if programme else None
        return CarriedOut(
            version=change.journey.version,
            stage=change.journey.stage,
            replies=change.replies,
            effects=change.open_effects,
            wake_at=rings - self._offset if rings else None,
            agenda=[Due(id=deadline.id, at=deadline.at) for deadline in change.deadlines[:SHOWN]],
            labels=_labels(change.journey),
            next_deadline=rings,
        )


async def _programme(conn: Conn, loaded: Loaded, commands: Sequence[AnyCommand]) -> Programme | None:
    """Return the pack the journey is pinned to, or the one its referral names."""
    opening = (command.programme_hash for command in commands if isinstance(command, ReferFamily))
    pinned = loaded.journey.programme_hash or next(opening, "")
    return await programmes.get(conn, pinned) if pinned else None


def _rings(change: Change, programme: Programme, now: datetime) -> datetime | None:
    """Return when the first deadline falls due, which for what is held is the next working moment."""
    calendar = calendar_of(programme.nation)
    rings = (rings_at(deadline, now, calendar, change.journey.reference) for deadline in change.deadlines)
    return min(rings, default=None)


def _needs_transaction(commands: Sequence[AnyCommand]) -> bool:
    """Appending is one statement; only what rests on other rows, or writes others, needs more around it."""
    return any(command.needs_facts or command.writes_beside for command in commands)


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
