"""The journal, the replies to commands, the outbox, and the read models that follow them."""

from store.migrations.plain import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
