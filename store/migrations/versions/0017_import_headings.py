"""The headings of files by partner, as they were mapped once."""

from store.migrations.plain import run

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
