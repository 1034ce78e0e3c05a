"""The vault: names, dates of birth, identifiers and addresses, encrypted with a key per family."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import asyncpg
import orjson

from domain.births import BIRTH, BORN, Birth, Born, birth_of
from domain.family import Role
from domain.intake.identity import PersonFacts, asked_of, likenesses
from domain.journey.commands import Personal
from store.errors import Erased, IdentifierTaken
from store.pool import Conn, Record, columns
from store.queries import queries
from store.sealing import KEY, Sealer, derived, keyed_hash

_SQL = queries("vault")
Identifier = tuple[bytes, str, str | None]  # digest, scheme, member


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the family in plain words; `identifiers` maps a scheme (`upn`, `nhs-number`, ...) to its value.

    `born` is a day, a month or a year, or None where nothing is known; an unborn child is `expected` on a day.
    `further` are more numbers of a scheme that has one already. Either name may be empty.
    """

    member_id: str
    role: Role
    surname: str
    forename: str
    born: Born | None = None
    identifiers: dict[str, str] = field(default_factory=dict)
    expected: date | None = None
    phone: str = ""
    email: str = ""
    further: tuple[tuple[str, str], ...] = ()

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """Every identifier, as scheme and value."""
        return [(scheme, value) for scheme, value in (*self.identifiers.items(), *self.further) if value]


@dataclass(frozen=True, slots=True)
class Address:
    """Where the family lives; `uprn` names the household to partners."""

    lines: str = ""
    postcode: str = ""
    uprn: str = ""


NOWHERE = Address()


@dataclass(frozen=True, slots=True)
class Home:
    """An address that the family lived at, `since` a day (None: since before anything is known) and `until` another."""

    address: Address
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class FamilyRecord:
    """What the vault holds of one family; `address` is the present one, `since` a day, `former` are those before."""

    reference: str
    people: tuple[Person, ...]
    address: Address
    since: date | None = None
    former: tuple[Home, ...] = ()

    def person(self, member_id: str | None) -> Person | None:
        """Return a person by member id."""
        return next((each for each in self.people if each.member_id == member_id), None)

    def home_on(self, day: date) -> Home:
        """Return where the family lived on a day; on the day of a move that is the new home."""
        homes = (*self.former, Home(self.address, self.since))
        return next(home for home in reversed(homes) if home.since is None or home.since <= day)


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
        """Return the keyed hash (32 bytes) of a person by name and date of birth, scheme `person`.

        Whose date of birth is not known to the day has none: a name alone is no proof of who somebody is.
        """
        return self.subject_digest("person", f"{surname} / {forename} / {born.isoformat()}")

    def digests(self, people: Sequence[Person], address: Address = NOWHERE) -> list[bytes]:
        """Return every digest by which these people and their household can be found."""
        found = [digest for digest, _, _ in self._identifiers(people)]
        return [*found, *([self.subject_digest("uprn", address.uprn)] if address.uprn else [])]

    async def put_family(
        self,
        conn: Conn,
        reference: str,
        people: Sequence[Person],
        address: Address | None = NOWHERE,
        shared: Collection[bytes] = (),
    ) -> None:
        """Keep a family, or bring it up to date; atomic, also outside a transaction.

        The address is the one it has lived at since before anything is known; None: leave its addresses as they are.
        Raise `IdentifierTaken` when an identifier is another family's and its digest is not among those that `shared`
        allows, `Erased` when the family was erased.
        """
        identifiers = self._identifiers(people)
        async with conn.transaction():
            key = await self._claim_key(conn, reference)
            members = [
                (each.member_id, key.seal_json(_spelled(each), _place(reference, "people", each.member_id)))
                for each in people
            ]
            await conn.execute(_SQL["put_people"], reference, *columns(members, 2))
            await _put_identifiers(conn, reference, identifiers, shared)
            await self._put_likenesses(conn, reference, people)
            if address is not None:
                await self._put_first_address(conn, reference, key, address)

    async def put_person(self, conn: Conn, reference: str, person: Person, shared: Collection[bytes] = ()) -> None:
        """Keep one person of a known family, and leave everybody else as they are. Raise as `put_family` does."""
        identifiers = self._identifiers([person])
        async with conn.transaction():
            key = await self._claim_key(conn, reference)
            sealed = key.seal_json(_spelled(person), _place(reference, "people", person.member_id))
            await conn.execute(_SQL["put_person"], reference, person.member_id, sealed)
            await _put_identifiers(conn, reference, identifiers, shared, person.member_id)
            await self._put_likenesses(conn, reference, [person], person.member_id)

    async def put_address(self, conn: Conn, reference: str, address: Address, since: date | None) -> None:
        """Keep where a family lives since a day; None: in the place of its first address. Raise `Erased`."""
        async with conn.transaction():
            key = await self._claim_key(conn, reference)
            if since is None:
                await self._put_first_address(conn, reference, key, address)
                return
            sealed = key.seal_json(asdict(address), _place(reference, "moves", since.isoformat()))
            await conn.execute(_SQL["put_move"], reference, since, sealed)
            await self._put_homes(conn, reference)

    async def seal_personal(self, conn: Conn, reference: str, command_id: str, said: Mapping[str, Any]) -> Personal:
        """Seal what a command says that is personal. Raise `Erased` when the family is unknown or erased."""
        key, place = await self._key(conn, reference), _place(reference, "commands", command_id)
        secret = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
        return Personal(sealed=b64encode(key.seal(secret, place)).decode(), digest=key.digest(secret, place))

    async def open_personal(self, conn: Conn, reference: str, command_id: str, personal: Personal) -> dict[str, Any]:
        """Return what a command says that is personal. Raise `Erased` when the family was erased."""
        key, place = await self._key(conn, reference), _place(reference, "commands", command_id)
        said: dict[str, Any] = key.open_json(b64decode(personal.sealed), place)
        return said

    async def seal_text(self, conn: Conn, reference: str, place: str, text: str) -> bytes:
        """Seal a text of the family's case file for its place there. Raise `Erased`."""
        key = await self._key(conn, reference)
        return key.seal(text.encode(), _place(reference, "texts", place))

    async def open_texts(self, conn: Conn, reference: str, sealed: Mapping[str, bytes]) -> dict[str, str]:
        """Return texts of a family's case file by their places; none of a family that was erased."""
        try:
            key = await self._key(conn, reference) if sealed else None
        except Erased:
            key = None
        if key is None:
            return {}
        return {place: key.open(text, _place(reference, "texts", place)).decode() for place, text in sealed.items()}

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
        *former, home = _homes([_address(key, reference, row) for row in rows if row["part"] in {"address", "move"}])
        return FamilyRecord(
            reference=reference,
            people=tuple(sorted(people, key=lambda each: int(each.member_id[1:]))),
            address=home.address,
            since=home.since,
            former=tuple(former),
        )

    async def read_held(self, conn: Conn, reference: str) -> FamilyRecord | None:
        """Return a family as `read_family` does, and let nobody change or erase it until the transaction ends."""
        try:
            await self._claim_key(conn, reference)
        except Erased:
            return None
        return await self.read_family(conn, reference)

    async def born(self, conn: Conn, reference: str) -> dict[str, Birth]:
        """Return what is known of each member's birth; empty when nothing is, or the family is unknown or erased."""
        family = await self.read_family(conn, reference)
        known = {each.member_id: birth_of(each.born, each.expected) for each in family.people} if family else {}
        return {member_id: birth for member_id, birth in known.items() if birth is not None}

    async def seal_born(self, conn: Conn, reference: str, effect_id: str, born: Mapping[str, Birth]) -> bytes:
        """Seal dates of birth as an evaluation used them: they go when the family is erased. Raise `Erased`."""
        key = await self._claim_key(conn, reference)
        said = {name: BIRTH.dump_python(birth, mode="json") for name, birth in born.items()}
        return key.seal_json(said, _place(reference, "born", effect_id))

    async def open_born(self, conn: Conn, reference: str, effect_id: str, sealed: bytes) -> dict[str, Birth]:
        """Return dates of birth as an evaluation used them. Raise `Erased` when the family was erased."""
        key = await self._key(conn, reference)
        told = key.open_json(sealed, _place(reference, "born", effect_id))
        return {name: BIRTH.validate_python(birth) for name, birth in told.items()}

    def seal_secret(self, name: str, secret: bytes) -> bytes:
        """Seal a partner's secret under the master key."""
        return self._master.seal(secret, _place(name, "partners"))

    def open_secret(self, name: str, sealed: bytes) -> bytes:
        """Open a partner's secret. Raise `cryptography.exceptions.InvalidTag` when it is not ours."""
        return self._master.open(sealed, _place(name, "partners"))

    async def index_homes(self, conn: Conn, reference: str) -> None:
        """Let a family be found by the UPRNs of its homes, as its addresses say."""
        await self._put_homes(conn, reference)

    async def _put_first_address(self, conn: Conn, reference: str, key: Sealer, address: Address) -> None:
        await conn.execute(
            _SQL["put_address"], reference, key.seal_json(asdict(address), _place(reference, "addresses"))
        )
        await self._put_homes(conn, reference)

    async def _put_homes(self, conn: Conn, reference: str) -> None:
        """Keep by which UPRN a family is found on which days, as its addresses say."""
        family = await self.read_family(conn, reference)
        lived = (*family.former, Home(family.address, family.since)) if family else ()
        homes = [
            (self.subject_digest("uprn", home.address.uprn), home.since, home.until)
            for home in lived
            if home.address.uprn
        ]
        await conn.execute(_SQL["put_homes"], reference, *columns(homes, 3))

    async def _put_likenesses(
        self, conn: Conn, reference: str, people: Sequence[Person], of: str | None = None
    ) -> None:
        keys = [(key, each.member_id) for each in people for key in likenesses(facts(each))]
        found = sorted((self.subject_digest("likeness", key), member_id) for key, member_id in keys)
        await conn.execute(_SQL["put_likenesses"], reference, *columns(found, 2), of)

    async def _key(self, conn: Conn, reference: str) -> Sealer:
        """Return the key of a known family. Raise `Erased` when there is none."""
        rows = await conn.fetch(_SQL["read_family"], reference)
        wrapped = next((row["sealed"] for row in rows if row["part"] == "key"), None)
        if wrapped is None:
            raise Erased
        return self._unwrap(reference, wrapped)

    async def _claim_key(self, conn: Conn, reference: str) -> Sealer:
        """Return the family's key, made if it has none, and hold it against erasing until the transaction ends."""
        fresh = self._master.seal(token_bytes(KEY), _place(reference, "family_keys"))
        wrapped = await conn.fetchval(_SQL["claim_key"], reference, fresh)
        if wrapped is None:
            raise Erased
        return self._unwrap(reference, wrapped)

    def _unwrap(self, reference: str, wrapped: bytes) -> Sealer:
        return Sealer(self._master.open(wrapped, _place(reference, "family_keys")))

    def _identifiers(self, people: Sequence[Person]) -> list[Identifier]:
        """Return digest, scheme and member of everything by which these people are found."""
        found: list[Identifier] = []
        for each in people:
            if isinstance(each.born, date):
                found.append((self.person_digest(each.surname, each.forename, each.born), "person", each.member_id))
            found += [(self.subject_digest(scheme, value), scheme, each.member_id) for scheme, value in each.numbers]
        return found


async def find_people(conn: Conn, digests: Sequence[bytes]) -> list[Match]:
    """Return whom these digests name, by family and member."""
    return [Match(**dict(row)) for row in await conn.fetch(_SQL["find_people"], list(digests))]


def facts(person: Person) -> PersonFacts:
    """Return what is weighed of a person."""
    return PersonFacts(
        key=person.member_id,
        surname=person.surname,
        forename=person.forename,
        born=person.born,
        expected=person.expected,
        identifiers=person.identifiers,
        further=person.further,
    )


async def erase(conn: Conn, reference: str, at: datetime) -> bool:
    """Destroy a family's key, its vault rows and its identifiers; False when there was nothing to destroy.

    Events stay: they are pseudonymous and countable, so that claims remain auditable. Of the partner events behind them
    the inbox lets go of whom they were about and of the body's hash, which whoever holds our key could still try
    identifiers on. What no journey had yet is a stranger's again.
    """
    return bool(await conn.fetchval(_SQL["erase"], reference, at))


async def _put_identifiers(
    conn: Conn,
    reference: str,
    identifiers: list[Identifier],
    shared: Collection[bytes],
    of: str | None = None,
) -> None:
    numbers = [digest for digest, scheme, _ in identifiers if scheme != "person"]
    if len(set(numbers)) < len(numbers):
        raise IdentifierTaken(f"two members of {reference} share an identifier; look at their rows")
    digests, schemes, members = columns(identifiers, 3)
    await conn.execute(_SQL["drop_identifiers"], reference, digests, members, of)
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
    return Person(
        **{
            **fields,
            "member_id": row["name"],
            "born": None if fields["born"] is None else BORN.validate_python(fields["born"]),
            "expected": date.fromisoformat(fields["expected"]) if fields.get("expected") else None,
            "further": tuple((scheme, value) for scheme, value in fields.get("further", ())),
        }
    )


def _address(key: Sealer, reference: str, row: Record) -> tuple[date | None, Address]:
    """Return an address with the day since which it holds."""
    if row["part"] == "address":
        return None, Address(**key.open_json(row["sealed"], _place(reference, "addresses")))
    return date.fromisoformat(row["name"]), Address(
        **key.open_json(row["sealed"], _place(reference, "moves", row["name"]))
    )


def _homes(addresses: Sequence[tuple[date | None, Address]]) -> list[Home]:
    """Return where a family lived, the present home last: each until the next; a family without one lives nowhere."""
    dated = sorted(addresses, key=lambda each: each[0] or date.min)
    if not dated or dated[0][0] is not None:
        dated.insert(0, (None, NOWHERE))
    ends = [since for since, _ in dated[1:]]
    homes = [Home(address, since, until) for (since, address), until in zip(dated, [*ends, None], strict=True)]
    return [home for home in homes if home.address != NOWHERE or home is homes[-1]]
