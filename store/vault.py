"""The vault: names, dates of birth, identifiers, addresses and notes, encrypted with a key per family."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from domain.family import Role
from store.pool import Conn


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
        raise NotImplementedError

    def subject_digest(self, scheme: str, identifier: str) -> bytes:
        """Return the keyed hash (32 bytes) by which an identifier is matched, however it was spaced or cased."""
        raise NotImplementedError

    def person_digest(self, surname: str, forename: str, born: date) -> bytes:
        """Return the keyed hash (32 bytes) of a person by name and date of birth, scheme `person`."""
        raise NotImplementedError

    def digests(self, people: Sequence[Person], address: Address = Address()) -> list[bytes]:
        """Return every digest by which these people and their household can be found."""
        raise NotImplementedError

    async def put_family(self, conn: Conn, reference: str, people: Sequence[Person], address: Address = Address()) -> None:
        """Keep a family, or bring it up to date; atomic, also outside a transaction.

        Raise `IdentifierTaken` when an identifier is another family's, `Erased` when the family was erased.
        """
        raise NotImplementedError

    async def read_family(self, conn: Conn, reference: str) -> FamilyRecord | None:
        """Return a family in plain words, or None when it is unknown or erased."""
        raise NotImplementedError

    async def born(self, conn: Conn, reference: str) -> dict[str, date]:
        """Return each member's date of birth by member id; empty when the family is unknown or erased."""
        raise NotImplementedError

    async def put_note(self, conn: Conn, reference: str, note: Note) -> None:
        """Keep a note; the same note id again changes nothing. Raise `Erased` when the family was erased."""
        raise NotImplementedError

    async def read_notes(self, conn: Conn, reference: str) -> list[Note]:
        """Return a family's notes, oldest first; empty when the family is unknown or erased."""
        raise NotImplementedError

    def seal_secret(self, name: str, secret: bytes) -> bytes:
        """Seal a partner's secret under the master key."""
        raise NotImplementedError

    def open_secret(self, name: str, sealed: bytes) -> bytes:
        """Open a partner's secret. Raise `cryptography.exceptions.InvalidTag` when it is not ours."""
        raise NotImplementedError


async def find_people(conn: Conn, digests: Sequence[bytes]) -> list[Match]:
    """Return whom these digests name."""
    raise NotImplementedError


async def erase(conn: Conn, reference: str, at: datetime) -> bool:
    """Destroy a family's key, its vault rows and its identifiers; False when there was nothing to destroy.

    Events stay: they are pseudonymous and countable, so that claims remain auditable.
    """
    raise NotImplementedError
