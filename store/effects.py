"""The outbox: what must be done in the world, and what became of it. An effect's id is its idempotency key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.journey.effects import EFFECT, Effect, Message, Notify, Remind
from domain.journey.stream import Outcome, Settled
from store.pool import Conn, Record
from store.queries import queries

_SQL = queries("effects")

EffectState = Literal["planned", "sent", "failed", "refused", "recorded", "retried"]
Unsent = Literal["failed", "refused"]


@dataclass(frozen=True, slots=True)
class EffectRow:
    """An effect with where it stands and why."""

    effect_id: str
    journey_id: str
    command_id: str
    effect: Effect
    state: EffectState
    detail: str | None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Whether a message is `sent` to all, or may have arrived at somebody (`attempted`), and whom it surely reached."""

    sent: bool
    attempted: bool
    reached: frozenset[str]


async def plan(conn: Conn, journey_id: str, command_id: str, effect: Effect) -> None:
    """Put an effect into a journey's outbox, once; its workflow takes it up when it next looks at its journal."""
    await conn.execute(_SQL["plan"], journey_id, command_id, effect.effect_id, effect.model_dump(mode="json"))


async def pending(conn: Conn, journey_id: str) -> list[Effect]:
    """Return the effects of a journey that are still to be done, in the order they were planned."""
    return [EFFECT.validate_python(row["payload"]) for row in await conn.fetch(_SQL["pending"], journey_id)]


async def settle(conn: Conn, effect_id: str, state: Settled, detail: str | None = None) -> bool:
    """Record what became of an effect; False when it is unknown or was settled before. A failed one may be retried."""
    return bool(await conn.fetchval(_SQL["settle"], effect_id, state, detail))


async def begin(conn: Conn, effect_id: str, receiver: str) -> bool:
    """Note that a try to send to `receiver` begins; return whether an earlier one may have arrived there."""
    return bool(await conn.fetchval(_SQL["begin"], effect_id, receiver))


async def retract(conn: Conn, effect_id: str, receiver: str) -> None:
    """Note that the try to send to `receiver` that had begun is known to have failed."""
    await conn.execute(_SQL["retract"], effect_id, receiver)


async def reached(conn: Conn, effect_id: str, receiver: str) -> None:
    """Note that the message arrived at `receiver`; it is not sent there again."""
    await conn.execute(_SQL["reached"], effect_id, receiver)


async def progress(conn: Conn, effect_id: str) -> Progress:
    """Return how far the sending of an effect has come."""
    row = await conn.fetchrow(_SQL["progress"], effect_id)
    if row is None:
        return Progress(sent=False, attempted=False, reached=frozenset())
    return Progress(row["state"] == "sent", row["attempted"], frozenset(row["reached"]))


async def tell(conn: Conn, outcome: Outcome) -> None:
    """Note that the outcome of an effect stands on its journey's own history; it is not open any more."""
    await conn.execute(_SQL["tell"], outcome.effect_id, outcome.state, outcome.reason, outcome.at)


async def replace(conn: Conn, effect_id: str) -> None:
    """Note that another effect was planned in the place of one that failed or was refused."""
    await conn.execute(_SQL["replace"], effect_id)


async def unsent_message(conn: Conn, effect_id: str) -> Message | None:
    """Return the message of an effect that failed or was refused, or None; the row stays locked until the commit."""
    payload = await conn.fetchval(_SQL["unsent_message"], effect_id)
    effect = None if payload is None else EFFECT.validate_python(payload)
    return effect if isinstance(effect, Remind | Notify) else None


async def get(conn: Conn, effect_id: str) -> EffectRow | None:
    """Return an effect, or None when it is unknown."""
    row = await conn.fetchrow(_SQL["get"], effect_id)
    return None if row is None else _row(row)


async def unsent(
    conn: Conn, state: Unsent, partner: str | None = None, limit: int = 100, after: str | None = None
) -> list[EffectRow]:
    """Return messages that failed or were refused, oldest first; with `partner` those to that one only.

    `after` is the id of the last one of the page before.
    """
    return [_row(row) for row in await conn.fetch(_SQL["unsent"], state, partner, limit, after)]


async def retriable(conn: Conn, partner: str | None, limit: int) -> list[EffectRow]:
    """Return messages that failed and may be tried again, as `unsent`: none of an erased family."""
    return [_row(row) for row in await conn.fetch(_SQL["retriable"], partner, limit)]


async def state_of(conn: Conn, effect_id: str) -> EffectState | None:
    """Return where an effect stands, or None when it is unknown."""
    state: EffectState | None = await conn.fetchval(_SQL["state_of"], effect_id)
    return state


async def detail_of(conn: Conn, effect_id: str) -> str | None:
    """Return what was noted when an effect was settled, or None."""
    detail: str | None = await conn.fetchval(_SQL["detail_of"], effect_id)
    return detail


async def failed(conn: Conn, limit: int = 100) -> list[EffectRow]:
    """Return effects that failed, oldest first."""
    return [_row(row) for row in await conn.fetch(_SQL["failed"], limit)]


async def of_journey(conn: Conn, journey_id: str) -> list[EffectRow]:
    """Return every effect of a journey, in the order they were planned."""
    return [_row(row) for row in await conn.fetch(_SQL["of_journey"], journey_id)]


def _row(row: Record) -> EffectRow:
    return EffectRow(
        effect_id=row["effect_id"],
        journey_id=row["journey_id"],
        command_id=row["command_id"],
        effect=EFFECT.validate_python(row["payload"]),
        state=row["state"],
        detail=row["detail"],
        told_at=row["told_at"],
    )
