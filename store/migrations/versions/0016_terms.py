"""School terms are facts of the calendar: added once for an area, they reach the journeys that run."""

from store.migrations.plain import run

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
