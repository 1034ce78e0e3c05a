"""Milestones of each journey, from which figures are counted."""

from store.migrations.plain import run

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
