"""Referrals that joined an open journey, and who is on each journey."""

from store.migrations.plain import run

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
