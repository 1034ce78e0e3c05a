"""What a pack sends to whom along the usual journeys of a family, worked out step by step without a server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from domain.calendar import add_months, calendar_of, local_date
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey.agenda import agenda
from domain.journey.consent import refusal
from domain.journey.decide import decide
from domain.journey.disclosure import disclosed
from domain.journey.effects import Notify, Remind
from domain.journey.events import AnyEvent, FamilyReferred
from domain.journey.evolve import evolve
from domain.journey.facts import Caseload, Facts, PlacesTaken
from domain.journey.react import react
from domain.journey.state import UNREFERRED, Journey
from domain.programme.programme import Programme
from programmes.usual_family import UsualFamily

REFERENCE = "F-7K3Q-9D2X"
START = date(2012, 5, 1)
UNTIL_DOWN = date(2012, 12, 3) - START
ROOM = Facts(caseload=Caseload(known=True, held=0, cap=10), places=PlacesTaken(families=0, key_workers=0, holds=False))
KINDS = ("sustained", "regressed", "handed over", "not eligible", "without consent", "declined")

Order = tuple[type[Any], date, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to a partner: by which channel, and what it says; or why it is refused."""

    message: Notify
    channel: str | None
    refused: str | None
    says: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that a step puts on the agenda: when it goes out if nothing happens, and what it is made from."""

    message: Remind
    on: date
    journey: Journey


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a journey, refused or with what happened and whom it is told; and the reminders it brings."""

    name: str
    on: date
    refused: str | None = None
    events: list[tuple[str, list[Notice]]] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)


def start_of(programme: Programme) -> date:
    """Return the first day on which every agreement of the pack is valid."""
    return max([START, *(held.valid_from for held in programme.agreements)])


def usual_path(kind: str, programme: Programme, family: UsualFamily) -> list[Step]:
    """Return one of the usual journeys of a family, step by step."""
    journey, steps = UNREFERRED, []
    seen: set[str] = set()
    for order, day, fields in [_referral(programme, family), *_orders(kind, programme, family)]:
        step, journey = _step(journey, (order, day, fields), programme, seen)
        steps.append(step)
    return steps


def _referral(programme: Programme, family: UsualFamily) -> Order:
    fields: dict[str, object] = {
        "journey_id": f"journey:{programme.area}:{REFERENCE}:1",
        "reference": REFERENCE,
        "area": programme.area,
        "locality": family.locality,
        "programme": programme.name,
        "programme_version": programme.version,
        "programme_hash": programme.hash,
        "members": family.members,
        "referrer": family.referrer,
    }
    return c.ReferFamily, start_of(programme), fields


def _orders(kind: str, programme: Programme, family: UsualFamily) -> Iterator[Order]:
    """Give the steps after the referral, a week apart until the family is stepped down."""
    start = start_of(programme)
    down = start + UNTIL_DOWN
    days = (start + timedelta(days=distance) for distance in range(1, 400, 7))
    criteria: dict[str, object] = {"criteria": family.criteria, "cohort": family.cohort}
    needs: dict[str, object] = {"needs": family.needs}
    if kind != "without consent":
        yield c.RecordConsent, next(days), {"consent_id": "c1", "basis": "consent", "purpose": "family-support"}
    if kind == "not eligible":
        yield c.IdentifyFamily, next(days), criteria | {"criteria": family.criteria[:-1]}
        yield c.CloseJourney, next(days), {"outcome": "not-eligible"}
        return
    yield c.IdentifyFamily, next(days), criteria
    if kind == "declined":
        yield c.CloseJourney, next(days), {"outcome": "declined"}
        return
    yield c.AllocateKeyWorker, next(days), {"key_worker": "kw-anna"}
    if kind == "handed over":
        yield c.OfferHandover, next(days), {"to": "kw-ben"}
        yield c.RefuseHandover, next(days), {"reason": "too-far"}
        yield c.OfferHandover, next(days), {"to": "kw-ben"}
        yield c.AcceptHandover, next(days), {"key_worker": "kw-ben"}
        return
    yield c.RecordContact, next(days), {"kind": "visit"}
    yield c.AssessFamily, next(days), needs
    yield c.AgreePlan, next(days), needs
    yield c.StartIntervention, next(days), {}
    yield c.ReviewPlan, next(days), {"outcome": "on-track"}
    yield c.StepDown, down, {}
    if kind == "regressed":
        yield c.RecordCheck, add_months(down, 6), {"verdict": "regressed"}
        yield c.StepUp, add_months(down, 6), {"reason": "crisis"}
        return
    checks = programme.checks.months if programme.checks else ()
    for months in checks:
        yield c.RecordCheck, add_months(down, months), {"verdict": "sustained"}
    yield c.CloseJourney, add_months(down, max([13, *(months + 1 for months in checks)])), {"outcome": "sustained"}


def _step(journey: Journey, order: Order, programme: Programme, seen: set[str]) -> tuple[Step, Journey]:
    kind, day, _ = order
    step = Step(kind.model_fields["type"].default, day)
    try:
        happened = _events(journey, order, programme)
    except Rejected as fault:
        return Step(step.name, day, f"{fault.code}: {fault.reason}"), journey
    for event in happened:
        journey = evolve(journey, event)
        messages = [effect for effect in react(journey, event, programme) if isinstance(effect, Notify)]
        step.events.append((event.type, [_notice(journey, message, programme, day) for message in messages]))
    step.reminders.extend(_reminders(journey, programme, seen))
    return step, journey


def _events(journey: Journey, order: Order, programme: Programme) -> list[AnyEvent]:
    """Return what the step makes happen; a pack without partners of its own is extended by packs that have some."""
    kind, day, fields = order
    at = datetime.combine(day, time(12), tzinfo=UTC)
    if kind is c.ReferFamily and not programme.agreements:
        return [FamilyReferred(at=at, on=day, criteria=(), **fields)]
    command = kind(command_id="c", at=at, actor="coordinator:ann", on=day, **fields)
    return decide(journey, command, ROOM, programme)


def _notice(journey: Journey, message: Notify, programme: Programme, day: date) -> Notice:
    agreement = programme.agreement(message.partner, day)
    refused = refusal(journey, message, programme, day)
    return Notice(message, agreement.channel if agreement else None, refused, disclosed(message, journey))


def _reminders(journey: Journey, programme: Programme, seen: set[str]) -> Iterator[Reminder]:
    """Give the reminders that were not on the agenda before."""
    for deadline in agenda(journey, programme, calendar_of(programme.nation)):
        if deadline.work is None or deadline.id in seen:
            continue
        seen.add(deadline.id)
        message = Remind(
            effect_id="e",
            reminder_id=deadline.id,
            work=deadline.work,
            due_on=deadline.due_on,
            to=deadline.to,
            escalation=deadline.escalation,
        )
        yield Reminder(message, local_date(deadline.at), journey)
