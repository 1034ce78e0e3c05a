"""What case files say in words: sealed with the family's key, kept with its event, erased with the family.

The answer to a concern has a text of its own, beside that of the concern: entry `C1` and entry `C1.answer`.
"""

from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.stream import Change
from store.pool import Conn
from store.queries import queries
from store.vault import Vault

_SQL = queries("texts")
ANSWER = ".answer"
TEXT = "text"  # the field of what is sealed in a command


async def keep(conn: Conn, vault: Vault, change: Change, happened: e.CaseEvent, command: c.CaseCommand) -> None:
    """Put what a command says in words into the vault, in the transaction that appends its event.

    What was withdrawn is deleted.
    """
    reference, journey_id = change.journey.reference, change.journey_id
    if isinstance(happened, e.EntryWithdrawn):
        for entry in (happened.entry, f"{happened.entry}{ANSWER}"):
            await conn.execute(_SQL["drop"], journey_id, entry)
    elif command.personal is not None:
        said = await vault.open_personal(conn, reference, command.command_id, command.personal)
        entry = happened.entry + (ANSWER if isinstance(happened, e.ConcernAnswered) else "")
        sealed = await vault.seal_text(conn, reference, f"{journey_id}/{entry}", str(said[TEXT]))
        await conn.execute(_SQL["put"], reference, journey_id, entry, sealed)


async def of_family(conn: Conn, vault: Vault, reference: str) -> dict[str, dict[str, str]]:
    """Return every text of a family in plain words, by journey and entry; none of one that was erased."""
    rows = await conn.fetch(_SQL["of_family"], reference)
    told: dict[str, dict[str, str]] = {}
    opened = await vault.open_texts(
        conn, reference, {f"{row['journey_id']}/{row['entry']}": row["sealed"] for row in rows}
    )
    for place, text in opened.items():
        journey_id, _, entry = place.rpartition("/")
        told.setdefault(journey_id, {})[entry] = text
    return told
