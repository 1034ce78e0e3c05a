"""What the operators' page tells them to type is true of the code."""

import re
from pathlib import Path

from store.queries import queries

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_the_vacuum_names_every_table_that_an_erasure_writes():
    """What an erasure deletes or changes lies in old row versions until each of its tables is vacuumed."""
    told = " ".join(re.search(r"`VACUUM ([^`]+)`", PAGE)[1].split())
    statements = queries("vault")["erase"] + queries("erasing")["cut"]
    written = set(re.findall(r"\b(?:DELETE FROM|UPDATE) (\w+)", statements))
    assert set(told.split(", ")) == written
