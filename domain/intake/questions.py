"""A question of identity put into words: the facts side by side, for whoever may read names the values too."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import get_args

from domain.intake.identity import BORN, NAME, Agreement, PersonFacts
from domain.intake.known_families import Comparison, Home, IdentityAnswer, KnownFamily, Pair, Referred
from domain.model import Code, Value

ANSWERS: tuple[IdentityAnswer, ...] = get_args(IdentityAnswer)
WORDS = {
    NAME: "name",
    BORN: "date of birth",
    "upn": "UPN",
    "nhs-number": "NHS number",
    "nino": "National Insurance number",
    "police-urn": "police URN",
}


class GivenAnswer(Value):
    """What a person answered about one known family, and why."""

    reference: str
    answer: IdentityAnswer
    why: Code


class Side(Value):
    """One fact of a referral beside the known one; no values where there are none, or for who may not read names."""

    field: str
    agreement: Agreement
    referred: str | None = None
    known: str | None = None


class PersonAsked(Value):
    """A person of the referral (by line) beside a member of a family, fact by fact."""

    line: int
    member: str
    facts: tuple[Side, ...]


class Question(Value):
    """Whether a referral is of a known family: why it may be, who of the family is missing, and how it is answered."""

    reference: str
    journey: str
    reason: str
    people: tuple[PersonAsked, ...]
    address: Side
    missing: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


class Reader:
    """Writes what is known of people as one reader may see it: by name, or by line and member id."""

    def __init__(self, referred: Referred, known: KnownFamily, *, names: bool) -> None:
        self._referred = {each.key: each for each in referred.people}
        self._known = {each.key: each for each in known.people}
        self._homes = referred.home, known.home
        self._names = names

    def line(self, line: str) -> str:
        """Name a person of the referral."""
        return self._referred[line].name.full if self._names else f"person {line}"

    def member(self, member: str) -> str:
        """Name a member of the family."""
        return self._known[member].name.full if self._names else member

    def question(self, comparison: Comparison, journey: str) -> Question:
        """Write the question that a comparison is; `journey` says how the family's newest journey stands."""
        return Question(
            reference=comparison.reference,
            journey=journey,
            reason=self.reason(comparison),
            people=tuple(self._person(pair) for pair in comparison.pairs),
            address=self._address(comparison),
            missing=tuple(map(self.member, comparison.missing)),
            answers=tuple(f"--{answer} {comparison.reference}" for answer in ANSWERS),
        )

    def reason(self, comparison: Comparison) -> str:
        """Say in a sentence what is in question."""
        if comparison.verdict == "same" or comparison.of_household:
            return self._household(comparison)
        doubtful = [pair for pair in comparison.pairs if pair.weighing.verdict != "same"]
        return "; ".join(self._doubt(pair, comparison.reference) for pair in doubtful)

    def _doubt(self, pair: Pair, reference: str) -> str:
        numbers, contradictions = pair.weighing.numbers, pair.weighing.contradictions
        if numbers and NAME in contradictions:
            what = listed([WORDS[scheme] for scheme in numbers])
            return f"the {what} of {self.line(pair.line)} is that of {self.member(pair.member)} ({reference})"
        found = [f"{_fields(pair, agreement)} {_verb(pair, agreement)}" for agreement in _SAID if _of(pair, agreement)]
        return f"{self.line(pair.line)} may be {self.member(pair.member)} of {reference}: {', '.join(found)}"

    def _household(self, comparison: Comparison) -> str:
        who = [self.line(pair.line) for pair in comparison.pairs]
        beside = [
            *self._that(list(map(self.member, comparison.missing)), "not in this referral"),
            *self._that(list(map(self.line, comparison.added)), "new"),
            *(["the address is another"] if comparison.home == "contradicts" else []),
            *(["recorded as having left"] if comparison.gone else []),
        ]
        but = f", but {listed(beside)}" if beside else ""
        return f"{listed(who)} {_is(who)} of {comparison.reference}{but}"

    @staticmethod
    def _that(who: Sequence[str], what: str) -> list[str]:
        return [f"{listed(who)} {_is(who)} {what}"] if who else []

    def _person(self, pair: Pair) -> PersonAsked:
        one, other = self._referred[pair.line], self._known[pair.member]
        facts = [
            Side(field=WORDS[field], agreement=agreement, **self._both(_value(one, field), _value(other, field)))
            for field, agreement in pair.weighing.fields.items()
            if _value(one, field) or _value(other, field)
        ]
        return PersonAsked(line=int(pair.line), member=pair.member, facts=tuple(facts))

    def _address(self, comparison: Comparison) -> Side:
        one, other = self._homes
        return Side(field="address", agreement=comparison.home, **self._both(_written(one), _written(other)))

    def _both(self, referred: str, known: str) -> dict[str, str | None]:
        return {"referred": referred or None, "known": known or None} if self._names else {}


_SAID: Mapping[Agreement, tuple[str, str]] = {
    "agrees": ("agrees", "agree"),
    "looks-alike": ("is nearly the same", "are nearly the same"),
    "contradicts": ("contradicts", "contradict"),
}


def by_what(pair: Pair) -> str:
    """Say by what a person is known."""
    return _fields(pair, "agrees")


def listed(parts: Sequence[str]) -> str:
    """Write parts as people do: `a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _is(who: Sequence[str]) -> str:
    return "is" if len(who) == 1 else "are"


def how_it_stands(stage: str | None, outcome: str | None, day: date | None) -> str:
    """Say how a family's newest journey stands; `day` is its close, or its referral while it is open."""
    if stage is None:
        return "no journey yet"
    if stage == "closed":
        return f"closed {day}, {outcome}"
    return f"open at {stage}, referred {day}"


def _of(pair: Pair, agreement: Agreement) -> list[str]:
    said = [WORDS[field] for field, found in pair.weighing.fields.items() if found == agreement]
    if pair.weighing.likeness != "forename":
        return said
    box: dict[Agreement, str] = {"agrees": "forename", "contradicts": "surname"}
    return [*([box[agreement]] if agreement in box else []), *(word for word in said if word != WORDS[NAME])]


def _fields(pair: Pair, agreement: Agreement) -> str:
    return listed(_of(pair, agreement))


def _verb(pair: Pair, agreement: Agreement) -> str:
    one, several = _SAID[agreement]
    return one if len(_of(pair, agreement)) == 1 else several


def _value(person: PersonFacts, field: str) -> str:
    if field == NAME:
        return person.name.full
    if field == BORN:
        return str(person.born or "") or (f"expected {person.expected}" if person.expected else "")
    return ", ".join(sorted(person.numbers(field)))


def _written(home: Home) -> str:
    return ", ".join(part for part in (home.lines, home.postcode) if part) or home.uprn
