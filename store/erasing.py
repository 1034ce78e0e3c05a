"""The erasure of a family in the tables: what stands in its way, what it destroys, and what it leaves."""

from dataclasses import dataclass, fields
from datetime import datetime

from domain.journey.facts import StillOpen
from store import vault
from store.pool import Conn
from store.queries import queries

_SQL = queries("erasing")


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much is held of a family: what an erasure destroys, its `key` first, then what it leaves."""

    key: bool
    people: int
    addresses: int
    identifiers: int
    texts: int
    journeys: int
    events: int
    claims: int

    def and_those(self, merged: "Holdings") -> "Holdings":
        """Return the same with what is held of a family that was merged into this one."""
        added = {each.name: getattr(self, each.name) + getattr(merged, each.name) for each in fields(self)}
        return Holdings(**added | {"key": self.key or merged.key})


async def hold(conn: Conn, reference: str) -> bool:
    """Return whether a family was erased, and let nobody erase it until the transaction ends."""
    return bool(await conn.fetchval(_SQL["hold"], reference))


async def erased_at(conn: Conn, reference: str) -> datetime | None:
    """Return when a family was erased, or None."""
    at: datetime | None = await conn.fetchval(_SQL["erased_at"], reference)
    return at


async def still_open(conn: Conn, reference: str) -> StillOpen:
    """Return what of a family with a journey is not over."""
    row = await conn.fetchrow(_SQL["still_open"], reference)
    return StillOpen.model_validate(dict(row or {}))


async def holdings(conn: Conn, reference: str) -> Holdings:
    """Count what is held of a family."""
    row = await conn.fetchrow(_SQL["holdings"], reference)
    return Holdings(**dict(row or {}))


async def erase(conn: Conn, reference: str, at: datetime) -> None:
    """Destroy what is personal of a family, in the caller's transaction; done before, it finds nothing to do."""
    await vault.erase(conn, reference, at)
    await conn.execute(_SQL["cut"], reference)
