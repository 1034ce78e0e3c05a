"""The outbox: what must be done in the world, and what became of it. An effect's id is its idempotency key."""

from dataclasses import dataclass
from typing import Literal

from domain.effects import Effect
from store.pool import Conn

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
    raise NotImplementedError


async def settle(conn: Conn, effect_id: str, state: Settled, detail: str | None = None) -> bool:
    """Record what became of an effect; False when it is unknown or was settled before. A failed one may be retried."""
    raise NotImplementedError


async def state_of(conn: Conn, effect_id: str) -> EffectState | None:
    """Return where an effect stands, or None when it is unknown."""
    raise NotImplementedError


async def failed(conn: Conn, limit: int = 100) -> list[EffectRow]:
    """Return effects that failed, oldest first."""
    raise NotImplementedError
