"""The keyed hashes by which people, households and partner events are found again without keeping what they say."""

import hmac
from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from store.people import NOWHERE, Address, Person
from store.sealing import KEY, derived, keyed_hash

Identifier = tuple[bytes, str, str | None]  # digest, scheme, member


class Digests:
    """Keyed hashes under one key of 32 bytes; `ValueError` otherwise."""

    def __init__(self, subject_key: bytes) -> None:
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
        found = [digest for digest, _, _ in self.identifiers(people)]
        return [*found, *([self.subject_digest("uprn", address.uprn)] if address.uprn else [])]

    def identifiers(self, people: Sequence[Person]) -> list[Identifier]:
        """Return digest, scheme and member of everything by which these people are found."""
        found: list[Identifier] = []
        for each in people:
            if isinstance(each.born, date):
                found.append((self.person_digest(each.surname, each.forename, each.born), "person", each.member_id))
            found += [(self.subject_digest(scheme, value), scheme, each.member_id) for scheme, value in each.numbers]
        return found
