"""Rule packs as they were used: kept by content hash, so that a decision can be run again years later."""

from domain.programme import Programme
from store.pool import Conn


async def keep(conn: Conn, programme: Programme) -> None:
    """Keep a pack under its hash; once kept it never changes. Raise `ValueError` when it has no hash."""
    raise NotImplementedError


async def get(conn: Conn, programme_hash: str) -> Programme:
    """Return a pack by its hash, from memory after the first time. Raise `UnknownProgramme`."""
    raise NotImplementedError
