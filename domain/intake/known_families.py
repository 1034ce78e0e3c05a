"""Which family a referral is of, once each of its people is weighed against those already known.

A family is held against the referral as a whole: who is in both, who is missing, who is new, and where each lives. What
is not plainly one family is a question, and an answer is given for each family that was asked about.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Literal

from domain.births import birth_days
from domain.errors import Rejected
from domain.intake.identity import NUMBERS, Agreement, PersonFacts, Verdict, Weighing, may_be_alike, weigh
from domain.intake.spelling import fold, plain
from domain.model import Value

IdentityAnswer = Literal["same-as", "not-the-same", "joins", "left", "also-of"]
HOME: tuple[IdentityAnswer, ...] = ("same-as", "joins")  # the referral is of that family
SHARED: tuple[IdentityAnswer, ...] = ("left", "also-of")  # its people are in this one too, from now on or besides
BABY = timedelta(days=365)
FamilyVerdict = Literal["same", "ask", "different"]


class Home(Value):
    """Where a family lives; empty what is not known."""

    lines: str = ""
    postcode: str = ""
    uprn: str = ""


class Referred(Value):
    """A referral, as far as it tells whose it is."""

    people: tuple[PersonFacts, ...]
    home: Home = Home()


class KnownFamily(Value):
    """A family we know: everybody in its records, and who was on its newest journey, which began on `begun`.

    Whoever has `left` is still in its records, and may be looked for in another family.
    """

    reference: str
    people: tuple[PersonFacts, ...]
    members: frozenset[str]
    home: Home = Home()
    begun: date | None = None
    left: frozenset[str] = frozenset()


class Pair(Value):
    """A person of the referral beside the person of a family who may be the same."""

    line: str
    member: str
    weighing: Weighing


class Comparison(Value):
    """A referral beside one family: its pairs, who of the family is `missing`, and who of the referral is `added`."""

    reference: str
    verdict: FamilyVerdict
    pairs: tuple[Pair, ...]
    home: Agreement
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    gone: bool = False  # all its people have left the family

    @property
    def of_household(self) -> bool:
        """Whether its people are plainly known, and only the household is in question."""
        return self.verdict == "ask" and all(pair.weighing.verdict == "same" for pair in self.pairs)

    @property
    def sure(self) -> Mapping[str, str]:
        """The members whom nothing makes doubtful, by line."""
        return {pair.line: pair.member for pair in self.pairs if pair.weighing.verdict == "same"}

    @property
    def lines(self) -> frozenset[str]:
        """The lines of the referral that may be of this family."""
        return frozenset(pair.line for pair in self.pairs)


class Share(Value):
    """A person of the referral who is also a person of another family, or was until now (`left`)."""

    line: str
    reference: str
    member: str
    answer: IdentityAnswer


class Settled(Value):
    """Whose referral it is: `reference` of a known family, or None for a new one; `members` by line.

    `questions` must be answered first. `left_out` are numbers (line and scheme) that are another person's.
    """

    reference: str | None = None
    members: Mapping[str, str] = {}
    shares: tuple[Share, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    questions: tuple[Comparison, ...] = ()


def compare(referred: Referred, family: KnownFamily) -> Comparison:
    """Hold a referral against a family."""
    home = where(referred.home, family.home)
    pairs = _borne_out(_paired(referred.people, family.people), home)
    paired = {pair.member for pair in pairs}
    lines = {pair.line for pair in pairs}
    missing = sorted(family.members - paired - family.left, key=_order)
    gone = bool(pairs) and paired <= family.left
    new = [each.key for each in referred.people if each.key not in lines and not _newborn(each, family.begun)]
    return Comparison(
        reference=family.reference,
        verdict="ask" if gone else _verdict(pairs, home, missing=bool(missing), added=bool(new)),
        pairs=pairs,
        home=home,
        missing=tuple(missing),
        added=tuple(sorted(new, key=_order)),
        gone=gone,
    )


def settle(
    referred: Referred, families: Sequence[KnownFamily], answers: Mapping[str, IdentityAnswer] | None = None
) -> Settled:
    """Say whose referral it is, or what must be asked first. Raise `Rejected` for answers that contradict each other.

    The order of people and families makes no difference.
    """
    answered = dict(answers or {})
    compared = {family.reference: compare(referred, family) for family in families}
    home = _home(answered, compared)
    alike = [each for each in compared.values() if each.pairs]
    open_ = [each for each in alike if each.reference not in answered]
    chosen = [compared[home]] if home else [each for each in open_ if each.verdict == "same"]
    asked = [each for each in open_ if not any(_explained(each, by) for by in chosen if by is not each)]
    plainly = [each for each in asked if each.verdict == "same"]
    if not home and len(plainly) == 1:
        home = plainly[0].reference
        asked.remove(plainly[0])
    if asked:
        return Settled(questions=tuple(sorted(asked, key=lambda each: each.reference)))
    members = _members(compared[home], answered.get(home)) if home else {}
    shares = tuple(share for each in alike for share in _shares(each, answered.get(each.reference)))
    return Settled(
        reference=home,
        members=members,
        shares=tuple(share for share in shares if share.line not in members),
        left_out=tuple(sorted({number for each in alike for number in _not_theirs(each, home, members, shares)})),
    )


def where(one: Home, other: Home) -> Agreement:
    """Tell whether two addresses are one; a UPRN says more than a postcode, and that more than how it is written."""
    if one.uprn and other.uprn and one.uprn.lstrip("0") == other.uprn.lstrip("0"):
        return "agrees"
    if one.postcode and other.postcode:
        if fold(one.postcode) != fold(other.postcode):
            return "contradicts"
        return "agrees" if not (one.lines and other.lines) else _lines(one.lines, other.lines)
    if one.lines and other.lines:
        return _lines(one.lines, other.lines)
    return "contradicts" if one.uprn and other.uprn else "silent"


def _lines(one: str, other: str) -> Agreement:
    fewer, more = sorted((set(map(plain, re.split(r"[\s,]+", each))) - {""} for each in (one, other)), key=len)
    return "agrees" if fewer <= more else "contradicts"


def _paired(referred: Sequence[PersonFacts], known: Sequence[PersonFacts]) -> tuple[Pair, ...]:
    """Pair each person with the likeliest other, nobody twice; twins that nothing tells apart pair in their order."""
    found = [
        Pair(line=one.key, member=other.key, weighing=weigh(one, other))
        for one, other in product(referred, known)
        if may_be_alike(one, other)
    ]
    found.sort(key=lambda pair: (pair.weighing.rank, _order(pair.line), _order(pair.member)))
    pairs: list[Pair] = []
    for pair in found:
        free = all(pair.line != other.line and pair.member != other.member for other in pairs)
        if free and pair.weighing.verdict != "different":
            pairs.append(pair)
    return tuple(sorted(pairs, key=lambda pair: _order(pair.line)))


def _borne_out(pairs: Sequence[Pair], home: Agreement) -> tuple[Pair, ...]:
    """Leave out a hint that nothing bears out, and take an unnamed child for the one of the same parent."""
    if len(pairs) == 1 and pairs[0].weighing.verdict == "hint" and home != "agrees":
        return ()  # one forename and birthday in common is chance
    if any(pair.weighing.verdict == "same" for pair in pairs):
        return tuple(_known_child(pair) if pair.weighing.likeness == "both-unnamed" else pair for pair in pairs)
    return tuple(pairs)


def _known_child(pair: Pair) -> Pair:
    plainly: Verdict = "same" if pair.weighing.verdict == "hint" else pair.weighing.verdict
    return pair.model_copy(update={"weighing": pair.weighing.model_copy(update={"verdict": plainly})})


def _verdict(pairs: Sequence[Pair], home: Agreement, *, missing: bool, added: bool) -> FamilyVerdict:
    if not pairs:
        return "different"
    if any(pair.weighing.verdict != "same" for pair in pairs):
        return "ask"
    if home == "agrees":
        return "same"
    if home == "contradicts":
        thin = len(pairs) == 1 and not pairs[0].weighing.numbers  # a name and a birthday, and another address
        return "ask" if missing or thin else "same"
    return "ask" if missing and added else "same"


def _newborn(person: PersonFacts, begun: date | None) -> bool:
    """Tell whether a child was born since the family was referred, or so shortly before that it was not named then."""
    days = birth_days(person.born, person.expected)
    return days is not None and begun is not None and days.first >= begun - BABY


def _home(answers: Mapping[str, IdentityAnswer], compared: Mapping[str, Comparison]) -> str | None:
    """Return the family that the answers name as the referral's own."""
    named = sorted(reference for reference, answer in answers.items() if answer in HOME)
    if len(named) > 1:
        remedy = "keep one --same-as or --joins, and answer the other with --left, --also-of or --not-the-same"
        raise Rejected("contradicting-answers", f"the referral cannot be of {' and of '.join(named)}", remedy)
    for reference in named:
        if answers[reference] == "same-as" and not compared[reference].pairs:
            remedy = f"use --joins {reference} if they join that family"
            raise Rejected("contradicting-answers", f"nobody in the referral is like anybody of {reference}", remedy)
    return named[0] if named else None


def _explained(each: Comparison, by: Comparison) -> bool:
    """Tell whether a likeness needs no question, as all its people are plainly known from another family `by`.

    A number that only this family holds is never explained away. Where both families know a person, somebody has said
    so before, and the family that more of the referral is of is the one.
    """
    if not each.lines <= by.sure.keys():
        return False
    numbers = {pair.line: set(pair.weighing.numbers) for pair in by.pairs}
    if any(set(pair.weighing.numbers) - numbers[pair.line] for pair in each.pairs):
        return False
    return each.verdict == "ask" or len(each.lines) < len(by.lines)


def _members(home: Comparison, answer: IdentityAnswer | None) -> dict[str, str]:
    """Return who of the referral is which member; who only looks like one and `joins` is somebody else."""
    return dict(home.sure) if answer == "joins" else {pair.line: pair.member for pair in home.pairs}


def _shares(each: Comparison, answer: IdentityAnswer | None) -> list[Share]:
    if answer not in SHARED:
        return []
    return [Share(line=p.line, reference=each.reference, member=p.member, answer=answer) for p in each.pairs]


def _not_theirs(
    each: Comparison, home: str | None, members: Mapping[str, str], shares: Sequence[Share]
) -> list[tuple[str, str]]:
    """Return the numbers of the referral that are somebody else's, or other than those held of the same person."""
    shared = {share.line for share in shares if share.reference == each.reference}
    own = (set(members) if each.reference == home else set()) | shared
    found: list[tuple[str, str]] = []
    for pair in each.pairs:
        wrong: Agreement = "contradicts" if pair.line in own else "agrees"
        found += [(pair.line, scheme) for scheme in _numbers(pair.weighing, wrong)]
    return found


def _numbers(weighing: Weighing, agreement: Agreement) -> list[str]:
    return [scheme for scheme in NUMBERS if weighing.fields[scheme] == agreement]


def _order(key: str) -> tuple[int, str]:
    """Order lines and member ids by the number in them."""
    digits = "".join(filter(str.isdigit, key))
    return int(digits or 0), key
