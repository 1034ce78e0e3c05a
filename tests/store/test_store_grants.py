"""Gateway and worker come to the database in roles of their own, and neither can change what was recorded."""

import asyncpg
import pytest

from stack import postgres
from store import grants
from store.grants import GATEWAY, GRANTS, WORKER
from store.pool import Pool, open_pool

CHANGES = (
    "UPDATE events SET actor = 'nobody'",
    "DELETE FROM events",
    "TRUNCATE events",
    "ALTER TABLE events DISABLE TRIGGER events_are_facts",
    "DROP TABLE events",
    "UPDATE commands SET reply = '{}'",
    "DELETE FROM commands",
    "CREATE TABLE mine (id integer)",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET session_replication_role = replica",
)


def _url(database_url: str, role: str) -> str:
    return database_url.replace("postgresql://postgres@", f"postgresql://{role}@", 1)


async def test_every_table_is_in_the_list(pool: Pool) -> None:
    """Each table of the schema says what gateway and worker may do; a new one is added to store/grants.py."""
    rows = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert set(GRANTS) == {row["tablename"] for row in rows}


@pytest.mark.parametrize("role", [GATEWAY, WORKER])
@pytest.mark.parametrize("statement", CHANGES)
async def test_no_process_changes_the_journal(database_url: str, role: str, statement: str) -> None:
    """Not the events, not the answers, not the trigger that guards them."""
    restricted = await open_pool(_url(database_url, role), size=1)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await restricted.execute(statement)
    finally:
        await restricted.close()


async def test_the_gateway_appends_nothing(database_url: str) -> None:
    """An event is appended by a worker alone; the gateway may read it."""
    restricted = await open_pool(_url(database_url, GATEWAY), size=1)
    try:
        assert await restricted.fetch("SELECT * FROM events") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await restricted.execute("INSERT INTO events DEFAULT VALUES")
    finally:
        await restricted.close()


def test_both_are_named_as_the_stack_names_them() -> None:
    """The stack makes the roles that the grants are for."""
    assert (grants.GATEWAY, grants.WORKER) == postgres.ROLES
