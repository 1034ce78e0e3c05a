"""SQL in files: every statement has a name and a description, and Postgres accepts each."""

import pytest

from store import queries as files
from store.pool import columns
from store.projection import PROJECT
from store.queries import FOLDER, queries


@pytest.mark.parametrize("stem", sorted(path.stem for path in FOLDER.glob("*.sql")))
async def test_every_statement_is_sound(pool, stem):
    """Each statement can be prepared against the migrated schema; `append` only behind `project`."""
    for name, written in queries(stem).items():
        text = PROJECT if name == "project" else written
        if (stem, name) != ("journal", "append") and not text.startswith("LOCK"):
            async with pool.acquire() as conn:
                await conn.prepare(text)


def test_a_statement_without_a_description_is_refused(tmp_path, monkeypatch):
    """A statement that nobody described is found when the file is read."""
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    (tmp_path / "bad.sql").write_text("-- name: bare\nSELECT 1;\n")
    with pytest.raises(ValueError, match=r"bad\.sql"):
        queries("bad")


def test_rows_become_columns():
    """Rows are turned into one list a column, also when there are none."""
    assert columns([(1, "a"), (2, "b")], 2) == ([1, 2], ["a", "b"])
    assert columns([], 2) == ([], [])
