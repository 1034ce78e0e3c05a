"""The names that things bear here: of programmes, areas, localities, key workers, partners and results."""

from typing import Literal

from store.pool import Conn
from store.queries import queries

_SQL = queries("names")

Kind = Literal["programme", "area", "locality", "holder", "partner", "result"]


async def borne(conn: Conn, kind: Kind) -> set[str]:
    """Return every name of this kind."""
    return {row["name"] for row in await conn.fetch(_SQL[kind])}
