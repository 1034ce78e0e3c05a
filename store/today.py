"""What is to be done today, for one key worker, a team, or everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from store.pool import Conn
from store.queries import queries

_SQL = queries("today")
Section = Literal["concern", "overdue", "today", "this-week", "offer", "reply", "off-track"]


@dataclass(frozen=True, slots=True)
class Item:
    """Something to do or to wait for; `waits_for` is who owes it: a role, a key worker or a partner.

    `holder` is whose it is: of an offer the one it is made to. `since` is the day it is owed, offered or asked for.
    """

    section: Section
    reference: str
    journey_id: str
    holder: str | None
    team: str | None
    what: str
    due_on: date | None
    since: date
    waits_for: str | None


async def team(conn: Conn, name: str) -> list[str]:
    """Return the key workers of a team."""
    return [row["name"] for row in await conn.fetch(_SQL["holders"], name)]


async def listing(  # noqa: PLR0913, PLR0917 - one argument a filter
    conn: Conn, holders: Sequence[str] | None, today: date, until: date, limit: int, asked_by: str = ""
) -> list[Item]:
    """Return what these key workers have to do (None: everybody), what is due only up to `until`.

    Whoever asks is also told of the concerns that they have to answer.
    """
    names = None if holders is None else list(holders)
    return [Item(**dict(row)) for row in await conn.fetch(_SQL["listing"], names, today, until, limit, asked_by)]
