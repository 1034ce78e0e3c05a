"""One throwaway Postgres for the whole run, and databases copied from a migrated one, so that each costs little."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import asyncpg
import pytest

from stack import parts
from store.migrate import upgrade
from store.pool import Pool, open_pool
from wiring.leave import leave

TEMPLATE = "migrated"
STATUS = pytest.StashKey[int]()
_numbers = itertools.count(1)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep pytest's own exit code."""
    session.config.stash[STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave as worker and gateway do: a process that used Temporal's SDK may crash in the interpreter's own exit."""
    if STATUS in config.stash:
        leave(config.stash[STATUS])


@pytest.fixture(scope="session")
async def postgres_uri() -> AsyncIterator[str]:
    """The URI of an empty database on a real server that lives as long as the test run."""
    async with parts.running(temporal=None) as stack:
        yield stack.database_url


@pytest.fixture(scope="session")
async def migrated(postgres_uri: str) -> str:
    """The URI of the server, on which the database `migrated` is at the newest revision and open to nobody."""
    await _execute(postgres_uri, f"CREATE DATABASE {TEMPLATE}")
    await asyncio.to_thread(upgrade, database(postgres_uri, TEMPLATE))
    return postgres_uri


@pytest.fixture
async def database_url(migrated: str) -> AsyncIterator[str]:
    """The URI of a database of this test's own, migrated and empty.

    It goes with its test: hundreds at once are more than the end of the session has time for.
    """
    name = f"test_{next(_numbers)}"
    await _execute(migrated, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield database(migrated, name)
    await _execute(migrated, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool on the test's own database."""
    pool = await open_pool(database_url)
    try:
        yield pool
    finally:
        await pool.close()


def database(uri: str, name: str) -> str:
    """Return the URI of another database on the same server."""
    server, _, query = uri.partition("?")
    return f"{server.rpartition('/')[0]}/{name}?{query}"


async def _execute(uri: str, statement: str) -> None:
    conn = await asyncpg.connect(uri)
    try:
        await conn.execute(statement)
    finally:
        await conn.close()
