"""The reference in a journey's id by a name of its own, and an index on it."""

from store.migrations.plain import run

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
