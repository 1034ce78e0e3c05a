"""The vault: names, dates of birth, identifiers, addresses and notes, encrypted with a key per family."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Any
from uuid import UUID

import asyncpg

from domain.births import BORN, Born
from domain.family import Role
from domain.intake.identity import PersonFacts, asked_of, likenesses
from store.errors import Erased, IdentifierTaken
from store.pool import Conn, Record, columns
from store.queries import queries
from store.sealing import KEY, Sealer, derived, keyed_hash

_SQL = queries("vault")
Identifier = tuple[bytes, str, str | None]  # digest, scheme, member


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the family in plain words; `identifiers` maps a scheme (`upn`, `nhs-number`, ...) to its value."""

    member_id: str
    role: Role
    surname: str
    forename: str
    born: date
    identifiers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the family lives; `uprn` names the household to partners."""

    lines: str = ""
    postcode: str = ""
    uprn: str = ""


NOWHERE = Address()


@dataclass(frozen=True, slots=True)
class FamilyRecord:
    """What the vault holds of one family."""

    reference: str
    people: tuple[Person, ...]
    address: Address


@dataclass(frozen=True, slots=True)
class Note:
    """A free-text note on a journey."""

    note_id: UUID
    journey_id: str
    author: str
    written_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a subject digest names; no `member_id`: the whole family."""

    digest: bytes
    scheme: str
    reference: str
    member_id: str | None


class Vault:
    """Seals and opens what is personal. Both keys are 32 bytes; `ValueError` otherwise."""

    def __init__(self, master_key: bytes, subject_key: bytes) -> None:
        self._master = Sealer(master_key)
        if len(subject_key) != KEY:
            raise ValueError(f"a key has {KEY} bytes, this one {len(subject_key)}")
        self._subject_key = subject_key
        self._body_key = derived(subject_key, "body of a partner event")

    def subject_digest(self, scheme: str, identifier: str) -> bytes:
        """Return the keyed hash (32 bytes) by which an identifier is matched, however it was spaced or cased."""
        return keyed_hash(self._subject_key, scheme, identifier)

    def body_digest(self, body: bytes) -> bytes:
        """Return the keyed hash (32 bytes) by which a partner event is known again.

        Keyed, because a plain hash of an event would let whoever holds the table try identifiers until one fits.
        """
        return hmac.digest(self._body_key, body, sha256)

    def person_digest(self, surname: str, forename: str, born: date) -> bytes:
        """Return the keyed hash (32 bytes) of a person by name and date of birth, scheme `person`."""
        return self.subject_digest("person", f"{surname} / {forename} / {born.isoformat()}")

    def digests(self, people: Sequence[Person], address: Address = NOWHERE) -> list[bytes]:
        """Return every digest by which these people and their household can be found."""
        return [digest for digest, _, _ in self._identifiers(people, address)]

    async def put_family(
        self,
        conn: Conn,
        reference: str,
        people: Sequence[Person],
        address: Address = NOWHERE,
        shared: Collection[bytes] = (),
    ) -> None:
        """Keep a family, or bring it up to date; atomic, also outside a transaction.

        Raise `IdentifierTaken` when an identifier is another family's and its digest is not among those that `shared`
        allows, `Erased` when the family was erased.
        """
        identifiers = self._identifiers(people, address)
        async with conn.transaction():
            key = await self._claim_key(conn, reference)
            members = [
                (each.member_id, key.seal_json(_spelled(each), _place(reference, "people", each.member_id)))
                for each in people
            ]
            await conn.execute(_SQL["put_people"], reference, *columns(members, 2))
            sealed = key.seal_json(asdict(address), _place(reference, "addresses"))
            await conn.execute(_SQL["put_address"], reference, sealed)
            await _put_identifiers(conn, reference, identifiers, shared)
            await self._put_likenesses(conn, reference, people)

    async def find_alike(self, conn: Conn, people: Sequence[Person]) -> list[str]:
        """Return the families of people who may be these by name and date of birth; which are, is for others to say."""
        asked = {key for each in people for key in asked_of(facts(each))}
        digests = [self.subject_digest("likeness", key) for key in asked]
        return [row["reference"] for row in await conn.fetch(_SQL["alike"], digests)]

    async def index_likenesses(self, conn: Conn, limit: int) -> int:
        """Make up to `limit` families from before there were likenesses known by them; return how many were left."""
        rows = await conn.fetch(_SQL["unlikened"], limit)
        for row in rows:
            async with conn.transaction():
                await self._claim_key(conn, row["reference"])
                family = await self.read_family(conn, row["reference"])
                await self._put_likenesses(conn, row["reference"], family.people if family else ())
        return len(rows)

    async def read_family(self, conn: Conn, reference: str) -> FamilyRecord | None:
        """Return a family in plain words, or None when it is unknown or erased."""
        rows = await conn.fetch(_SQL["read_family"], reference)
        wrapped = next((row["sealed"] for row in rows if row["part"] == "key"), None)
        if wrapped is None:
            return None
        key = self._unwrap(reference, wrapped)
        people = [_person(key, reference, row) for row in rows if row["part"] == "person"]
        address = next((row["sealed"] for row in rows if row["part"] == "address"), None)
        return FamilyRecord(
            reference=reference,
            people=tuple(sorted(people, key=lambda each: int(each.member_id[1:]))),
            address=NOWHERE if address is None else Address(**key.open_json(address, _place(reference, "addresses"))),
        )

    async def born(self, conn: Conn, reference: str) -> dict[str, date]:
        """Return each member's date of birth by member id; empty when the family is unknown or erased."""
        family = await self.read_family(conn, reference)
        return {each.member_id: each.born for each in family.people} if family else {}

    async def put_note(self, conn: Conn, reference: str, note: Note) -> None:
        """Keep a note; the same note id again changes nothing. Raise `Erased` when the family was erased."""
        async with conn.transaction():
            key = await self._claim_key(conn, reference)
            sealed = key.seal(note.text.encode(), _place(reference, "notes", str(note.note_id)))
            row = (note.note_id, reference, note.journey_id, note.author, note.written_at, sealed)
            await conn.execute(_SQL["put_note"], *row)

    async def read_notes(self, conn: Conn, reference: str) -> list[Note]:
        """Return a family's notes, oldest first; empty when the family is unknown or erased."""
        return [self._note(reference, row) for row in await conn.fetch(_SQL["read_notes"], reference)]

    async def seal_born(self, conn: Conn, reference: str, effect_id: str, born: Mapping[str, Born]) -> bytes:
        """Seal dates of birth as an evaluation used them: they go when the family is erased. Raise `Erased`."""
        key = await self._claim_key(conn, reference)
        return key.seal_json({name: str(day) for name, day in born.items()}, _place(reference, "born", effect_id))

    async def open_born(self, conn: Conn, reference: str, effect_id: str, sealed: bytes) -> dict[str, Born]:
        """Return dates of birth as an evaluation used them. Raise `Erased` when the family was erased."""
        rows = await conn.fetch(_SQL["read_family"], reference)
        wrapped = next((row["sealed"] for row in rows if row["part"] == "key"), None)
        if wrapped is None:
            raise Erased
        told = self._unwrap(reference, wrapped).open_json(sealed, _place(reference, "born", effect_id))
        return {name: BORN.validate_python(day) for name, day in told.items()}

    def seal_secret(self, name: str, secret: bytes) -> bytes:
        """Seal a partner's secret under the master key."""
        return self._master.seal(secret, _place(name, "partners"))

    def open_secret(self, name: str, sealed: bytes) -> bytes:
        """Open a partner's secret. Raise `cryptography.exceptions.InvalidTag` when it is not ours."""
        return self._master.open(sealed, _place(name, "partners"))

    async def _put_likenesses(self, conn: Conn, reference: str, people: Sequence[Person]) -> None:
        keys = [(key, each.member_id) for each in people for key in likenesses(facts(each))]
        found = sorted((self.subject_digest("likeness", key), member_id) for key, member_id in keys)
        await conn.execute(_SQL["put_likenesses"], reference, *columns(found, 2))

    async def _claim_key(self, conn: Conn, reference: str) -> Sealer:
        """Return the family's key, made if it has none, and hold it against erasing until the transaction ends."""
        fresh = self._master.seal(token_bytes(KEY), _place(reference, "family_keys"))
        wrapped = await conn.fetchval(_SQL["claim_key"], reference, fresh)
        if wrapped is None:
            raise Erased
        return self._unwrap(reference, wrapped)

    def _unwrap(self, reference: str, wrapped: bytes) -> Sealer:
        return Sealer(self._master.open(wrapped, _place(reference, "family_keys")))

    def _note(self, reference: str, row: Record) -> Note:
        place = _place(reference, "notes", str(row["note_id"]))
        text = self._unwrap(reference, row["wrapped"]).open(row["sealed"], place).decode()
        return Note(row["note_id"], row["journey_id"], row["author"], row["written_at"], text)

    def _identifiers(self, people: Sequence[Person], address: Address) -> list[Identifier]:
        """Return digest, scheme and member of everything by which these people and their household are found."""
        found: list[Identifier] = []
        for each in people:
            found.append((self.person_digest(each.surname, each.forename, each.born), "person", each.member_id))
            given = [(scheme, value) for scheme, value in each.identifiers.items() if value]
            found += [(self.subject_digest(scheme, value), scheme, each.member_id) for scheme, value in given]
        if address.uprn:
            found.append((self.subject_digest("uprn", address.uprn), "uprn", None))
        return found


async def find_people(conn: Conn, digests: Sequence[bytes]) -> list[Match]:
    """Return whom these digests name, by family and member."""
    return [Match(**dict(row)) for row in await conn.fetch(_SQL["find_people"], list(digests))]


async def depart(conn: Conn, reference: str, member_id: str, on: date) -> None:
    """Let a member be of the family no more from `on`: what partners tell of later days is not the family's."""
    await conn.execute(_SQL["depart"], reference, member_id, on)


async def departed(conn: Conn, references: Sequence[str]) -> set[tuple[str, str]]:
    """Return who has left these families, as reference and member."""
    rows = await conn.fetch(_SQL["departed"], list(references))
    return {(row["reference"], row["member_id"]) for row in rows}


def facts(person: Person) -> PersonFacts:
    """Return what is weighed of a person."""
    return PersonFacts(
        key=person.member_id,
        surname=person.surname,
        forename=person.forename,
        born=person.born,
        identifiers=person.identifiers,
    )


async def erase(conn: Conn, reference: str, at: datetime) -> bool:
    """Destroy a family's key, its vault rows and its identifiers; False when there was nothing to destroy.

    Events stay: they are pseudonymous and countable, so that claims remain auditable. Of the partner events behind them
    the inbox lets go of whom they were about and of the body's hash, which whoever holds our key could still try
    identifiers on. What no journey had yet is a stranger's again.
    """
    return bool(await conn.fetchval(_SQL["erase"], reference, at))


async def _put_identifiers(
    conn: Conn, reference: str, identifiers: list[Identifier], shared: Collection[bytes]
) -> None:
    numbers = [digest for digest, scheme, _ in identifiers if scheme != "person"]
    if len(set(numbers)) < len(numbers):
        raise IdentifierTaken(f"two members of {reference} share an identifier; look at their rows")
    digests, schemes, members = columns(identifiers, 3)
    await conn.execute(_SQL["drop_identifiers"], reference, digests, members)
    twins = [digest in shared or digest in digests[:place] for place, digest in enumerate(digests)]
    try:
        await conn.execute(_SQL["put_identifiers"], reference, digests, schemes, members, twins)
    except asyncpg.UniqueViolationError as clash:
        raise IdentifierTaken from clash


def _place(reference: str, column: str, row: str = "") -> str:
    """Name where a sealed text belongs: nobody can move it to another family, table or row unnoticed."""
    return f"{reference}/{column}/{row}"


def _spelled(person: Person) -> dict[str, Any]:
    return {name: value for name, value in asdict(person).items() if name != "member_id"}


def _person(key: Sealer, reference: str, row: Record) -> Person:
    fields = key.open_json(row["sealed"], _place(reference, "people", row["name"]))
    return Person(**{**fields, "member_id": row["name"], "born": date.fromisoformat(fields["born"])})
