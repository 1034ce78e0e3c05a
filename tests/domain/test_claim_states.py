"""The states of a claim: the only moves there are, each from where it may be made."""

from typing import get_args

import pytest

from domain.claims.states import ClaimState, Move, moved
from domain.errors import Rejected

# One line a state, one column a move, in the order of MOVES: where it leads, `=` where it was made before, `-` refused.
TABLE = """
             submit     find-unsound  pay   reject    claw-back
eligible     submitted  rejected      -     -         clawed-back
submitted    =          -             paid  rejected  clawed-back
paid         -          -             =     -         clawed-back
rejected     -          =             -     =         -
clawed-back  -          -             -     -         =
"""
MOVES = get_args(Move)
LINES = [line.split() for line in TABLE.strip().splitlines()]


def test_the_table_is_whole():
    """The table names every state and every move."""
    assert (tuple(LINES[0]), tuple(line[0] for line in LINES[1:])) == (MOVES, get_args(ClaimState))


@pytest.mark.parametrize(
    ("state", "move", "target"),
    [(line[0], move, cell) for line in LINES[1:] for move, cell in zip(MOVES, line[1:], strict=True)],
)
def test_a_claim_moves_as_the_table_says(state, move, target):
    """Each move leads where the table says, changes nothing the second time, and is refused from anywhere else."""
    if target == "-":
        with pytest.raises(Rejected, match=f"claim c-1 is {state}: it must be"):
            moved("c-1", state, move)
    else:
        assert moved("c-1", state, move) == (state if target == "=" else target)
