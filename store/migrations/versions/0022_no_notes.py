"""Free-text notes, which no door ever wrote or read, have no table any more."""

from store.migrations.plain import run

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
