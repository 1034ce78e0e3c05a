"""The database of one test serves the next: nothing of the first is left in it."""

from streams import journey_id_of, store, whole_path

from store.pool import Pool
from tests.conftest import EMPTY

TABLES = "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
NUMBERS = "SELECT max(last_value) FROM pg_sequences WHERE schemaname = 'public'"


async def _left(pool: Pool) -> tuple[set[str], int | None]:
    """Return the tables that hold anything, and the highest number that was given out."""
    names = [row["name"] for row in await pool.fetch(TABLES)]
    held = {name for name in names if await pool.fetchval(f"SELECT EXISTS (SELECT FROM {name})")}
    return held, await pool.fetchval(NUMBERS)


async def test_an_emptied_database_is_as_new(pool: Pool) -> None:
    """No row of any table survives, the journal's least of all, and numbers begin with one again."""
    new = await _left(pool)
    await store(pool, whole_path(), journey_id_of())
    tables, numbered = await _left(pool)
    assert tables >= {"events", "journeys", "effects"}
    assert numbered
    await pool.execute(EMPTY)
    assert await _left(pool) == new == ({"alembic_version"}, None)
