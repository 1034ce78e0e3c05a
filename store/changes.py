"""A change to a journey kept whole: the journal and its read models, and the rows that other tables have of it."""

from domain.journey.events import ClawbackDecided
from domain.journey.stream import Change
from store import clawbacks, effects, erasing, inbox, journal
from store.pool import Conn


async def keep(conn: Conn, change: Change) -> None:
    """Store all that a batch of commands did; in a transaction where more than the journal is written.

    Raise `VersionConflict` when the journey has moved on since it was loaded.
    """
    if not change.events and not change.answers:
        return
    await journal.append(conn, change)
    for new in change.events:
        if isinstance(new.event, ClawbackDecided):
            await clawbacks.decide(conn, new)
    if change.erased is not None:
        await erasing.erase(conn, change.journey.reference, change.erased)
    await inbox.give_back(conn, change.journey_id, change.returned)
    for outcome in change.settled:
        await effects.tell(conn, outcome)
    for effect_id in change.retried:
        await effects.replace(conn, effect_id)
