"""The outbox: what must be done in the world, and what became of it. An effect's id is its idempotency key."""

from dataclasses import dataclass
from typing import Literal

from domain.effects import EFFECT, Effect
from store.pool import Conn, Record
from store.queries import queries

_SQL = queries("effects")

Settled = Literal["sent", "failed", "refused", "recorded"]
EffectState = Literal["planned", "sent", "failed", "refused", "recorded"]


@dataclass(frozen=True, slots=True)
class EffectRow:
    """An effect with where it stands and why."""

    effect_id: str
    journey_id: str
    command_id: str
    effect: Effect
    state: EffectState
    detail: str | None


async def pending(conn: Conn, journey_id: str) -> list[Effect]:
    """Return the effects of a journey that are still to be done, in the order they were planned."""
    return [EFFECT.validate_python(row["payload"]) for row in await conn.fetch(_SQL["pending"], journey_id)]


async def settle(conn: Conn, effect_id: str, state: Settled, detail: str | None = None) -> bool:
    """Record what became of an effect; False when it is unknown or was settled before. A failed one may be retried."""
    return bool(await conn.fetchval(_SQL["settle"], effect_id, state, detail))


async def begin(conn: Conn, effect_id: str, *, sending: bool) -> bool:
    """Note that a try to send begins, if `sending`; return whether an earlier one had begun."""
    return bool(await conn.fetchval(_SQL["begin"], effect_id, sending))


async def retract(conn: Conn, effect_id: str) -> None:
    """Note that the try to send that had begun is known to have failed."""
    await conn.execute(_SQL["retract"], effect_id)


async def tell(conn: Conn, effect_id: str, state: Settled) -> None:
    """Note that the outcome of an effect stands on its journey's own history; it is not open any more."""
    await conn.execute(_SQL["tell"], effect_id, state)


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
    )
