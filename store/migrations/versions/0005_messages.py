"""Where partners are told things by every channel, and what became of each message, and when."""

from store.migrations.plain import run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
