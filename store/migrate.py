"""Bring a database to the newest schema: `python -m store.migrate`, safe to run at any time and twice at once."""

import os
import sys
from pathlib import Path
from typing import Any

import psycopg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Connection, create_engine, pool, text

from store.grants import grant
from store.migrations.plain import PlainRevisions

SCRIPTS = Path(__file__).with_name("migrations")
LOCK = 0x6A6F75726E657973  # "journeys", in bytes


def upgrade(database_url: str) -> str:
    """Apply what is missing, in one transaction, and return the revision reached.

    `database_url` is read by libpq itself, so that any form of it will do, a Unix socket's too. A second process waits
    for the first and then finds nothing to do. Raise `psycopg.Error` when the server cannot be reached or refuses.
    """
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(database_url), poolclass=pool.NullPool
    )
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        revision = _run(connection)
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise TypeError(f"migrations run through psycopg, not {type(driver)}")
        grant(driver)
        return revision


def _run(connection: Connection) -> str:
    script = PlainRevisions(str(SCRIPTS))
    newest = script.get_current_head() or ""
    known = {each.revision for each in script.walk_revisions()}

    def steps(revision: Any, _context: Any) -> Any:
        if revision and revision not in known:
            return []  # a newer release was here; migrations are safe while older code runs
        return script._upgrade_revs(newest, revision)  # noqa: SLF001 - Alembic's own `command.upgrade` does just this

    with EnvironmentContext(_config(), script, fn=steps, destination_rev=newest) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()
        return environment.get_context().get_current_revision() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def main() -> int:
    """Migrate the database that `JOURNEYS_DATABASE_URL` names."""
    database_url = os.environ.get("JOURNEYS_DATABASE_URL")
    if not database_url:
        sys.stderr.write("JOURNEYS_DATABASE_URL is not set; give the Postgres URI to migrate\n")
        return 2
    sys.stdout.write(f"the database is at revision {upgrade(database_url)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
