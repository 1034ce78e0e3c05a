"""One throwaway Postgres for the whole run, and a migrated database for each test, emptied for the next one."""

import asyncio
import itertools
import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from stack import private_stack
from store.migrate import upgrade
from store.pool import Pool, open_pool
from wiring.exit import leave

os.environ["JOURNEYS_WEBHOOK_LOOPBACK"] = "true"  # the partners of tests are on this machine
TEMPLATE = "migrated"
# Whoever is still there is sent away; every row goes, past the guards of the journal; the next test counts from one.
EMPTY = """
DO $$
DECLARE one text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT quote_ident(tablename) FROM pg_tables
                WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE 'DELETE FROM ' || one; END LOOP;
    PERFORM setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
END $$
"""
STATUS = pytest.StashKey[int]()
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process is left alone with one at the end."""
    seconds: Counter[Path] = Counter()
    for item in items:
        if slow := item.get_closest_marker("slow"):
            seconds[item.path] = max(seconds[item.path], *slow.args)
    items.sort(key=lambda item: -seconds[item.path])


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
    async with private_stack.running(temporal=None) as stack:
        yield stack.database_url


@pytest.fixture(scope="session")
async def migrated(postgres_uri: str) -> str:
    """The URI of the server, on which the database `migrated` is at the newest revision and open to nobody."""
    await _execute(postgres_uri, f"CREATE DATABASE {TEMPLATE}")
    await asyncio.to_thread(upgrade, database(postgres_uri, TEMPLATE))
    return postgres_uri


@pytest.fixture(scope="session")
def emptied() -> list[str]:
    """The names of the databases that a test is done with: migrated, and empty again."""
    return []


@pytest.fixture
async def database_url(migrated: str, emptied: list[str]) -> AsyncIterator[str]:
    """The URI of a database of this test's own, migrated and empty.

    Emptying costs a tenth of copying the template, so whoever comes next gets it; a test leaves the schema as it was.
    """
    if not emptied:
        emptied.append(f"test_{next(_numbers)}")
        await _execute(migrated, f"CREATE DATABASE {emptied[-1]} TEMPLATE {TEMPLATE}")
    name = emptied.pop()
    yield database(migrated, name)
    await _execute(database(migrated, name), EMPTY)
    emptied.append(name)


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
