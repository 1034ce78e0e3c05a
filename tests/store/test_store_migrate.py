"""Migrations: the newest schema, once, however often and by however many they are run."""

import asyncio
import os
import sys
from pathlib import Path

import asyncpg
import pytest

from store import migrate
from store.migrate import upgrade
from store.migrations.plain import PlainRevisions

ROOT = Path(__file__).parents[2]
HEAD = max(path.stem for path in (ROOT / "store/migrations/versions").glob("0*.sql"))[:4]


@pytest.fixture
async def empty(postgres_uri):
    """The URI of a database without any table."""
    conn = await asyncpg.connect(postgres_uri)
    await conn.execute("DROP DATABASE IF EXISTS unmigrated")
    await conn.execute("CREATE DATABASE unmigrated")
    await conn.close()
    return postgres_uri.replace("/journeys?", "/unmigrated?")


async def test_a_second_run_changes_nothing(empty):
    """Migrating twice reaches the same revision and leaves the tables alone."""
    assert [await asyncio.to_thread(upgrade, empty) for _ in range(2)] == [HEAD, HEAD]
    conn = await asyncpg.connect(empty)
    assert await conn.fetchval("SELECT count(*) FROM alembic_version") == 1
    await conn.close()


async def test_two_processes_at_once(empty):
    """Two processes that migrate one database at once both succeed."""
    command = (sys.executable, "-m", "store.migrate")
    env = {**os.environ, "JOURNEYS_DATABASE_URL": empty}
    both = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    said = [(await process.communicate())[0].decode() for process in both]
    assert [f"the database is at revision {HEAD}\n"] * 2 == said


async def test_the_long_form_of_a_socket_uri(empty):
    """A URI with an empty password and a socket folder, as pgserver writes it, is understood."""
    assert await asyncio.to_thread(upgrade, empty.replace("postgres@", "postgres:@")) == HEAD


async def test_older_code_leaves_a_newer_database_alone(empty):
    """A release that does not know the database's revision changes nothing and says which it is."""
    await asyncio.to_thread(upgrade, empty)
    conn = await asyncpg.connect(empty)
    await conn.execute("UPDATE alembic_version SET version_num = '9999'")
    await conn.close()
    assert await asyncio.to_thread(upgrade, empty) == "9999"


def test_the_address_must_be_set(monkeypatch, capsys):
    """Without a database to migrate the command says which variable to set, and fails."""
    monkeypatch.delenv("JOURNEYS_DATABASE_URL", raising=False)
    assert migrate.main() == 2
    assert "JOURNEYS_DATABASE_URL" in capsys.readouterr().err


def test_every_revision_is_plain_sql_and_forward_only():
    """Each revision is one SQL file that says what it is about, in one unbroken line, and there is no way back."""
    revisions = list(PlainRevisions(str(migrate.SCRIPTS)).walk_revisions())
    assert [f"{number:04d}" for number in range(len(revisions), 0, -1)] == [each.revision for each in revisions]
    files = sorted((migrate.SCRIPTS / "versions").iterdir(), reverse=True)
    assert [Path(each.path) for each in revisions] == [each for each in files if each.suffix == ".sql"]
    assert all(each.path.endswith(".sql") and each.doc for each in revisions)
    assert all(Path(each.path).read_text().startswith(f"-- {each.doc}") for each in revisions)
    assert not any(hasattr(each.module, "downgrade") for each in revisions)
