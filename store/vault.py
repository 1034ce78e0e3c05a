"""The vault: names, dates of birth, identifiers and addresses, encrypted with a key per family."""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from secrets import token_bytes
from typing import Any

import asyncpg
import orjson

from domain.births import BIRTH, Birth, birth_of
from domain.intake.identity import asked_of, likenesses
from domain.journey.commands import Personal
from store.digests import Digests, Identifier
from store.errors import Erased, IdentifierTaken
from store.people import NOWHERE, Address, FamilyRecord, Home, Person
from store.pool import Conn, columns
from store.queries import queries
from store.sealed_rows import bound_to, homes_of, opened_address, opened_person, spelled
from store.sealing import KEY, Sealer

_SQL = queries("vault")


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a subject digest names; no `member_id`: the whole family."""

    digest: bytes
    scheme: str
    reference: str
    member_id: str | None


class Vault(Digests):
    """Seals and opens what is personal. Both keys are 32 bytes; `ValueError` otherwise."""

    def __init__(self, master_key: bytes, subject_key: bytes) -> None:
        super().__init__(subject_key)
        self._master = Sealer(master_key)

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
        identifiers = self.identifiers(people)
        async with conn.transaction():
            key = await self._claim_key(conn, reference)
            members = [
                (each.member_id, key.seal_json(spelled(each), bound_to(reference, "people", each.member_id)))
                for each in people
            ]
            await conn.execute(_SQL["put_people"], reference, *columns(members, 2))
            await _put_identifiers(conn, reference, identifiers, shared)
            await self._put_likenesses(conn, reference, people)
            if address is not None:
                await self._put_first_address(conn, reference, key, address)

    async def put_person(self, conn: Conn, reference: str, person: Person, shared: Collection[bytes] = ()) -> None:
        """Keep one person of a known family, and leave everybody else as they are. Raise as `put_family` does."""
        identifiers = self.identifiers([person])
        async with conn.transaction():
            key = await self._claim_key(conn, reference)
            sealed = key.seal_json(spelled(person), bound_to(reference, "people", person.member_id))
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
            sealed = key.seal_json(asdict(address), bound_to(reference, "moves", since.isoformat()))
            await conn.execute(_SQL["put_move"], reference, since, sealed)
            await self._put_homes(conn, reference)

    async def seal_personal(self, conn: Conn, reference: str, command_id: str, said: Mapping[str, Any]) -> Personal:
        """Seal what a command says that is personal. Raise `Erased` when the family is unknown or erased."""
        key, place = await self._key(conn, reference), bound_to(reference, "commands", command_id)
        secret = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
        return Personal(sealed=b64encode(key.seal(secret, place)).decode(), digest=key.digest(secret, place))

    async def open_personal(self, conn: Conn, reference: str, command_id: str, personal: Personal) -> dict[str, Any]:
        """Return what a command says that is personal. Raise `Erased` when the family was erased."""
        key, place = await self._key(conn, reference), bound_to(reference, "commands", command_id)
        said: dict[str, Any] = key.open_json(b64decode(personal.sealed), place)
        return said

    async def seal_text(self, conn: Conn, reference: str, place: str, text: str) -> bytes:
        """Seal a text of the family's case file for its place there. Raise `Erased`."""
        key = await self._key(conn, reference)
        return key.seal(text.encode(), bound_to(reference, "texts", place))

    async def open_texts(self, conn: Conn, reference: str, sealed: Mapping[str, bytes]) -> dict[str, str]:
        """Return texts of a family's case file by their places; none of a family that was erased."""
        try:
            key = await self._key(conn, reference) if sealed else None
        except Erased:
            key = None
        if key is None:
            return {}
        return {place: key.open(text, bound_to(reference, "texts", place)).decode() for place, text in sealed.items()}

    async def find_alike(self, conn: Conn, people: Sequence[Person]) -> list[str]:
        """Return the families of people who may be these by name and date of birth; which are, is for others to say."""
        asked = {key for each in people for key in asked_of(each.facts)}
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
        people = [opened_person(key, reference, row) for row in rows if row["part"] == "person"]
        addresses = [opened_address(key, reference, row) for row in rows if row["part"] in {"address", "move"}]
        *former, home = homes_of(addresses)
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
        return key.seal_json(said, bound_to(reference, "born", effect_id))

    async def open_born(self, conn: Conn, reference: str, effect_id: str, sealed: bytes) -> dict[str, Birth]:
        """Return dates of birth as an evaluation used them. Raise `Erased` when the family was erased."""
        key = await self._key(conn, reference)
        told = key.open_json(sealed, bound_to(reference, "born", effect_id))
        return {name: BIRTH.validate_python(birth) for name, birth in told.items()}

    def seal_secret(self, name: str, secret: bytes) -> bytes:
        """Seal a partner's secret under the master key."""
        return self._master.seal(secret, bound_to(name, "partners"))

    def open_secret(self, name: str, sealed: bytes) -> bytes:
        """Open a partner's secret. Raise `cryptography.exceptions.InvalidTag` when it is not ours."""
        return self._master.open(sealed, bound_to(name, "partners"))

    async def index_homes(self, conn: Conn, reference: str) -> None:
        """Let a family be found by the UPRNs of its homes, as its addresses say."""
        await self._put_homes(conn, reference)

    async def _put_first_address(self, conn: Conn, reference: str, key: Sealer, address: Address) -> None:
        await conn.execute(
            _SQL["put_address"], reference, key.seal_json(asdict(address), bound_to(reference, "addresses"))
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
        keys = [(key, each.member_id) for each in people for key in likenesses(each.facts)]
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
        fresh = self._master.seal(token_bytes(KEY), bound_to(reference, "family_keys"))
        wrapped = await conn.fetchval(_SQL["claim_key"], reference, fresh)
        if wrapped is None:
            raise Erased
        return self._unwrap(reference, wrapped)

    def _unwrap(self, reference: str, wrapped: bytes) -> Sealer:
        return Sealer(self._master.open(wrapped, bound_to(reference, "family_keys")))


async def find_people(conn: Conn, digests: Sequence[bytes]) -> list[Match]:
    """Return whom these digests name, by family and member."""
    return [Match(**dict(row)) for row in await conn.fetch(_SQL["find_people"], list(digests))]


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
