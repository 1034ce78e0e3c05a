"""The rule packs that a stack may use: the shipped ones, and a council's own in the data folder."""

import programmes
from stack.folders import Layout


def known(layout: Layout) -> list[str]:
    """Return their names, in alphabetical order."""
    return programmes.names(layout.packs)
