"""What was refused at Temporal's port: counts by what it came as and why."""

from store.migrations.plain import run

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
