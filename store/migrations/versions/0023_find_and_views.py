"""Families found by keyed parts of names and addresses, and who looked at a family."""

from store.migrations.plain import run

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
