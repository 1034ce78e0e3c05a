"""The rule packs that were used, and the claims that were made under them."""

from store.migrations.plain import run

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
