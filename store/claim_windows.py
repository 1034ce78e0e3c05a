"""Claim windows: the claims gathered for each, the draws of the audit sample, and what internal audit said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from domain.claims.states import ClaimState
from domain.claims.windows import ClaimWindow, draw
from domain.errors import Rejected
from domain.ids import window_id
from domain.programme.programme import Programme
from store import claims, clawbacks
from store.pool import Conn
from store.queries import queries

_SQL = queries("claim_windows")

Audit = Literal["sound", "unsound"]


@dataclass(frozen=True, slots=True)
class Window:
    """A claim window that was opened."""

    window_id: str
    area: str
    programme: str
    programme_hash: str
    label: str
    opens: date
    closes: date
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw of the audit sample; with its seed it can be repeated."""

    draw: int
    seed: str
    percent: int
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class WindowClaim:
    """A claim in a window. `set_aside` says why it does not hold; `draw` None: it took part in no draw yet."""

    claim_id: str
    reference: str
    result: str
    amount: int
    state: ClaimState
    set_aside: str | None
    draw: int | None
    sampled: bool
    audit: Audit | None
    audited_by: str | None
    audited_at: datetime | None
    why: str | None

    @property
    def ready(self) -> bool:
        """Whether it would be submitted."""
        return self.state == "eligible" and self.set_aside is None and self.draw is not None

    @property
    def unaudited(self) -> bool:
        """Whether internal audit still has to look at it."""
        return self.sampled and self.audit is None and self.ready


@dataclass(frozen=True, slots=True)
class Counted:
    """How many claims of a window are ready, set aside, ready and still to be audited, and submitted."""

    ready: int
    set_aside: int
    to_audit: int
    submitted: int


def window_id_of(programme: Programme, label: str) -> str:
    """Return the id of a window, by which its workflow is found as well."""
    return window_id(programme.area, programme.name, label)


async def keep(conn: Conn, programme: Programme, window: ClaimWindow) -> Window:
    """Keep a window that is being opened; once kept it stays under the pack it was opened with."""
    name = window_id_of(programme, window.label)
    row = (name, programme.area, programme.name, programme.hash, window.label, window.opens, window.closes)
    await conn.execute(_SQL["keep"], *row)
    kept = await get(conn, name)
    if kept is None:
        raise LookupError(f"{name} was not kept")
    return kept


async def get(conn: Conn, window_id: str) -> Window | None:
    """Return a window, or None when it was not opened."""
    row = await conn.fetchrow(_SQL["get"], window_id)
    return None if row is None else Window(**dict(row))


async def listing(conn: Conn, programme: str) -> list[Window]:
    """Return the windows of a programme that were opened."""
    return [Window(**dict(row)) for row in await conn.fetch(_SQL["listing"], programme)]


async def unclosed(conn: Conn) -> list[str]:
    """Return the ids of the windows that still run."""
    return [row["window_id"] for row in await conn.fetch(_SQL["unclosed"])]


async def close(conn: Conn, window_id: str) -> None:
    """Note that a window is over."""
    await conn.execute(_SQL["close"], window_id)


async def was_told(conn: Conn, window_id: str, about: str) -> bool:
    """Tell whether the managers were told of something before."""
    return bool(await conn.fetchval(_SQL["told"], window_id, about))


async def tell(conn: Conn, window_id: str, about: str) -> None:
    """Note that the managers were told of something."""
    await conn.execute(_SQL["tell"], window_id, about)


async def candidates(conn: Conn, window_id: str) -> list[str]:
    """Return the eligible claims that are not in the window yet, or were set aside."""
    return [row["claim_id"] for row in await conn.fetch(_SQL["candidates"], window_id)]


async def enter(conn: Conn, window_id: str, claim_id: str, set_aside: str | None) -> None:
    """Gather a claim for a window, or set it aside and say why."""
    await conn.execute(_SQL["enter"], window_id, claim_id, set_aside)


async def sample(conn: Conn, window_id: str, percent: int, seed: str, at: datetime) -> Sequence[str]:
    """Draw the sample from the claims that took part in no draw yet, if there are any; return it."""
    async with conn.transaction():
        await conn.execute(_SQL["lock_window"], window_id)
        undrawn = [row["claim_id"] for row in await conn.fetch(_SQL["undrawn"], window_id)]
        if not undrawn:
            return ()
        drawn = draw(undrawn, percent, seed)
        number = await conn.fetchval(_SQL["draw"], window_id, seed, percent, at)
        await conn.execute(_SQL["mark"], window_id, number, undrawn, list(drawn))
        return drawn


async def draws(conn: Conn, window_id: str) -> list[Draw]:
    """Return the draws of a window, in order."""
    return [Draw(**dict(row)) for row in await conn.fetch(_SQL["draws"], window_id)]


async def submitted(conn: Conn, window_id: str, command_id: str) -> list[str]:
    """Return the claims of a window that one submission took, in order; its id is the reason of their move."""
    return [row["claim_id"] for row in await conn.fetch(_SQL["submitted"], window_id, command_id)]


async def claims_of(
    conn: Conn, window_id: str, limit: int | None = None, after: str | None = None
) -> list[WindowClaim]:
    """Return the claims of a window with where they stand, after the claim `after`."""
    return [WindowClaim(**dict(row)) for row in await conn.fetch(_SQL["claims"], window_id, limit, after)]


async def counted(conn: Conn, window_id: str) -> Counted:
    """Count the claims of a window by where they stand; one that was not opened has none."""
    (row,) = await conn.fetch(_SQL["counted"], window_id)
    return Counted(**dict(row))


async def audit(  # noqa: PLR0913 - who, what, when and why
    conn: Conn, claim_id: str, found: Audit, *, at: datetime, actor: str, why: str
) -> ClaimState:
    """Keep what internal audit found of a claim in a running window; an unsound one is rejected. Raise `Rejected`."""
    async with conn.transaction():
        state = await claims.hold(conn, claim_id)
        place = await conn.fetchrow(_SQL["places"], claim_id)
        if state is None or place is None:
            raise Rejected(
                "not-in-window", f"claim {claim_id} is in no running claim window", "see: journeys claims windows"
            )
        if place["audit"] not in {None, found}:
            raise Rejected("audited-before", f"claim {claim_id} was found {place['audit']}", "it stays as it was found")
        if place["audit"] is None:
            await conn.execute(_SQL["audit"], place["window_id"], claim_id, found, actor, at, why)
        if found == "sound":
            return state
        return await clawbacks.give_up(conn, claim_id, "find-unsound", at=at, actor=actor, reason=why)
