"""What the vault has of a family's people and home: read for a decision under lock, changed in the event's transaction.

What a command says that is personal is a JSON object: of a person `surname`, `forename`, `born` and `expected` (empty:
not known), `identifiers`, `phone` and `email`; of an address `lines`, `postcode` and `uprn`; of an identifier `number`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, assert_never

from domain.births import BORN
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.facts import Household, Taken
from store import vault as vaults
from store.people import NOWHERE, Address, FamilyRecord, Person
from store.pool import Conn
from store.queries import queries
from store.sealing import normal
from store.vault import Vault

_SQL = queries("members")
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in which a member was of a journey, the days included; None: without an end. `number` is the journey's."""

    reference: str
    journey_id: str
    number: int
    member_id: str
    first: date | None
    last: date | None


async def stays(conn: Conn, references: Sequence[str]) -> list[Stay]:
    """Return who was of the journeys of these families and when; nothing of one whose row was not yet written anew."""
    return [Stay(**dict(row)) for row in await conn.fetch(_SQL["stays"], list(references))]


async def household(conn: Conn, vault: Vault, reference: str, command: c.MemberCommand) -> Household:
    """Return what a change of the family rests on; the caller holds the family's key."""
    record = await vault.read_family(conn, reference)
    if record is None:
        return Household()
    said = await _said(conn, vault, reference, command)
    people = tuple(person.member_id for person in record.people)
    match command:
        case c.AddMember(member_id=None):
            taken = await _taken(conn, vault, reference, _new(command, "m0", said), said)
            return Household(people=people, news=True, taken=taken)
        case c.ChangeIdentifier(change="added"):
            before, after = _before_and_after(record, command, said)
            new = None if after is None else replace(after, identifiers={command.scheme: said["number"]}, further=())
            taken = () if new is None or before == after else await _taken(conn, vault, reference, new, said)
            return Household(people=people, news=before != after, taken=taken)
        case c.MoveHousehold():
            home = record.home_on(command.on)
            news = command.personal is not None and home.address != _address(command, home.address, said)
            return Household(people=people, news=news, moved_that_day=news and home.since == command.on)
        case c.AddMember() | c.RecordLeaving():
            return Household(people=people)
        case c.CorrectMember() | c.ChangeIdentifier() | c.ChangeContacts():
            before, after = _before_and_after(record, command, said)
            return Household(people=people, news=before != after)
        case _:
            assert_never(command)


async def keep(conn: Conn, vault: Vault, reference: str, happened: e.MemberEvent, command: c.MemberCommand) -> None:
    """Put what a command says that is personal into the vault, in the transaction that appends its event.

    Raise `IdentifierTaken` when a number became another person's since the facts were read.
    """
    said = await _said(conn, vault, reference, command)
    record = await vault.read_family(conn, reference)
    if record is None:
        return
    match command:
        case c.MoveHousehold() if said:
            home = record.home_on(command.on)
            since = home.since if command.corrected else command.on
            await vault.put_address(conn, reference, _address(command, home.address, said), since)
        case c.AddMember(member_id=None) if isinstance(happened, e.MemberJoined):
            await _keep_new(conn, vault, reference, _new(command, happened.member.id, said), said)
        case c.CorrectMember() | c.ChangeIdentifier() | c.ChangeContacts():
            _, after = _before_and_after(record, command, said)
            if after is not None:
                await vault.put_person(conn, reference, after, await _shared(conn, vault, after, reference))
        case _:
            return


async def _keep_new(conn: Conn, vault: Vault, reference: str, person: Person, said: Said) -> None:
    """Keep a new person, but for the numbers that are those of somebody who was said to be somebody else."""
    others = await _held_elsewhere(conn, vault, reference, person)
    answers = said.get("answers", {})
    wrong = {taken.scheme for taken in others if answers.get(taken.reference) == "not-the-same"}
    own = replace(person, identifiers={name: value for name, value in person.identifiers.items() if name not in wrong})
    await vault.put_person(conn, reference, own, await _shared(conn, vault, own, reference, numbers=True))


def _before_and_after(
    record: FamilyRecord, command: c.CorrectMember | c.ChangeIdentifier | c.ChangeContacts, said: Said
) -> tuple[Person | None, Person | None]:
    """Return a person as held and as they are to be held; None twice where nobody is held under the id."""
    held = record.person(command.member_id)
    if held is None:
        return None, None
    match command:
        case c.CorrectMember():
            role = held.role if command.role is None else command.role
            return held, replace(held, role=role, **_names_and_birth(said))
        case c.ChangeContacts():
            return held, replace(held, **{name: said[name] for name in command.fields})
        case c.ChangeIdentifier():
            return held, _with_number(held, command, said["number"])
        case _:
            assert_never(command)


def _names_and_birth(said: Said) -> dict[str, Any]:
    """Return what a correction says; a birth takes the place of an expected one, and the other way round."""
    changes = {name: said[name] for name in ("surname", "forename") if name in said}
    if "born" in said or "expected" in said:
        changes |= {"born": _born(said), "expected": _expected(said)}
    return changes


def _with_number(held: Person, command: c.ChangeIdentifier, number: str) -> Person:
    """Return a person with a number more or less; the first of a scheme is the one that is shown."""
    given = (command.scheme, number)
    others = [each for each in held.numbers if not _same(each, given)]
    numbers = [*others, given] if command.change == "added" else others
    if _same_set(numbers, held.numbers):
        return held
    first: dict[str, str] = {}
    further = [each for each in numbers if first.setdefault(*each) != each[1]]
    return replace(held, identifiers=first, further=tuple(further))


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] == other[0] and normal(*one) == normal(*other)


def _same_set(some: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]) -> bool:
    return {(scheme, normal(scheme, value)) for scheme, value in some} == {
        (scheme, normal(scheme, value)) for scheme, value in others
    }


async def _taken(conn: Conn, vault: Vault, reference: str, person: Person, said: Said) -> tuple[Taken, ...]:
    """Return the numbers that are another person's, but for families about which it was said who that is."""
    answers = said.get("answers", {})
    return tuple(
        taken for taken in await _held_elsewhere(conn, vault, reference, person) if taken.reference not in answers
    )


async def _held_elsewhere(conn: Conn, vault: Vault, reference: str, person: Person) -> list[Taken]:
    numbers = {vault.subject_digest(scheme, value): scheme for scheme, value in person.numbers}
    return [
        Taken(scheme=numbers[match.digest], reference=match.reference, member_id=match.member_id or "")
        for match in await vaults.find_people(conn, list(numbers))
        if (match.reference, match.member_id) != (reference, person.member_id)
    ]


async def _shared(conn: Conn, vault: Vault, person: Person, reference: str, *, numbers: bool = False) -> set[bytes]:
    """Return the digests of a person that others may have too: a name and birthday always, a number that was shared.

    With `numbers`, also a number that others have: it was said that the person is of both families.
    """
    held = await vaults.find_people(conn, vault.digests([person]))
    own = {match.digest for match in held if (match.reference, match.member_id) == (reference, person.member_id)}
    return {match.digest for match in held if numbers or match.scheme == "person" or match.digest in own}


async def _said(conn: Conn, vault: Vault, reference: str, command: c.MemberCommand) -> dict[str, Any]:
    personal = None if isinstance(command, c.RecordLeaving) else command.personal
    return {} if personal is None else await vault.open_personal(conn, reference, command.command_id, personal)


def _new(command: c.AddMember, member_id: str, said: Said) -> Person:
    return Person(
        member_id=member_id,
        role=command.role,
        surname=said.get("surname", ""),
        forename=said.get("forename", ""),
        born=_born(said),
        expected=_expected(said),
        identifiers=dict(said.get("identifiers", {})),
        phone=said.get("phone", ""),
        email=said.get("email", ""),
    )


def _born(said: Said) -> date | str | None:
    return BORN.validate_python(said["born"]) if said.get("born") else None


def _expected(said: Said) -> date | None:
    return date.fromisoformat(said["expected"]) if said.get("expected") else None


def _address(command: c.MoveHousehold, held: Address, said: Said) -> Address:
    """Return the new address; a correction leaves what it does not name as it is held."""
    base = held if command.corrected else NOWHERE
    return replace(base, **said)
