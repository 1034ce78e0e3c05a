"""An index over journeys with a concern that waits for its answer."""

from store.migrations.plain import run

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
