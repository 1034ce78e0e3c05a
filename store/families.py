"""What the tables and the vault have of families that are one: who is found where, and whose records are whose.

On a merge the people of the family that ends get records of the family that goes on; its own sealed records stay under
its key, so that the merge can be undone, and are destroyed with those of the family that goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.family import Scheme
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.evolve import fold
from domain.journey.facts import Facts, Household
from domain.journey.state import UNREFERRED, Journey
from store import claims, erasing, journal
from store import vault as vaults
from store.people import NOWHERE, FamilyRecord, Person
from store.pool import Conn, columns
from store.queries import queries
from store.sealing import normal
from store.vault import Vault

_SQL = queries("families")
Changing = c.MergeFamily | c.SplitFamily | c.UndoMerge


async def survivor(conn: Conn, reference: str) -> str:
    """Return the family that goes on for a reference: itself, unless it was merged into another."""
    found: str = await conn.fetchval(_SQL["survivor"], reference)
    return found


async def survivors(conn: Conn, references: Sequence[str]) -> dict[str, str]:
    """Return the family that goes on for each reference, in their order."""
    rows = await conn.fetch(_SQL["survivors"], list(references))
    found = {row["reference"]: row["survivor"] for row in rows}
    return {reference: found[reference] for reference in references}


async def merged_into(conn: Conn, reference: str) -> dict[str, str]:
    """Return the families that were merged into one, however, with their newest journeys."""
    return {row["reference"]: row["journey_id"] for row in await conn.fetch(_SQL["merged"], reference)}


async def facts(conn: Conn, vault: Vault, journey: Journey, command: Changing) -> Facts:
    """Read both families of a change, under locks that are always taken in one order: the ledger, then the keys."""
    other = command.into if isinstance(command, c.SplitFamily) else command.of
    both = sorted((journey.reference, other))
    await claims.lock_families(conn, both)
    erased = [await erasing.hold(conn, reference) for reference in both]
    if any(erased):
        return Facts(family_erased=True)
    theirs = await _newest(conn, other)
    to, of = (other, journey.reference) if isinstance(command, c.SplitFamily) else (journey.reference, other)
    records = [await vault.read_family(conn, reference) for reference in (to, of)]
    there, here = records[1] or FamilyRecord(of, (), NOWHERE), records[0]
    people = tuple(person.member_id for person in here.people) if here else ()
    same = () if isinstance(command, c.UndoMerge) else command.same
    return Facts(other=theirs, household=Household(people=people), numbers=_lacking(here, there, same))


async def _newest(conn: Conn, reference: str) -> Journey:
    journey_id = await conn.fetchval(_SQL["newest"], reference)
    if journey_id is None:
        return UNREFERRED
    return fold(one.event for one in await journal.timeline(conn, journey_id))


def _lacking(
    here: FamilyRecord | None, there: FamilyRecord, same: Sequence[c.Same]
) -> Mapping[str, tuple[Scheme, ...]]:
    """Return of which kinds a record here has no number and the other has: what contradicts is not taken."""
    found: dict[str, tuple[Scheme, ...]] = {}
    for each in same:
        ours, theirs = here.person(each.here) if here else None, there.person(each.member)
        if ours is not None and theirs is not None:
            held = {scheme for scheme, _ in ours.numbers}
            news = dict.fromkeys(scheme for scheme, _ in theirs.numbers if scheme not in held)
            found[each.member] = tuple(news)  # type: ignore[arg-type] # a vault keeps schemes as text
    return found


async def keep(conn: Conn, vault: Vault, reference: str, event: e.AnyEvent) -> None:
    """Change the records of the vault as an event of family `reference` says, in the transaction that appends it."""
    match event:
        case e.FamilyTakenIn():
            await _take_in(conn, vault, reference, event)
        case e.MergeUndone():
            await _give_back(conn, vault, reference, event)
        case _:
            return


async def _take_in(conn: Conn, vault: Vault, reference: str, event: e.FamilyTakenIn) -> None:
    theirs, ours = await vault.read_family(conn, event.of), await vault.read_family(conn, reference)
    if theirs is None:
        return
    if event.how == "merged":
        await conn.execute(_SQL["unindex"], event.of)
        pairs = [(each.member, each.here) for each in event.people]
        members, here = columns(pairs, 2)
        await conn.execute(_SQL["given_anew"], event.of, members, reference, here)
    for each in event.people:
        person, held = theirs.person(each.member), ours.person(each.here) if ours else None
        if person is None:
            continue
        new = replace(person, member_id=each.here) if held is None else _with_numbers(held, person, each)
        if new != held:
            await vault.put_person(conn, reference, new, await _shared(conn, vault, new))


async def _give_back(conn: Conn, vault: Vault, reference: str, event: e.MergeUndone) -> None:
    """Give people back to the family that they came from, as they read by now, where they are found again."""
    theirs, ours = await vault.read_family(conn, event.of), await vault.read_family(conn, reference)
    if theirs is None or ours is None:
        return
    back = {each.member: ours.person(each.here) for each in event.people if not each.known}
    await conn.execute(_SQL["forget_people"], reference, list(event.gone))
    for each in event.people:
        person, held = theirs.person(each.member), ours.person(each.here)
        if each.known and each.numbers and person is not None and held is not None:
            own = _without_numbers(held, person, each)
            await vault.put_person(conn, reference, own, await _shared(conn, vault, own))
    members, here = columns([(each.here, each.member) for each in event.people if not each.known], 2)
    await conn.execute(_SQL["given_anew"], reference, members, event.of, here)
    people = [
        replace(held, member_id=person.member_id) if (held := back.get(person.member_id)) else person
        for person in theirs.people
    ]
    shared = {digest for person in people for digest in await _shared(conn, vault, person)}
    await vault.put_family(conn, event.of, people, None, shared)
    await vault.index_homes(conn, event.of)


def _with_numbers(held: Person, other: Person, each: e.Counterpart) -> Person:
    news = [(scheme, value) for scheme, value in other.identifiers.items() if scheme in each.numbers]
    own = [(scheme, value) for scheme, value in held.identifiers.items() if value]
    return replace(held, identifiers=dict([*news, *own]))


def _without_numbers(held: Person, other: Person, each: e.Counterpart) -> Person:
    """Return a person without the numbers that came with the other record; one that was changed since stays."""
    theirs = {(scheme, normal(scheme, value)) for scheme, value in other.numbers if scheme in each.numbers}
    own = {name: value for name, value in held.identifiers.items() if (name, normal(name, value)) not in theirs}
    return replace(held, identifiers=own)


async def _shared(conn: Conn, vault: Vault, person: Person) -> set[bytes]:
    """Return the digests of a person that others have too: a manager said that they are one, or of both families."""
    return {match.digest for match in await vaults.find_people(conn, vault.digests([person]))}
