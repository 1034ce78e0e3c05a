"""Rotation with an end, and what people decided about events in quarantine."""

from store.migrations.plain import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
