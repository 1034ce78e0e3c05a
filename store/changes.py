"""A change to a journey kept whole: the journal and its read models, and the rows that other tables have of it."""

from domain.journey.events import ClawbackDecided
from domain.journey.stream import Change
from store import clawbacks, effects, erasing, families, forwarding, journal, members, texts
from store.pool import Conn
from store.vault import Vault


async def keep(conn: Conn, vault: Vault, change: Change) -> None:
    """Store all that a batch of commands did; in a transaction where more than the journal is written.

    Raise `VersionConflict` when the journey has moved on since it was loaded, `IdentifierTaken` when a number became
    another person's meanwhile.
    """
    if not change.events and not change.answers:
        return
    await journal.append(conn, change)
    for new in change.events:
        if isinstance(new.event, ClawbackDecided):
            await clawbacks.decide(conn, new)
        await families.keep(conn, vault, change.journey.reference, new.event)
    for happened, command in change.personal:
        await members.keep(conn, vault, change.journey.reference, happened, command)
    for written, order in change.written:
        await texts.keep(conn, vault, change, written, order)
    if change.erased is not None:
        for reference in (change.journey.reference, *await families.merged_into(conn, change.journey.reference)):
            await erasing.erase(conn, reference, change.erased)
    await forwarding.give_back(conn, change.journey_id, change.returned)
    for outcome in change.settled:
        await effects.tell(conn, outcome)
    for effect_id in change.retried:
        await effects.replace(conn, effect_id)
