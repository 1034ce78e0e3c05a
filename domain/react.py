"""What must now be done in the world: reminders to send, partners to tell, results to evaluate."""

from collections.abc import Iterator
from datetime import date

from domain.calendar import local_date
from domain.effects import Effect, EvaluateResult, Notify, Remind
from domain.events import CheckRecorded, EvaluationFellDue, Event, ReminderFellDue
from domain.journey import Journey
from domain.programme import Notice, Programme


def react(journey: Journey, event: Event, programme: Programme) -> list[Effect]:
    """Return the effects of `event`, given the journey just after it; ids are the same on every run."""
    ids = (f"{journey.journey_id}:{journey.version}:{number}" for number in range(1, 1000))
    return [*_reminding(event, ids), *_evaluating(journey, event, programme, ids), *_telling(journey, event, programme, ids)]


def _reminding(event: Event, ids: Iterator[str]) -> list[Effect]:
    if not isinstance(event, ReminderFellDue):
        return []
    return [
        Remind(
            effect_id=next(ids),
            reminder_id=event.reminder_id,
            work=event.work,
            due_on=event.due_on,
            to=event.to,
            escalation=event.escalation,
        )
    ]


def _evaluating(journey: Journey, event: Event, programme: Programme, ids: Iterator[str]) -> list[Effect]:
    as_of = _as_of(event)
    if as_of is None:
        return []
    return [
        EvaluateResult(effect_id=next(ids), result=result.id, as_of=as_of)
        for result in programme.results
        if result.id not in journey.claimed
    ]


def _as_of(event: Event) -> date | None:
    """Results are evaluated when the programme says so, and at each sustained check."""
    match event:
        case EvaluationFellDue():
            return event.as_of
        case CheckRecorded(verdict="sustained"):
            return event.on
        case _:
            return None


def _telling(journey: Journey, event: Event, programme: Programme, ids: Iterator[str]) -> list[Effect]:
    return [
        Notify(
            effect_id=next(ids),
            partner=partner,
            about=event.type,
            on=getattr(event, "on", local_date(event.at)),
            purpose=notice.purpose,
            categories=notice.categories,
        )
        for notice in programme.notices
        if notice.event == event.type
        for partner in _recipients(journey, notice)
    ]


def _recipients(journey: Journey, notice: Notice) -> list[str]:
    """Name each partner once, with `referrer` read as whoever referred the family."""
    named = [journey.referrer if partner == "referrer" else partner for partner in notice.partners]
    return list(dict.fromkeys(named))
