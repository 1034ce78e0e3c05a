"""Who was of a journey and when, addresses that hold since a day, and of which family an event of a day is."""

from store.migrations.plain import run

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
