"""Who is told what, for each step of each journey kind, as a page for people: `python -m tests.messages.telling`.

It writes `golden/<pack>.md` for every shipped pack anew; look at the difference before committing it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import programmes
from activities.delivery import templates
from domain.calendar import add_months, calendar_of, local_date
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey.agenda import agenda
from domain.journey.consent import refusal
from domain.journey.disclosure import disclosed
from domain.journey.effects import Notify, Remind
from domain.journey.events import AnyEvent, FamilyReferred
from domain.journey.evolve import evolve
from domain.journey.facts import Caseload, PlacesTaken
from domain.journey.react import react
from domain.journey.state import UNREFERRED, Journey
from domain.programme.programme import Programme
from tests.domain.pack_cases import CASES, Case
from tests.facts import decide, give

GOLDEN = Path(__file__).with_name("golden")
REFERENCE = "F-7K3Q-9D2X"
START = date(2012, 5, 1)
UNTIL_DOWN = date(2012, 12, 3) - START
ROOM = {
    "caseload": Caseload(known=True, held=0, cap=10),
    "places": PlacesTaken(families=0, key_workers=0, holds=False),
}
KINDS = ("sustained", "regressed", "handed over", "not eligible", "without consent", "declined")


def start_of(programme: Programme) -> date:
    """The first day on which every agreement of the pack holds."""
    return max([START, *(held.valid_from for held in programme.agreements)])


def steps(kind: str, programme: Programme, case: Case) -> Iterator[tuple[type[c.Command], date, dict]]:
    """The commands of one kind of journey, with their days."""
    start = start_of(programme)
    down = start + UNTIL_DOWN
    days = (start + timedelta(days=distance) for distance in range(1, 400, 7))
    needs = {"needs": case.needs}
    consent = {"consent_id": "c1", "basis": "consent", "purpose": "family-support"}
    if kind != "without consent":
        yield c.RecordConsent, next(days), consent
    if kind == "not eligible":
        yield c.IdentifyFamily, next(days), {"criteria": case.criteria[:-1], "cohort": case.cohort}
        yield c.CloseJourney, next(days), {"outcome": "not-eligible"}
        return
    yield c.IdentifyFamily, next(days), {"criteria": case.criteria, "cohort": case.cohort}
    if kind == "declined":
        yield c.CloseJourney, next(days), {"outcome": "declined"}
        return
    yield c.AllocateKeyWorker, next(days), {"key_worker": "kw-anna", **ROOM}
    if kind == "handed over":
        yield c.OfferHandover, next(days), {"to": "kw-ben", "caseload": ROOM["caseload"]}
        yield c.RefuseHandover, next(days), {"reason": "too-far"}
        yield c.OfferHandover, next(days), {"to": "kw-ben", "caseload": ROOM["caseload"]}
        yield c.AcceptHandover, next(days), {"key_worker": "kw-ben", **ROOM}
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
    for months in programme.checks.months if programme.checks else ():
        yield c.RecordCheck, add_months(down, months), {"verdict": "sustained"}
    yield c.CloseJourney, add_months(down, 13), {"outcome": "sustained"}


def page(name: str) -> str:
    """The whole page of one pack."""
    programme = programmes.load(name)
    lines = [f"# Who is told what: {programme.name} {programme.version}", ""]
    lines += ["Made by `.venv/bin/python -m tests.messages.telling`; every form of a message says the same words.", ""]
    for kind in KINDS:
        lines += [f"## Journey: {kind}", "", *_journey(kind, programme)]
    return "\n".join(lines).rstrip() + "\n"


def _journey(kind: str, programme: Programme) -> list[str]:
    journey, lines, seen = UNREFERRED, [], set()
    case, start = CASES[programme.name], start_of(programme)
    referral = {
        "journey_id": f"journey:{programme.area}:{REFERENCE}:1",
        "reference": REFERENCE,
        "area": programme.area,
        "locality": case.locality,
        "programme": programme.name,
        "programme_version": programme.version,
        "programme_hash": programme.hash,
        "members": case.members,
        "referrer": case.referrer,
    }
    for order, day, told in [(c.ReferFamily, start, referral), *steps(kind, programme, case)]:
        happened = _events(journey, order, day, told, programme)
        lines += ["", f"### {order.model_fields['type'].default}, {day}", ""]
        if isinstance(happened, str):
            lines += [f"Refused: {happened}"]
            continue
        for event in happened:
            journey = evolve(journey, event)
            lines += _told(journey, event, programme, day)
        lines += _reminders(journey, programme, seen)
    return [*lines[1:], ""]


def _events(
    journey: Journey, order: type[c.Command], day: date, told: dict, programme: Programme
) -> list[AnyEvent] | str:
    """What the step makes happen; a pack without partners of its own is extended by packs that have some."""
    at = datetime.combine(day, time(12), tzinfo=UTC)
    if order is c.ReferFamily and not programme.agreements:
        return [FamilyReferred(at=at, on=day, criteria=(), **told)]
    try:
        return decide(journey, give(order, command_id="c", at=at, actor="coordinator:ann", on=day, **told), programme)
    except Rejected as fault:
        return f"{fault.code}: {fault.reason}"


def _told(journey: Journey, event: AnyEvent, programme: Programme, day: date) -> list[str]:
    lines = []
    for effect in react(journey, event, programme):
        if isinstance(effect, Notify):
            lines += _notified(journey, effect, programme, day)
    return lines or [f"{event.type}: no partner is told."]


def _notified(journey: Journey, effect: Notify, programme: Programme, day: date) -> list[str]:
    agreement = programme.agreement(effect.partner, day)
    channel = (agreement and agreement.channel) or "no channel"
    categories = ", ".join(effect.categories)
    head = f"{effect.about}: **{effect.partner}** by {channel}, for {effect.purpose}; categories {categories}"
    denied = refusal(journey, effect, programme, day)
    if denied:
        return [f"{head}; refused: {denied}"]
    words = templates.notice(disclosed(effect, journey))
    return [f"{head}", "", *_quoted(words)]


def _reminders(journey: Journey, programme: Programme, seen: set[str]) -> list[str]:
    """The reminders that this step brings onto the agenda, each with its day, its addressee and its words."""
    lines = []
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
        words = templates.reminder(message, journey)
        lines += [f"- {local_date(deadline.at)} to {deadline.to}: {words.subject}", *_body(words, seen)]
    return ["", "Reminders, if nothing happens:", "", *lines] if lines else []


def _body(words: templates.Words, seen: set[str]) -> list[str]:
    """The words under the subject, once for each form that a reminder takes on the page."""
    form = f"words:{words.subject.split(' for ')[0]}"
    if form in seen:
        return []
    seen.add(form)
    return ["", *(f"  > {line}".rstrip() for line in words.text.strip().splitlines()), ""]


def _quoted(words: templates.Words) -> list[str]:
    return [f"> {line}".rstrip() for line in [words.subject, "", *words.text.strip().splitlines()]] + [""]


if __name__ == "__main__":
    for pack in programmes.names():
        (GOLDEN / f"{pack}.md").write_text(page(pack), encoding="utf-8")
