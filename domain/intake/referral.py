"""A referral on its way in: rows as they came, what they say once read, and the faults found in them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field

from domain import fault
from domain.births import Born
from domain.family import Role
from domain.intake.referral_columns import shown
from domain.model import Value
from domain.programme.programme import Programme


class Row(Value):
    """One member's cells as text; `line` is the line of a file, or the number of the member in a form."""

    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """Return the cell as it came, without the space around it."""
        return self.cells.get(column, "").strip()

    def fault(self, column: str, code: str, reason: str, remedy: str) -> "Fault":
        """Say what is wrong with a cell of this row."""
        return Fault(
            line=self.line,
            field=column,
            value=shown(self.text(column)),
            reason=reason,
            remedy=remedy,
            code=code,
            family_no=shown(self.text("family_no")),
        )


class Fault(fault.Fault):
    """Why a row was not taken. `value` is safe to show; it may be personal, so it goes to whoever sent the row only."""

    line: int
    code: str
    family_no: str = ""


@dataclass(frozen=True)
class Reading:
    """A row with what its cells say; a cell that is empty or faulty is not among the values."""

    row: Row
    values: dict[str, Any]


class Person(Value):
    """A member of a referred family, by name; `identifiers` by their scheme.

    One of the names may be empty, and `born` a month, a year or unknown; an unborn child is `expected` on a day.
    """

    line: int
    role: Role
    surname: str
    forename: str
    born: Born | None = None
    identifiers: dict[str, str]
    expected: date | None = None


class Referral(Value):
    """A referral that may be taken."""

    family_no: str
    locality: str
    referrer: str
    referred_on: date
    criteria: tuple[str, ...] = ()
    address: str | None = None
    postcode: str | None = None
    uprn: str | None = None
    people: tuple[Person, ...] = Field(min_length=1)


class Checked(Value):
    """What became of one family's rows: a referral, or faults; `dropped` are repeated rows left out of a referral.

    `notes` say what was read otherwise than it stands.
    """

    family_no: str
    lines: tuple[int, ...]
    referral: Referral | None = None
    faults: tuple[Fault, ...] = ()
    dropped: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


class Terms(Value):
    """What a referral is held against: the programme and today's date."""

    programme: Programme
    today: date
