"""What must now be done in the world: reminders to send, partners to tell, results to evaluate."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import assert_never

from domain.calendar import local_date
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.effects import Effect, EvaluateResults, Notify, Remind
from domain.journey.evidence_request import asked
from domain.journey.state import Journey
from domain.programme.agreements import Notice
from domain.programme.programme import Programme

OF_ACTION = ("dates", "needs")  # what a partner is told of an action of its own, as far as its agreement shares it


def react(journey: Journey, event: e.AnyEvent, programme: Programme) -> list[Effect]:
    """Return the effects of `event`, given the journey just after it; ids are the same on every run."""
    ids = (f"{journey.journey_id}:{journey.version}:{number}" for number in range(1, 1000))
    if isinstance(event, e.MessageRetried):
        return [event.message]
    return [
        *_reminding(event, ids),
        *_evaluating(event, programme, ids),
        *_asking(journey, event, programme, ids),
        *_telling(journey, event, programme, ids),
        *_joining(journey, event, programme, ids),
        *_acting(journey, event, programme, ids),
    ]


def given_up(effect: Remind | Notify, at: datetime, reason: str) -> c.AnyCommand:
    """Return the command that records an effect which could not be done before its patience ran out."""
    order = {"command_id": f"{effect.effect_id}:settled", "at": at, "actor": "worker:effects"}
    match effect:
        case Remind():
            return c.RecordReminder(
                **order, reminder_id=effect.reminder_id, effect_id=effect.effect_id, fault="failed", reason=reason
            )
        case Notify():
            return c.RecordNotification(
                **order,
                effect_id=effect.effect_id,
                partner=effect.partner,
                about=effect.about,
                fault="failed",
                reason=reason,
            )
        case _:
            assert_never(effect)


def _reminding(event: e.AnyEvent, ids: Iterator[str]) -> list[Effect]:
    if not isinstance(event, e.ReminderFellDue):
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


def _evaluating(event: e.AnyEvent, programme: Programme, ids: Iterator[str]) -> list[Effect]:
    as_of = _as_of(event)
    return [] if as_of is None or not programme.results else [EvaluateResults(effect_id=next(ids), as_of=as_of)]


def _as_of(event: e.AnyEvent) -> date | None:
    """Results are evaluated when the programme says so, and at each sustained check, also one corrected to that."""
    match event:
        case e.EvaluationFellDue():
            return event.as_of
        case e.CheckRecorded(verdict="sustained"):
            return event.on
        case e.EventCorrected(replacement=e.CheckRecorded(verdict="sustained") as check):
            return check.on
        case _:
            return None


def _telling(journey: Journey, event: e.AnyEvent, programme: Programme, ids: Iterator[str]) -> list[Effect]:
    return [
        Notify(
            effect_id=next(ids),
            partner=partner,
            about=event.type,
            on=getattr(event, "on", local_date(event.at)),
            purpose=notice.purpose,
            categories=notice.categories,
            version=journey.version,
        )
        for notice in programme.notices
        if notice.event == event.type
        for partner in _recipients(journey, notice)
    ]


def _asking(journey: Journey, event: e.AnyEvent, programme: Programme, ids: Iterator[str]) -> list[Effect]:
    if not isinstance(event, e.EvidenceRequested):
        return []
    return [
        Notify.model_validate(
            {"effect_id": next(ids), "about": event.type, "on": event.check_on, "version": journey.version, **message}
        )
        for message in asked(event, programme)
    ]


def _recipients(journey: Journey, notice: Notice) -> list[str]:
    """Name each partner once, with `referrer` read as whoever referred the family, first or later."""
    named = [journey.referrers if partner == "referrer" else (partner,) for partner in notice.partners]
    return list(dict.fromkeys(partner for partners in named for partner in partners))


def _joining(journey: Journey, event: e.AnyEvent, programme: Programme, ids: Iterator[str]) -> list[Effect]:
    """Tell the partner of a further referral that it was added, unless the programme itself says who is told of it.

    The partners of a family that was merged into this one are told the same of their referrals.
    """
    if isinstance(event, e.FamilyTakenIn):
        referrers = dict.fromkeys(each.referrer for each in event.referrals)
    elif isinstance(event, e.ReferralJoined) and not any(each.event == event.type for each in programme.notices):
        referrers = dict.fromkeys([event.referrer])
    else:
        return []
    return [
        Notify(
            effect_id=next(ids),
            partner=referrer,
            about="referral-joined",
            on=event.on,
            purpose="family-support",
            categories=("stage", "dates"),
            version=journey.version,
        )
        for referrer in referrers
    ]


def _acting(journey: Journey, event: e.AnyEvent, programme: Programme, ids: Iterator[str]) -> list[Effect]:
    """Tell a partner of an action that is its own: agreed, moved, or closed by somebody else.

    The message is under the first purpose of its agreement, and says what that shares of days and needs.
    """
    if not isinstance(event, e.ActionAgreed | e.ActionMoved | e.ActionClosed):
        return []
    action = journey.case.action(event.entry)
    if action is None or action.partner is None or event.by == action.owner:
        return []
    held = programme.agreement(action.partner, local_date(event.at))
    return [
        Notify(
            effect_id=next(ids),
            partner=action.partner,
            about=event.type,
            on=getattr(event, "on", local_date(event.at)),
            purpose=held.purposes[0] if held and held.purposes else "family-support",
            categories=tuple(name for name in OF_ACTION if held and name in held.categories),
            version=journey.version,
            entry=action.id,
        )
    ]
