"""The ways in: partners and their events, referrals under way, files that were imported."""

from store.migrations.plain import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
