"""The index of a partner's receipts serves pages of receipts only."""

from store.migrations.plain import run

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
