"""School terms that were added since the packs were written: facts of the calendar, by area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.claims.school_terms import AreaTerm
from domain.rules.spans import Span, Spans
from store.pool import Conn
from store.queries import queries

_SQL = queries("terms")


@dataclass(frozen=True, slots=True)
class HeldTerm:
    """A term of an area, who added it and when."""

    area: str
    first: date
    last: date
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Added:
    """How many terms are new, how many were known, and those that made room for new ones."""

    added: int
    known: int
    replaced: tuple[HeldTerm, ...]


async def of_area(conn: Conn, area: str) -> Spans:
    """Return the terms that were added for an area, in order."""
    return tuple(Span(row["first"], row["last"]) for row in await conn.fetch(_SQL["of_area"], area))


async def listing(conn: Conn, area: str | None = None) -> list[HeldTerm]:
    """Return the terms that were added, by area and day."""
    return [HeldTerm(**dict(row)) for row in await conn.fetch(_SQL["listing"], area)]


async def add(conn: Conn, terms: Sequence[AreaTerm], *, at: datetime, actor: str) -> Added:
    """Add terms; one that is known stays, and one that shares a day with a new one of its area makes room for it."""
    added, replaced = 0, list[HeldTerm]()
    async with conn.transaction():
        await conn.execute(_SQL["lock"])
        for term in terms:
            place = (term.area, term.from_, term.to)
            if not await conn.fetchval(_SQL["known"], *place):
                replaced += [HeldTerm(**dict(row)) for row in await conn.fetch(_SQL["make_room"], *place, at, actor)]
                await conn.execute(_SQL["add"], *place, at, actor)
                added += 1
    return Added(added, len(terms) - added, tuple(replaced))
