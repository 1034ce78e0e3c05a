"""Claim windows, and what internal audit found of their claims."""

from store.migrations.plain import run

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
