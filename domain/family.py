"""Who a journey is about: the family reference, its members, and what they agreed to."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field
from stdnum.iso7064 import mod_37_36

from domain.model import Code, Value
from domain.rules.spans import Span, Spans
from domain.stays import Away, stays

# Thirty symbols without 0, 1, I, L, O and U. Thirty-one is prime, so the hybrid check of ISO 7064 (modulus
# N+1, N) catches every single mistyped symbol and all but a few swapped neighbours.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

Role = Literal["adult", "child"]
Scheme = Literal["upn", "nhs-number", "nino", "police-urn"]
MEMBER_ID = r"^m[0-9]{1,3}$"
Basis = Literal["consent", "public-task", "legal-obligation", "vital-interests", "legitimate-interests"]


def _absent(value: object) -> bool:
    return value is None


class Member(Value):
    """A person in the family, by code only: names and dates of birth stay in the vault.

    They belong to the family from `from` to `to`, both included, and without these days always, but for the times on
    which they were `away`.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    id: str = Field(pattern=MEMBER_ID)
    role: Role
    from_: date | None = Field(default=None, alias="from", exclude_if=_absent)
    to: date | None = Field(default=None, exclude_if=_absent)
    away: tuple[Away, ...] = Field(default=(), exclude_if=lambda away: not away)

    @property
    def stays(self) -> Spans:
        """The days on which they belonged."""
        return stays(self.from_, self.to, self.away)

    def belongs(self, first: date, last: date | None = None) -> bool:
        """Tell whether they belonged on a day, or on any of the days up to `last`."""
        asked = Span(first, last or first)
        return any(stay.overlaps(asked) for stay in self.stays)


class Consent(Value):
    """A recorded lawful basis for one purpose: whom it covers, which data, and for how long.

    `partners` and `categories` empty mean all that the sharing agreements name.
    """

    id: Code
    basis: Basis
    purpose: Code
    partners: tuple[Code, ...] = Field(default=(), max_length=50)
    categories: tuple[Code, ...] = Field(default=(), max_length=50)
    on: date
    expires_on: date | None = None
    withdrawn_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether this basis is in force on `day`; the day of withdrawal is no longer covered."""
        begun = self.on <= day
        expired = self.expires_on is not None and day > self.expires_on
        withdrawn = self.withdrawn_on is not None and day >= self.withdrawn_on
        return begun and not expired and not withdrawn


def reference_of(body: str) -> str:
    """Return the family reference of seven symbols drawn at random by the caller, with its check symbol."""
    return spell(body + mod_37_36.calc_check_digit(body, alphabet=ALPHABET))


def spell(symbols: str) -> str:
    """Write eight symbols as `F-XXXX-XXXX`."""
    return f"F-{symbols[:4]}-{symbols[4:]}"


def is_reference(text: str) -> bool:
    """Tell whether `text` is a family reference whose check symbol is right."""
    symbols = text.removeprefix("F-").replace("-", "")
    return text == spell(symbols) and len(symbols) == 8 and mod_37_36.is_valid(symbols, alphabet=ALPHABET)  # noqa: PLR2004 - 7 symbols and a check
