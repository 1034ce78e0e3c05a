"""The headings of imported files are remembered by partner, and families found by their number in a file."""

from store.migrations.plain import run

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
