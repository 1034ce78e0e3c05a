"""The cohort of a journey, and an index for counting the places of a programme."""

from store.migrations.plain import run

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
