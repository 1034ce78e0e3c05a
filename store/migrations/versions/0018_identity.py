"""Who a person may be: keys to look people up by, people of two families, and what was answered when it was asked."""

from store.migrations.plain import run

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
