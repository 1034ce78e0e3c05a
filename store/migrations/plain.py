"""Revisions of plain SQL: the files in `versions/`, in one line by the numbers of their names. There is no way down."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import psycopg
from alembic import op
from alembic.script import Script, ScriptDirectory


class PlainRevisions(ScriptDirectory):
    """Alembic's revisions without the Python file that it wants for each."""

    def _load_revisions(self) -> Iterator[Script]:
        before = None
        for file in sorted(Path(self.versions).glob("*.sql")):
            number = file.name.partition("_")[0]
            yield Script(_step(file, before), number, file)
            before = number


def _step(file: Path, before: str | None) -> ModuleType:
    """Return what Alembic reads of a revision: what it is about, the one before, and how it runs."""
    step = ModuleType(file.stem, file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("-- "))
    step.__dict__.update(down_revision=before, upgrade=partial(_run, file))
    return step


def _run(file: Path) -> None:
    """Run a file as it stands, in the migration's transaction.

    The statements go to the driver without parameters: `%` is a percent sign, and several may follow one another.
    """
    driver = op.get_bind().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"migrations run through psycopg, not {type(driver)}")
    driver.execute(file.read_bytes())
