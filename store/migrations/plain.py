"""How a revision runs: the plain SQL file that stands beside it. Forward only: there is no way down."""

from pathlib import Path

from alembic import op


def run(revision_file: str) -> None:
    """Run the SQL beside `revision_file` as it stands, in the migration's transaction.

    The statements go to the driver without parameters: `%` is a percent sign, and several may follow one another.
    """
    statements = Path(revision_file).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(statements)
