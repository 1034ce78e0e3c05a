"""Partner events that came back from a family that they were not of, and those that name an earlier one."""

from store.migrations.plain import run

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
