"""Connections to Postgres, set up the one way every module of the store expects."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
import orjson

if TYPE_CHECKING:  # asyncpg's classes take no parameters when the program runs
    Record: TypeAlias = asyncpg.Record
    Conn: TypeAlias = asyncpg.Connection[Record] | asyncpg.pool.PoolConnectionProxy[Record]
    Pool: TypeAlias = asyncpg.Pool[Record]
else:
    Record = Conn = Pool = Any

# Our statements are short: compiling one, or planning it anew for each parameter, costs more than running it. The price
# is that a statement must not hide two in it: `$1 IS NULL OR x = $1` never uses the index on x (see read_models.sql).
SESSION = {
    "timezone": "UTC",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "application_name": "family-journeys",
}
JSONB_VERSION = b"\x01"
COMMAND_TIMEOUT = 60.0
WAITING = 15.0  # seconds for a connection that is free; who waits longer is told that the database does not answer


class BoundedPool(asyncpg.Pool):
    """A pool from which nobody waits for a connection without end: after `WAITING` seconds that is a `TimeoutError`."""

    __slots__ = ()

    def acquire(self, *, timeout: float | None = None) -> Any:
        """Return a connection as the library does, waiting `timeout` seconds at most."""
        return super().acquire(timeout=WAITING if timeout is None else timeout)


async def open_pool(database_url: str, *, size: int = 10) -> Pool:
    """Open a pool of at most `size` connections on which JSONB is Python values; the caller closes it.

    Only composition roots call this. Raise `OSError` or `asyncpg.PostgresError` when the server cannot be reached.
    """
    # Made as `asyncpg.create_pool` does, which has no parameter for the class.
    pool: Pool = await BoundedPool(
        database_url,
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        min_size=min(2, size),
        max_size=size,
        max_queries=50_000,
        max_inactive_connection_lifetime=300.0,
        loop=None,
        connect=None,
        setup=None,
        reset=None,
        init=_prepare,
        command_timeout=COMMAND_TIMEOUT,
        server_settings=SESSION,
    )
    return pool


async def connect(database_url: str) -> Conn:
    """Open one connection, set up as those of the pool; the caller closes it."""
    conn: Conn = await asyncpg.connect(database_url, command_timeout=COMMAND_TIMEOUT, server_settings=SESSION)
    await _prepare(conn)
    return conn


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> tuple[list[Any], ...]:
    """Turn rows into `width` lists, one a column, as `unnest` takes them; no rows give empty lists."""
    return tuple(list(column) for column in zip(*rows, strict=True)) if rows else tuple([] for _ in range(width))


async def _prepare(conn: Conn) -> None:
    await conn.set_type_codec("jsonb", schema="pg_catalog", encoder=_encode, decoder=_decode, format="binary")


def _encode(value: object) -> bytes:
    return JSONB_VERSION + orjson.dumps(value)


def _decode(value: bytes) -> Any:
    return orjson.loads(value[1:])


def rows_changed(status: str) -> int:
    """Read how many rows a statement changed off its command tag, such as `UPDATE 3`."""
    return int(status.rsplit(" ", 1)[1])
