"""A manager's figures, counted from the read models: one row of `journeys` a journey, and no event."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from store.pool import Conn
from store.queries import queries

_SQL = queries("figures")

By = Literal["stage", "area", "locality", "month", "quarter", "worker", "programme"]


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure of a key, or (`whole`) of all of them; the days only of a wait."""

    key: str
    whole: bool
    measure: str
    count: int
    median: int | None
    ninetieth: int | None
    longest: int | None


@dataclass(frozen=True, slots=True)
class Money:
    """The claims of a key, or (`whole`) of all of them, in one state."""

    key: str
    whole: bool
    state: str
    count: int
    pounds: int


async def measured(
    conn: Conn, by: By, area: str | None = None, programme: str | None = None, before: date | None = None
) -> list[Measured]:
    """Return the figures by key, then those of the whole; of what happened `before` a day, where given."""
    return [Measured(**dict(row)) for row in await conn.fetch(_SQL["figures"], by, area, programme, before)]


async def money(conn: Conn, by: By, area: str | None = None, programme: str | None = None) -> list[Money]:
    """Return the claims by key and state, then those of the whole."""
    return [Money(**dict(row)) for row in await conn.fetch(_SQL["money"], by, area, programme)]
