"""The hash of a partner event's body is keyed; those that were not are let go."""

from store.migrations.plain import run

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
