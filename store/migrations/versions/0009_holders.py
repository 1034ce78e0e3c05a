"""Who holds families: teams and leave of staff, waivers, and the queue for a key worker."""

from store.migrations.plain import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
