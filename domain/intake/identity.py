"""Whether two records are of one person: what agrees, what contradicts, and what the two together say.

A hit is no proof. Whatever contradicts makes a question of it, which a person answers; nothing here merges. A birth
that is not known to the day, and a single name, prove nothing by themselves: with them, too, it is a question.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal, assert_never

from domain.births import Born, birth_days
from domain.intake.spelling import Name, fold, near, near_days, plain, swapped_days, words
from domain.intake.unnamed import unnamed
from domain.model import Value

Agreement = Literal["agrees", "looks-alike", "contradicts", "silent"]
Verdict = Literal["same", "ask", "hint", "different"]
NameLikeness = Literal["agrees", "variant", "alike", "unnamed", "both-unnamed", "forename", "contradicts"]

NAME, BORN = "name", "date_of_birth"
NUMBERS = ("upn", "nhs-number", "nino", "police-urn")  # each is one person's and no other's
LIKELY: tuple[Verdict, ...] = ("same", "ask", "hint", "different")


class PersonFacts(Value):
    """What one record says of a person; `key` is its line in a referral, or the member's id in a family."""

    key: str
    surname: str
    forename: str
    born: Born | None
    expected: date | None = None
    identifiers: Mapping[str, str] = {}
    further: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> Name:
        """The name."""
        return Name(surname=self.surname, forename=self.forename)

    def number(self, scheme: str) -> str:
        """Return an identifier in one spelling; empty where the record has none."""
        return _spelled(self.identifiers.get(scheme, ""))

    def numbers(self, scheme: str) -> frozenset[str]:
        """Return every identifier of a scheme in one spelling."""
        more = (_spelled(number) for other, number in self.further if other == scheme)
        return frozenset(number for number in (self.number(scheme), *more) if number)


class Weighing(Value):
    """What two records say together.

    `hint` is too little by itself: two of one family, or an address in common, make it a question. `likeness` is what
    the names have in common; both are the same whichever record comes first.
    """

    verdict: Verdict
    likeness: NameLikeness
    fields: Mapping[str, Agreement]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The identifiers that agree."""
        return tuple(scheme for scheme in NUMBERS if self.fields[scheme] == "agrees")

    @property
    def contradictions(self) -> tuple[str, ...]:
        """The fields that contradict."""
        return tuple(field for field, agreement in self.fields.items() if agreement == "contradicts")

    @property
    def rank(self) -> tuple[int, int, int]:
        """How likely the two are one, the likeliest first: by verdict, by numbers in common, by fields that agree."""
        agreeing = [field for field, agreement in self.fields.items() if agreement == "agrees"]
        return LIKELY.index(self.verdict), -len(self.numbers), len(self.contradictions) - len(agreeing)


def weigh(one: PersonFacts, other: PersonFacts) -> Weighing:
    """Weigh two records field by field. Never `same` where anything contradicts."""
    likeness = _likeness(one.name, other.name)
    fields: dict[str, Agreement] = {NAME: _of_name(likeness), BORN: _of_births(one, other)}
    fields |= {scheme: _of_numbers(one.numbers(scheme), other.numbers(scheme)) for scheme in NUMBERS}
    swapped = fields[BORN] == "looks-alike"  # a birth known in part may be the other, as one with swapped figures may
    if isinstance(one.born, date) and isinstance(other.born, date):
        swapped = swapped_days(one.born, other.born)
    return Weighing(verdict=_verdict(likeness, fields, swapped=swapped), likeness=likeness, fields=fields)


def may_be_alike(one: PersonFacts, other: PersonFacts) -> bool:
    """Tell cheaply whether weighing two records can come to anything."""
    numbers = any(not one.numbers(scheme).isdisjoint(other.numbers(scheme)) for scheme in NUMBERS)
    return numbers or not asked_of(one).isdisjoint(likenesses(other))


def likenesses(person: PersonFacts) -> frozenset[str]:
    """Return the keys under which a person is looked up: records that `weigh` may find alike have one in common.

    A record without any is found by its numbers only. The keys are personal: hash them before they are kept.
    """
    found = words(person.name)
    name = "+".join(sorted((plain(person.surname), plain(person.forename))))
    if not isinstance(person.born, date):
        year = frozenset({f"{name} {person.born[:4]}"} if person.born else ())
        return frozenset({f"name {name}", f"undated {name}"}) | year
    day = person.born
    initials = "".join(sorted(part[:1] for part in (plain(person.surname), plain(person.forename))))
    dated = {f"{word} {day}" for word in found} | {f"initials {initials} {day}"}
    return frozenset(dated | {f"name {name}", f"{name} {day:%Y}", f"{name} {day:%m-%d}"})


def asked_of(person: PersonFacts) -> frozenset[str]:
    """Return the keys to look a person up by; a name alone finds whose date of birth is not known."""
    if not isinstance(person.born, date):
        return likenesses(person)
    name = "+".join(sorted((plain(person.surname), plain(person.forename))))
    return likenesses(person) - {f"name {name}"} | {f"undated {name}"}


def _likeness(one: Name, other: Name) -> NameLikeness:
    surnames, forenames = (plain(one.surname), plain(other.surname)), (plain(one.forename), plain(other.forename))
    nameless = unnamed(one.forename), unnamed(other.forename)
    if surnames[0] == surnames[1] and any(nameless):
        return "both-unnamed" if all(nameless) else "unnamed"
    return _of_full_names(one, other) if all(surnames) else _of_forenames(*forenames)


def _of_forenames(one: str, other: str) -> NameLikeness:
    """Hold two forenames against each other where a surname is not known: one in common says little."""
    return "unnamed" if one == other else "contradicts"


def _of_full_names(one: Name, other: Name) -> NameLikeness:
    surnames, forenames = (plain(one.surname), plain(other.surname)), (plain(one.forename), plain(other.forename))
    if (fold(one.surname), fold(one.forename)) == (fold(other.surname), fold(other.forename)):
        return "agrees"
    if _variant(one, other, surnames, forenames):
        return "variant"
    if near(*surnames) and near(*forenames):
        return "alike"
    if near(surnames[0], forenames[1]) and near(forenames[0], surnames[1]):
        return "alike"
    return "forename" if forenames[0] == forenames[1] else "contradicts"


def _variant(one: Name, other: Name, surnames: tuple[str, str], forenames: tuple[str, str]) -> bool:
    """Tell whether names differ in accents, in the box they stand in, or in how many of their words are given."""
    if surnames[0] == surnames[1] and forenames[0] == forenames[1]:
        return True
    if (surnames[0], forenames[0]) == (forenames[1], surnames[1]):
        return True
    fewer, more = sorted((words(one), words(other)), key=len)
    enough = 2  # a single word in common is no name
    return len(fewer) >= enough and fewer <= more


def _of_name(likeness: NameLikeness) -> Agreement:
    match likeness:
        case "agrees":
            return "agrees"
        case "variant" | "alike":
            return "looks-alike"
        case "unnamed" | "both-unnamed":
            return "silent"
        case "forename" | "contradicts":
            return "contradicts"
        case _:
            assert_never(likeness)


def _of_births(one: PersonFacts, other: PersonFacts) -> Agreement:
    """Hold two births against each other; one known by month or year looks like every day of it."""
    if isinstance(one.born, date) and isinstance(other.born, date):
        if one.born == other.born:
            return "agrees"
        return "looks-alike" if near_days(one.born, other.born) else "contradicts"
    days = birth_days(one.born, one.expected), birth_days(other.born, other.expected)
    if days[0] is None or days[1] is None:
        return "silent"
    if not days[0].overlaps(days[1]):
        return "contradicts"
    return "looks-alike" if one.born is not None and other.born is not None else "silent"


def _of_numbers(one: frozenset[str], other: frozenset[str]) -> Agreement:
    if not one or not other:
        return "silent"
    return "agrees" if one & other else "contradicts"


def _spelled(number: str) -> str:
    return "".join(number.upper().split())


def _verdict(likeness: NameLikeness, fields: Mapping[str, Agreement], *, swapped: bool) -> Verdict:
    numbers = [fields[scheme] for scheme in NUMBERS]
    if "agrees" in numbers:
        doubtful = "contradicts" in fields.values() or fields[BORN] == "looks-alike"
        return "ask" if doubtful else "same"
    if swapped and likeness == "agrees" and "contradicts" not in numbers:
        return "ask"
    return _by_name(likeness, fields[BORN], contradicted="contradicts" in numbers)


def _by_name(likeness: NameLikeness, born: Agreement, *, contradicted: bool) -> Verdict:
    """Weigh name and date of birth alone, `contradicted` by a number or not."""
    if born == "agrees" and likeness in {"agrees", "variant"}:
        return "same" if likeness == "agrees" and not contradicted else "ask"
    if contradicted:
        return "different"  # twins of one surname, father and son: near, and each with a number of their own
    if (born, likeness) == ("agrees", "alike"):
        return "ask"
    if born == "agrees" and likeness in {"forename", "unnamed", "both-unnamed"}:
        return "hint"
    return "hint" if likeness == "agrees" and born in {"silent", "looks-alike"} else "different"
