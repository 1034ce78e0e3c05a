"""What an erasure and a referral are told of their family, under locks that are held to the commit."""

from domain.journey.commands import AnyCommand, EraseFamily, ReferFamily
from domain.journey.state import Journey
from store import claims, erasing
from store.pool import Conn

HOLDING = EraseFamily | ReferFamily


async def with_family(conn: Conn, command: AnyCommand, journey: Journey) -> AnyCommand:
    """Bring along what of the family is still open, or for a referral whether the family was erased meanwhile.

    The two hold the family's key: whichever comes second sees what the first did. An erasure also takes the family's
    turn at the claims ledger, so that no evaluation is under way that nobody counted.
    """
    if isinstance(command, ReferFamily):
        return command.model_copy(update={"family_erased": await erasing.hold(conn, command.reference)})
    if isinstance(command, EraseFamily) and journey.stage != "unreferred":
        await claims.lock(conn, journey.journey_id)
        await erasing.hold(conn, journey.reference)
        return command.model_copy(update={"still_open": await erasing.still_open(conn, journey.reference)})
    return command
