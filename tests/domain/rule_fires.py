"""What of a rule stays silent: every verdict no way of the rule's own making leads to, told by its place."""

from dataclasses import replace

from rule_evidence import World, barred, raw

from domain.rules.evaluate import evaluate
from domain.rules.grammar import (
    AllOf,
    AnyAdult,
    AnyChild,
    AnyOf,
    AtLeast,
    DatesBefore,
    EachChild,
    EachNeed,
    Held,
    WholeFamily,
)
from domain.rules.spans import DAY

DECIDED = ("met", "not_met", "insufficient")


def ways(rule, verdict, world, subject=None):
    """Return the evidence that does bring the rule to the verdict, one list a way."""
    return [way for way in raw(rule, verdict, world, subject) if verdict_of(rule, way, world, subject) == verdict]


def verdict_of(rule, way, world, subject):
    """Judge one way."""
    return evaluate(rule, world.case(way), subject).verdict


def silent(rule, world: World, subject=None, place=""):
    """Yield what of a rule, and of the rules within it, cannot fire."""
    match rule:
        case DatesBefore():
            yield from _practice(rule, world, place)
        case EachNeed():
            yield from _needs(rule, world, place)
        case EachChild():
            yield from _each_child(rule, world.with_child_for(rule), place)
        case AnyChild() | AnyAdult() | WholeFamily():
            whom = {"any-child": world.child, "any-adult": world.adult, "whole-family": None}[rule.type]
            yield from _never(rule, world, subject, place)
            yield from silent(rule.rule, world, whom, f"{place} {rule.type}")
        case AllOf() | AnyOf() | AtLeast():
            yield from _never(rule, world, subject, place)
            yield from _parts(rule, world, subject, place)
        case Held():
            yield from _never(rule, world, subject, place)
            yield from _held(rule, world, subject, place)
        case _:
            yield from _never(rule, world, subject, place)
            yield from _idle(rule, world, subject, place)


def _never(rule, world, subject, place):
    yield from (f"{place} {rule.type}: never {v}" for v in DECIDED if not ways(rule, v, world, subject))


def _idle(rule, world, subject, place):
    """Each code and each kind that a rule lists must meet it or break it by itself."""
    for verdict in DECIDED:
        for way in raw(rule, verdict, world, subject):
            if verdict_of(rule, way, world, subject) != verdict:
                told = sorted({one.kind for one in way if one.kind != "return"})
                yield f"{place} {rule.type}: not {verdict} by {', '.join(told) or 'returns'}"


def _held(rule, world, subject, place):
    yield from _idle(rule, world, subject, place)
    for kind, way in barred(rule, world, subject):
        if verdict_of(rule, way, world, subject) != "not_met":
            yield f"{place} held: {kind} bars nothing"
    if rule.since_end_of and rule.since_end_of.where and not ways(rule, "not_applicable", world, subject):
        yield f"{place} held: never not_applicable"


def _parts(rule, world, subject, place):
    """Each part must decide the whole in some way: break `all-of` alone, meet `any-of` alone."""
    for number, part in enumerate(rule.rules):
        here = f"{place} {rule.type}[{number}]"
        yield from silent(part, world, subject, here)
        others = [other for other in rule.rules if other is not part]
        if isinstance(rule, AllOf):
            beside = [one for other in others for one in next(raw(other, "met", world, subject), [])]
            broken = [[*way, *beside] for way in raw(part, "not_met", world, subject)]
            if not any(verdict_of(rule, way, world, subject) == "not_met" for way in broken):
                yield f"{here}: breaks nothing"
        elif isinstance(rule, AnyOf):
            alone = ways(part, "met", world, subject)
            if not any(verdict_of(rule, way, world, subject) == "met" for way in alone):
                yield f"{here}: meets nothing"


def _each_child(rule, world, place):
    yield from _never(rule, world, None, place)
    yield from silent(rule.rule, world, world.child, f"{place} each-child")
    if verdict_of(rule, [], replace(world, childless=True), None) != "not_applicable":
        yield f"{place} each-child: never not_applicable"
    if rule.ages and rule.ages.youngest.value > rule.ages.oldest.value:
        yield f"{place} each-child: no child is of these ages"


def _needs(rule, world, place):
    """Each need alone must reach each verdict, and a family without needs none."""
    for outcome in rule.outcomes:
        inner = outcome.rule
        here = world.with_child_for(inner) if isinstance(inner, EachChild) else world
        yield from silent(inner, here, None, f"{place} {outcome.needs[0]}")
        for need in outcome.needs:
            needy = replace(here, needs=(need,))
            for verdict in DECIDED:
                found = [
                    way for way in raw(inner, verdict, needy, None) if verdict_of(rule, way, needy, None) == verdict
                ]
                if not found:
                    yield f"{place} each-need {need}: never {verdict}"
    if verdict_of(rule, [], replace(world, needs=()), None) != "insufficient":
        yield f"{place} each-need: decided without needs"


def _practice(rule, world, place):
    first = world.case().span_of(rule.window).first
    kept = dict.fromkeys(rule.dates, first - DAY)
    cases = [(kept, "met")]
    cases += [(kept | {name: first}, "not_met") for name in rule.dates]
    cases += [(kept | {name: None}, "insufficient") for name in rule.dates]
    for dates, verdict in cases:
        if verdict_of(rule, [], replace(world, practice=dates), None) != verdict:
            yield f"{place} dates-before: never {verdict}"
