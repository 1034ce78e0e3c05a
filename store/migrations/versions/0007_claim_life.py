"""The life of a claim: what it was decided on, how it moved from state to state, and what was learned since."""

from store.migrations.plain import run

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
