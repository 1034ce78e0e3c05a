"""What of a pack stays silent: clocks, rungs, checks, evaluations, notices, criteria and payments that never come."""

from datetime import date
from types import SimpleNamespace

from given import (
    AT_WORK,
    HELD,
    LOWERED,
    PLANNED,
    STARTED_ON,
    STEPPED_DOWN_ON,
    at,
    fact,
    identified,
    not_eligible,
    referred,
)
from rule_evidence import World, raw
from rule_fires import silent

from domain.calendar import add_months, calendar_of
from domain.claims.claim_file import ClaimFile, Family, Practice, check
from domain.family import Consent
from domain.journey import events as e
from domain.journey.agenda import agenda, due_on
from domain.journey.consent import refusal
from domain.journey.effects import EvaluateResults, Notify
from domain.journey.evolve import evolve, fold
from domain.journey.react import react
from domain.rules.grammar import EachNeed
from domain.rules.payment import payable
from domain.rules.spans import DAY, Span
from domain.rules.windows import ChangingNumber
from tests.domain.arbitrary import EVENTS
from tests.facts import decide

OFFERED = fact(e.HandoverOffered, AT_WORK[-1].on, to="lee")
REGRESSED = fact(e.CheckRecorded, add_months(STEPPED_DOWN_ON, 6), months=6, verdict="regressed")
UNCLEAR = REGRESSED.model_copy(update={"verdict": "insufficient"})
PROPOSED = fact(
    e.ClawbackProposed,
    add_months(STEPPED_DOWN_ON, 6),
    claim_id="claim-1",
    result="work",
    limb="in-work",
    verdict_before="met",
    verdict_after="not_met",
    amount_before=1600,
    amount_after=0,
    as_of=STEPPED_DOWN_ON,
    cause="a",
)
OWED = {
    "identification": (referred,),
    "allocation": (referred, identified),
    "first-contact": HELD,
    "assessment": HELD,
    "plan": PLANNED[:-1],
    "intervention-start": PLANNED,
    "plan-review": AT_WORK,
    "check": LOWERED,
    "regression-response": (*LOWERED, REGRESSED),
    "check-decision": (*LOWERED, UNCLEAR, UNCLEAR),
    "handover-answer": (*AT_WORK, OFFERED),
    "clawback-decision": (*LOWERED, PROPOSED),
    "handover-refusal": (*AT_WORK, OFFERED, fact(e.HandoverRefused, AT_WORK[-1].on, reason="too-far")),
    "close": (referred, not_eligible),
}
LOWERED_WORK = {"check", "regression-response", "check-decision"}


def silent_parts(pack):
    """Yield everything that the pack sets and that never happens, each told by its place."""
    yield from _clocks(pack)
    yield from _checks(pack)
    yield from _evaluations(pack)
    yield from _notices(pack)
    yield from _criteria(pack)
    yield from _results(pack)
    yield from _attachments(pack)


def _clocks(pack):
    """Each rung falls due on the right person, and an escalation takes over what was not answered."""
    calendar = calendar_of(pack.nation)
    for clock in pack.clocks:
        if clock.work in LOWERED_WORK and not pack.goes_through("step-down"):
            continue  # a pack without step-down keeps the common clocks and owes no check
        journey = fold(OWED[clock.work])
        owed = [due for due in agenda(journey, pack, calendar) if due.work == clock.work]
        planned = {(due.id.rpartition(".")[2], due.to) for due in owed}
        wanted = {
            (
                f"{'escalate' if rung.escalate else 'remind'}{rung.at:+d}",
                rung.to or (clock.escalate_to if rung.escalate else clock.owner),
            )
            for rung in clock.rungs
        }
        yield from (f"clock {clock.work}: {rung} to {to} is never due" for rung, to in sorted(wanted - planned))
        happened = decide(journey, at(max((due.at for due in owed), default=at_noon())), pack) if owed else []
        told = [event for event in happened if event.type == "reminder-fell-due" and event.work == clock.work]
        if len(told) < len(wanted):
            yield f"clock {clock.work}: {len(told)} of {len(wanted)} rungs fell due"
        if any(r.escalate for r in clock.rungs) and not any(event.type == "reminder-escalated" for event in happened):
            yield f"clock {clock.work}: nothing is escalated"


def at_noon():
    """A moment that is never looked at."""
    return referred.at


def _checks(pack):
    """Each month is owed in its turn on its day, and an insufficient check again after the grace."""
    if pack.checks is None or not pack.goes_through("step-down"):
        return
    calendar, journey = calendar_of(pack.nation), fold(LOWERED)
    for months in pack.checks.months:
        day = add_months(STEPPED_DOWN_ON, months)
        if (found := due_on(journey, journey.owes("check"), pack, calendar)) != day:
            yield f"check at {months} months: due {found} instead of {day}"
        asked = [due.due_on for due in agenda(journey, pack, calendar) if due.kind == "ask"]
        if asked != [day] * (pack.checks.ask_months_before is not None):
            yield f"check at {months} months: evidence asked for {asked}"
        again = evolve(journey, fact(e.CheckRecorded, day, months=months, verdict="insufficient"))
        if due_on(again, again.owes("check"), pack, calendar) != add_months(day, pack.checks.grace_months):
            yield f"check at {months} months: no grace"
        journey = evolve(journey, fact(e.CheckRecorded, day, months=months, verdict="sustained"))
    if not any(due.work == "close" for due in agenda(journey, pack, calendar)) and pack.clock("close"):
        yield "clock close: not owed after the last check"


def _evaluations(pack):
    if pack.evaluations is None:
        return
    calendar, journey = calendar_of(pack.nation), fold(AT_WORK)
    for months in pack.evaluations.months:
        day = add_months(STARTED_ON, months)
        due = [one for one in agenda(journey, pack, calendar) if one.months == months and one.due_on == day]
        fell = [
            event for one in due for event in decide(journey, at(one.at), pack) if getattr(event, "as_of", 0) == day
        ]
        effects = [effect for event in fell for effect in react(evolve(journey, event), event, pack)]
        if not [effect for effect in effects if isinstance(effect, EvaluateResults) and effect.as_of == day]:
            yield f"evaluation at {months} months: never falls due"


def _notices(pack):
    """Each partner of each notice is told, and may be told by its agreement where the family consents."""
    types = {kind.model_fields["type"].default for kind in EVENTS}
    for notice in pack.notices:
        place = f"notice {notice.event}"
        if notice.event not in types:
            yield f"{place}: no such event"
            continue
        for partner in notice.partners if pack.agreements else ():  # without any, the pack is there to be extended
            senders = [held.partner for held in pack.agreements] if partner == "referrer" else [partner]
            if all(_untold(pack, notice, sender) for sender in senders):
                yield f"{place}: {partner} is never sent this"


def _untold(pack, notice, partner):
    agreement = next((held for held in pack.agreements if held.partner == partner), None)
    if agreement is None:
        return True
    day = agreement.valid_from
    consent = Consent(id="k", basis="public-task", purpose=notice.purpose, on=day)
    journey = fold(LOWERED).model_copy(update={"referrer": partner, "consents": (consent,)})
    event = SimpleNamespace(type=notice.event, at=referred.at, on=day)
    effects = react(journey, event, pack)
    told = [one for one in effects if isinstance(one, Notify) and (one.partner, one.about) == (partner, notice.event)]
    return not told or agreement.channel is None or refusal(journey, told[0], pack, day) is not None


def _criteria(pack):
    """Each criterion makes a family eligible that would not be without it."""
    criteria, required = (pack.eligibility.criteria, pack.eligibility.required) if pack.eligibility else ((), ())
    for criterion in criteria:
        beside = [
            other.id for other in criteria if pack.eligibility.counting == "criteria" or other.group != criterion.group
        ]
        without = [name for name in required if name != criterion.id]
        for other in beside:
            enough = pack.judge_needs([*without, criterion.id]).eligible
            if other != criterion.id and not enough and not pack.judge_needs([*without, other]).eligible:
                without.append(other)
        judged = pack.judge_needs([*without, criterion.id])
        if pack.judge_needs(without).eligible or not judged.eligible or criterion.id not in judged.counted:
            yield f"criterion {criterion.id}: never counts"


def _results(pack):
    for result in pack.results:
        for as_of in _days(pack, result):
            world = _world(pack, result, as_of)
            for limb in result.limbs:
                yield from silent(limb.rule, world, None, f"{result.name} {limb.name} on {as_of}:")
            if result.practice:
                yield from silent(result.practice, world, None, f"{result.name} practice:")
        for tariff in result.tariffs:
            yield from _pays(pack, result, tariff)


def _days(pack, result):
    """The last day of each tariff, and each day on which a number changes with the day before it."""
    changes = {later.from_ for number in _changing(result) for later in number.then}
    ends = [tariff.to for tariff in result.tariffs] or [_last_day(pack)]
    return sorted({*ends, *changes, *(day - DAY for day in changes)})


def _last_day(pack):
    return max((term.to for table in pack.terms for term in table.terms), default=date(2013, 3, 30)) + DAY


def _changing(part):
    if isinstance(part, ChangingNumber):
        yield part
    inner = (
        part if isinstance(part, tuple) else [getattr(part, name) for name in getattr(type(part), "model_fields", ())]
    )
    for one in inner:
        yield from _changing(one)


def _world(pack, result, as_of):
    tables = [table for table in pack.terms if table.area == pack.area] or pack.terms
    terms = tuple(sorted(Span(term.from_, term.to) for table in tables for term in table.terms))
    needs = tuple(limb.rule.outcomes[0].needs[0] for limb in result.limbs if isinstance(limb.rule, EachNeed))
    return World(as_of=as_of, terms=terms, needs=needs[:1])


def _pays(pack, result, tariff):
    """The full evidence of a result, with what it pays beside, pays what the tariff of its day says."""
    by_name = {other.name: other for other in pack.results}
    together = [*(by_name[name] for name in result.beside), result]
    for day in (tariff.from_, tariff.to):
        paid = payable([one for one in pack.results if one in together], {}, day).amounts.get(result.name)
        if paid != tariff.pays.value:
            yield f"{result.name} on {day}: pays {paid} instead of {tariff.pays.value}"
    report = check(_claim(pack, together, tariff.to), pack)
    judged = {each.result: each for each in report.results}[result.name]
    if (judged.verdict, judged.amount) != ("met", tariff.pays.value):
        yield f"{result.name} on {tariff.to}: {judged.verdict}, pays {judged.amount} instead of {tariff.pays.value}"


def _claim(pack, results, as_of):
    evidence, world = [], None
    for result in results:
        world = _world(pack, result, as_of)
        for limb in result.limbs:
            evidence += next(raw(_inner(limb.rule, world), "met", world, None), [])
    return ClaimFile(
        programme=pack.name,
        as_of=as_of,
        engaged_from=world.engaged,
        family=Family(members=(world.adult, world.child)),
        evidence=tuple(evidence),
        practice=Practice(**dict.fromkeys(Practice.model_fields, world.engaged)),
        needs=world.needs,
    )


def _inner(rule, world):
    return rule.rule_of(world.needs[0]) if isinstance(rule, EachNeed) else rule


def _attachments(pack):
    for paid in pack.attachments:
        if pack.attachment_on(paid.from_) != paid or pack.attachment_on(paid.to) != paid:
            yield f"attachment from {paid.from_}: never the one in force"
