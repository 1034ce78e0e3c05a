"""Families that are one, and what is claimed for either."""

from store.migrations.plain import run

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
