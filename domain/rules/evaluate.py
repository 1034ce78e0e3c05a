"""The evaluation of any rule: from a rule, a case and a subject to a finding.

Decided here:

- A child whose age is not certain (no date of birth, a year, a month) may be of the ages that a rule asks for, or not.
  Where that makes a difference to the family, the rule stays `insufficient` for that child.
- A family is judged by the members who belong to it on as-of.
- A family without adults fails `any-adult`, one without children `any-child`.
- A need whose rule does not apply to the family has no outcome to show: `insufficient`, as is a need without a rule,
  and a family of whom no need is known.
"""

from datetime import date
from typing import assert_never

from domain.rules.absences import not_held
from domain.rules.case import Case
from domain.rules.counting import count, fall
from domain.rules.finding import Dates, Finding, gather, sources_of
from domain.rules.grammar import (
    AgeRange,
    AllOf,
    AnyAdult,
    AnyChild,
    AnyOf,
    AtLeast,
    Count,
    DatesBefore,
    EachChild,
    EachNeed,
    Fall,
    Held,
    NotHeld,
    Rate,
    Rule,
    Started,
    WholeFamily,
)
from domain.rules.logic import all_of, any_of, at_least
from domain.rules.member import FamilyMember, Subject
from domain.rules.practice import dates_before
from domain.rules.rates import rate
from domain.rules.statuses import held, started


def evaluate(rule: Rule, case: Case, subject: Subject = None) -> Finding:  # noqa: C901, PLR0911, PLR0912  one line a part
    """Judge `subject` (None: the whole family) by the rule, and explain how."""
    match rule:
        case AllOf() | AnyOf() | AtLeast():
            return _several(rule, case, subject)
        case EachChild():
            return _each_child(rule, case)
        case AnyAdult():
            return _any_member(rule, case, "adult")
        case AnyChild():
            return _any_member(rule, case, "child")
        case WholeFamily():
            return evaluate(rule.rule, case)
        case Count():
            return count(rule, case, subject)
        case Fall():
            return fall(rule, case, subject)
        case Rate():
            return rate(rule, case, subject)
        case Held():
            return held(rule, case, subject)
        case NotHeld():
            return not_held(rule, case, subject)
        case Started():
            return started(rule, case, subject)
        case DatesBefore():
            return dates_before(rule, case)
        case EachNeed():
            return _each_need(rule, case)
        case _:
            assert_never(rule)


def _several(rule: AllOf | AnyOf | AtLeast, case: Case, subject: Subject) -> Finding:
    parts = [evaluate(part, case, subject) for part in rule.rules]
    verdicts = [part.verdict for part in parts]
    match rule:
        case AllOf():
            return gather("all of", all_of(verdicts), parts)
        case AnyOf():
            return gather("any of", any_of(verdicts), parts)
        case AtLeast():
            return gather(f"at least {rule.n}", at_least(rule.n.value, verdicts), parts)
        case _:
            assert_never(rule)


def _any_member(rule: AnyAdult | AnyChild, case: Case, role: str) -> Finding:
    parts = [_of_member(evaluate(rule.rule, case, member), member) for member in _members(case, role)]
    if not parts:
        return gather(f"any {role}", "not_met", parts, f"no {role} in the family")
    return gather(f"any {role}", any_of([part.verdict for part in parts]), parts)


def _each_need(rule: EachNeed, case: Case) -> Finding:
    parts = [_need(need, rule.rule_of(need), case) for need in case.needs]
    if not parts:
        return gather("each need", "insufficient", parts, "no need of the family is known")
    return gather("each need", all_of([part.verdict for part in parts]), parts)


def _need(need: str, rule: Rule | None, case: Case) -> Finding:
    if rule is None:
        return Finding(name=need, verdict="insufficient", note="the programme has no rule for the outcome of this need")
    found = evaluate(rule, case)
    if found.verdict != "not_applicable":
        return found.model_copy(update={"name": need})
    unshown = f"no outcome can be shown: {found.note or 'its rule does not apply'}"
    return found.model_copy(update={"name": need, "verdict": "insufficient", "note": unshown})


def _each_child(rule: EachChild, case: Case) -> Finding:
    children = [(child, _is_aged(rule, case, child)) for child in _members(case, "child")]
    found = {child.id: _child(rule, case, child) for child, aged in children if aged is not False}
    certain = all_of([found[child.id].verdict for child, aged in children if aged])
    if rule.ages is not None and certain != all_of([part.verdict for part in found.values()]):
        found |= {child.id: _of_what_age(rule.ages, case, child) for child, aged in children if aged is None}
    parts = list(found.values())
    finding = gather("each child", all_of([part.verdict for part in parts]), parts)
    days = case.days_of(rule.ages.on_first_day_of) if rule.ages else ()
    missing = {} if parts else {"window": Dates.around(days), "note": f"no child{_aged(rule.ages)} in the family"}
    return finding.model_copy(update=missing)


def _is_aged(rule: EachChild, case: Case, child: FamilyMember) -> bool | None:
    """Tell whether a child is of the ages that the rule asks for; None where that is not certain."""
    if rule.ages is None:
        return True
    days = case.days_of(rule.ages.on_first_day_of)
    ages = child.ages_on(days[0].first) if days else None
    if ages is None:
        return None
    youngest, oldest = rule.ages.youngest.value, rule.ages.oldest.value
    if ages[1] < youngest or oldest < ages[0]:
        return False
    return True if youngest <= ages[0] and ages[1] <= oldest else None


def _child(rule: EachChild, case: Case, child: FamilyMember) -> Finding:
    found = _of_member(evaluate(rule.rule, case, child), child)
    ages = sources_of(rule.ages.youngest, rule.ages.oldest) if rule.ages else ()
    return found.model_copy(update={"sources": tuple(dict.fromkeys((*found.sources, *ages)))})


def _of_what_age(ages: AgeRange, case: Case, child: FamilyMember) -> Finding:
    """Leave the rule open for a child who may or may not be of the ages that it asks for."""
    days = case.days_of(ages.on_first_day_of)
    why = case.terms_missing(ages.on_first_day_of) or _uncertain(child, days[0].first)
    return Finding(name=child.id, verdict="insufficient", window=Dates.around(days), note=why)


def _uncertain(child: FamilyMember, day: date) -> str:
    ages = child.ages_on(day)
    if ages is None:
        return "the date of birth is missing"
    return f"aged {ages[0]} to {ages[1]} on {day}: the date of birth is not certain"


def _members(case: Case, role: str) -> list[FamilyMember]:
    return [member for member in case.members if member.role == role and member.belongs(case.as_of)]


def _of_member(finding: Finding, member: FamilyMember) -> Finding:
    return finding.model_copy(update={"name": member.id})


def _aged(ages: AgeRange | None) -> str:
    return f" aged {ages.youngest.value} to {ages.oldest.value}" if ages else ""
