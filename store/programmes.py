"""Rule packs as they were used: kept by content hash, so that a decision can be run again years later."""

from typing import Any

from domain.canonical import plain
from domain.programme.programme import Programme
from store.errors import UnknownProgramme
from store.pool import Conn
from store.queries import queries

_SQL = queries("programmes")
_MOST_REMEMBERED = 100
_remembered: dict[str, Programme] = {}


async def keep(conn: Conn, programme: Programme) -> None:
    """Keep a pack under its hash; once kept it never changes. Raise `ValueError` when it has no hash."""
    if not programme.hash:
        raise ValueError(f"{programme.name} {programme.version} has no content hash; load it from its file")
    content = plain(programme.model_dump(mode="json", by_alias=True))
    await conn.execute(_SQL["keep"], programme.hash, programme.name, programme.version, content)


async def content(conn: Conn, programme_hash: str) -> dict[str, Any]:
    """Return a pack's content as it was kept, without what later releases added. Raise `UnknownProgramme`."""
    kept: dict[str, Any] | None = await conn.fetchval(_SQL["content"], programme_hash)
    if kept is None:
        raise UnknownProgramme
    return kept


async def get(conn: Conn, programme_hash: str) -> Programme:
    """Return a pack by its hash, from memory after the first time. Raise `UnknownProgramme`."""
    if programme_hash not in _remembered:
        content = await conn.fetchval(_SQL["get"], programme_hash)
        if content is None:
            raise UnknownProgramme
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[programme_hash] = Programme.model_validate_json(content)
    return _remembered[programme_hash]
