"""What a claim needs of the family's ages: the answers that its rules ask for, which outlive the dates of birth.

When a family is erased its dates of birth go, and whoever audits a claim must still come to the same report. So the
ledger keeps, beside each claim, how old a member was in completed years on the very days that the rules looked at: at
least and at most, where that is not certain.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from domain.claims.claim_file import ClaimFile, Pack, case_of
from domain.model import Value
from domain.rules.case import Case
from domain.rules.counting import looked_at
from domain.rules.grammar import AgeRange, Count, EachChild, Fall
from domain.rules.member import Age

Ages = Mapping[str, tuple[Age, ...]]


def ages_asked(claim: ClaimFile, pack: Pack) -> Ages:
    """Return the ages that the pack's rules may ask for on this claim, by member; none of an unknown date of birth."""
    case = case_of(claim, pack)
    asked = {question for result in pack.results for part in _parts(result) for question in _asked(part, case)}
    found: defaultdict[str, list[Age]] = defaultdict(list)
    for member_id, day in sorted(asked):
        member = case.member(member_id)
        ages = member.ages_on(day) if member else None
        if ages is not None:
            least, most = ages
            found[member_id].append(Age(on=day, years=least, most=None if most == least else most))
    return {member_id: tuple(ages) for member_id, ages in found.items()}


def with_ages(claim: ClaimFile, ages: Ages) -> ClaimFile:
    """Return the claim with these ages in the place of dates of birth."""
    members = tuple(
        member.model_copy(update={"born": None, "expected": None, "ages": ages.get(member.id, ())})
        for member in claim.family.members
    )
    return claim.model_copy(update={"family": claim.family.model_copy(update={"members": members})})


def _parts(rule: object) -> Iterator[Value]:
    """Return a rule and every rule within it."""
    if isinstance(rule, Value):
        yield rule
        for _, inner in rule:
            yield from _parts(inner)
    elif isinstance(rule, tuple):
        for inner in rule:
            yield from _parts(inner)


def _asked(part: Value, case: Case) -> Iterator[tuple[str, date]]:
    """Return whose age one rule asks for, and on which day."""
    match part:
        case EachChild(ages=AgeRange() as ages):
            first = [span.first for span in case.days_of(ages.on_first_day_of)][:1]
            yield from ((member.id, day) for member in case.members for day in first if member.role == "child")
        case Count() | Fall() if part.under_age is not None:
            windows = (part.window, part.baseline) if isinstance(part, Fall) else (part.window,)
            days = tuple(span for window in windows for span in case.days_of(window))
            yield from ((item.member, item.on) for item in looked_at(part, case, days) if item.member is not None)
        case _:
            return
