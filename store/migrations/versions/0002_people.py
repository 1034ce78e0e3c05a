"""Staff, and the vault: what is personal, sealed with a key per family that erasing destroys."""

from store.migrations.plain import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run(__file__)
