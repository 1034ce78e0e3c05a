"""What the tables say of the system as a whole: how much there is of what, and how old the oldest of it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from store.pool import Conn
from store.queries import queries

_SQL = queries("watching")

Figures = Mapping[str, Mapping[str, float]]


async def figures(conn: Conn, now: datetime) -> Figures:
    """Return numbers by group and name, as of `now` on the business clock; ages in seconds."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in await conn.fetch(_SQL["figures"], now):
        found[row["part"]][row["name"]] = row["value"]
    return found
