"""The people and the homes of a family in plain words, as they come out of the vault and go into it."""

from dataclasses import dataclass, field
from datetime import date

from domain.births import Born
from domain.family import Role
from domain.intake.identity import PersonFacts


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

    @property
    def facts(self) -> PersonFacts:
        """What is weighed of them when somebody is looked for."""
        return PersonFacts(
            key=self.member_id,
            surname=self.surname,
            forename=self.forename,
            born=self.born,
            expected=self.expected,
            identifiers=self.identifiers,
            further=self.further,
        )


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
