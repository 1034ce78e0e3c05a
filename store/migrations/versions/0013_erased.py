"""When a family was erased and why, and the ages that outlive the dates of birth of a claim."""

from store.migrations.plain import run

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
