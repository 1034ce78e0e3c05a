"""The evaluation of any rule: from a rule, a case and a subject to a finding.

Decided here:

- A child whose date of birth is missing may be of the ages that a rule asks for, so the rule stays `insufficient` for
  that child, whatever the evidence says.
- A family without adults fails `any-adult`, one without children `any-child`.
- A need whose rule does not apply to the family has no outcome to show: `insufficient`, as is a need without a rule,
  and a family of whom no need is known.
"""

from typing import assert_never

from domain.rules.absences import not_held
from domain.rules.case import Case, FamilyMember, Subject
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
    parts = [_of_member(evaluate(rule.rule, case, member), member) for member in case.members if member.role == role]
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
    children = [member for member in case.members if member.role == "child"]
    parts = [part for child in children if (part := _child(rule, case, child)) is not None]
    finding = gather("each child", all_of([part.verdict for part in parts]), parts)
    days = case.days_of(rule.ages.on_first_day_of) if rule.ages else ()
    missing = {} if parts else {"window": Dates.around(days), "note": f"no child{_aged(rule.ages)} in the family"}
    return finding.model_copy(update=missing)


def _child(rule: EachChild, case: Case, child: FamilyMember) -> Finding | None:
    """Judge one child; None where the child is not of the ages that the rule asks for."""
    if rule.ages is None:
        return _of_member(evaluate(rule.rule, case, child), child)
    days = case.days_of(rule.ages.on_first_day_of)
    age = child.age_on(days[0].first) if days else None
    if age is None:
        why = "the date of birth is missing" if days else case.terms_missing(rule.ages.on_first_day_of)
        return Finding(name=child.id, verdict="insufficient", window=Dates.around(days), note=why)
    if not rule.ages.youngest.value <= age <= rule.ages.oldest.value:
        return None
    found = _of_member(evaluate(rule.rule, case, child), child)
    ages = sources_of(rule.ages.youngest, rule.ages.oldest)
    return found.model_copy(update={"sources": tuple(dict.fromkeys((*found.sources, *ages)))})


def _of_member(finding: Finding, member: FamilyMember) -> Finding:
    return finding.model_copy(update={"name": member.id})


def _aged(ages: AgeRange | None) -> str:
    return f" aged {ages.youngest.value} to {ages.oldest.value}" if ages else ""
