"""Families found by what somebody says, over keyed parts of names, addresses and dates of birth."""

from collections.abc import Callable, Collection, Sequence

from domain.intake.finding import Card, Term, keys_of
from store.people import FamilyRecord
from store.pool import Conn
from store.queries import queries
from store.vault import Vault

_SQL = queries("finding")
_WIDTH = 8  # bytes of a digest that are kept: whoever is found is read again, so that a chance likeness shows


def card_of(family: FamilyRecord) -> Card:
    """Return what a family is found by."""
    people = [each.facts for each in family.people]
    return Card(
        names=tuple(each.name for each in people),
        births=tuple(str(each.born) for each in people if each.born is not None),
        places=tuple(filter(None, (*family.address.lines.splitlines(), family.address.postcode))),
    )


async def make_findable(conn: Conn, vault: Vault, limit: int) -> int:
    """Let up to `limit` families be found whose people or address are new or have changed; return how many those were.

    One that is erased meanwhile is left alone: its key is held until what it is found by is kept.
    """
    rows = await conn.fetch(_SQL["unkept"], limit)
    for row in rows:
        async with conn.transaction():
            family = await vault.read_held(conn, row["reference"])
            if family is not None:
                keys = sorted(_hashed(vault, keys_of(card_of(family))))
                await conn.execute(_SQL["keep"], row["reference"], keys)
    return len(rows)


async def candidates(conn: Conn, vault: Vault, terms: Sequence[Term], worker: str | None, limit: int) -> list[str]:
    """Return the families that may fit all the terms, the likeliest first; of a key worker's, where one is given."""
    asked = [(number, key) for number, term in enumerate(terms) for key in _hashed(vault, term.keys)]
    exact = sorted(_hashed(vault, [term.exact for term in terms]))
    numbers, keys = [number for number, _ in asked], [key for _, key in asked]
    rows = await conn.fetch(_SQL["candidates"], numbers, keys, len(terms), exact, worker, limit)
    return [row["reference"] for row in rows]


def _hashed(vault: Vault, keys: Collection[str]) -> set[int]:
    digest: Callable[[str, str], bytes] = vault.subject_digest
    return {int.from_bytes(digest("find", key)[:_WIDTH], signed=True) for key in keys}
