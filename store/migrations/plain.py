"""How a revision runs: the plain SQL file that stands beside it. Forward only: there is no way down."""

from pathlib import Path

import psycopg
from alembic import op


def run(revision_file: str) -> None:
    """Run the SQL beside `revision_file` as it stands, in the migration's transaction.

    The statements go to the driver without parameters: `%` is a percent sign, and several may follow one another.
    """
    statements = Path(revision_file).with_suffix(".sql").read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"migrations run through psycopg, not {type(driver)}")
    driver.execute(statements.encode())
