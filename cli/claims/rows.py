"""How a claim is written in a row: its figures, where it stands, and a proposed clawback."""

from typing import Any

CLAIM_COLUMNS = ("result", "verdict", "pounds", "as of", "state", "clawback proposed")


def claim_row(row: dict[str, Any]) -> tuple[object, ...]:
    """Return the cells of `CLAIM_COLUMNS`."""
    cells = (row[name] for name in ("result", "verdict", "amount", "as_of", "state"))
    return *cells, f"because of {row['clawback']}" if row["clawback"] else ""
