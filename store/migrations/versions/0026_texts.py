"""Texts of the case file in the vault."""

from store.migrations.plain import run

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
