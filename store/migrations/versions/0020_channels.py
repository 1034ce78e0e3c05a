"""Our own people choose the channel of their reminders; one reminder may go out by several."""

from store.migrations.plain import run

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
