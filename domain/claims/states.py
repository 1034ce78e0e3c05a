"""Where a claim stands, and the only ways it may move from there."""

from typing import Literal

from domain.errors import Rejected

ClaimState = Literal["eligible", "submitted", "paid", "rejected", "clawed-back"]
Move = Literal["submit", "find-unsound", "pay", "reject", "claw-back"]
STANDING: tuple[ClaimState, ...] = ("eligible", "submitted", "paid")

# From where each move may be made, and where it leads. A claim found unsound by internal audit was never submitted.
_TABLE: dict[Move, tuple[tuple[ClaimState, ...], ClaimState]] = {
    "submit": (("eligible",), "submitted"),
    "find-unsound": (("eligible",), "rejected"),
    "pay": (("submitted",), "paid"),
    "reject": (("submitted",), "rejected"),
    "claw-back": (("eligible", "submitted", "paid"), "clawed-back"),
}


def moved(claim_id: str, state: ClaimState, move: Move) -> ClaimState:
    """Return the state after a move; one that was made before leaves it there. Raise `Rejected` for any other."""
    sources, target = _TABLE[move]
    if state in sources:
        return target
    if state == target:
        return state
    raise Rejected(
        "claim-state",
        f"claim {claim_id} is {state}: it must be {' or '.join(sources)} for {move}",
        f"see its history with: journeys claims explain {claim_id}",
    )
