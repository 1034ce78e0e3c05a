"""The decisions on the case file of a family: notes, actions, meetings, voices, scales, relationships and concerns.

Decided here:

- What is said in words is in the vault, never in an event. A partner is told codes only, so an action of a partner has
  one.
- An entry that is wrong is withdrawn, with a reason: nothing is taken off the list.
- A concern is answered by its named receiver or by a manager, also after the journey was closed.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar, assert_never

from domain.calendar import add_months, local_date
from domain.errors import Rejected
from domain.evidence import ActionDone
from domain.family import Member
from domain.journey import case_file as f
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.deadlines import HORIZON
from domain.journey.facts import Facts
from domain.journey.refusals import before_close, happened
from domain.journey.state import Journey
from domain.programme.programme import Programme

MOST = 999  # entries of one kind; their names have as many digits as fit
_Entry = TypeVar("_Entry", bound=f.CaseEntry)


def decide_case(  # noqa: C901, PLR0911, PLR0912 - one case a command
    journey: Journey, command: c.CaseCommand, facts: Facts, programme: Programme
) -> Sequence[e.AnyEvent]:
    """Return what a command on the case file makes happen; raise `Rejected` where it does not fit."""
    if facts.family_erased:
        raise Rejected("erased", f"{journey.reference} was erased", "nothing more can be recorded of it")
    if command.words == "needed" and command.personal is None:
        raise Rejected("no-text", "there is no text", "write it with --file, or on standard input")
    match command:
        case c.AddNote():
            _was_before_close(journey, command, command.on)
            return [e.NoteAdded(**_new(journey, command, "N", journey.case.notes), on=command.on, about=command.about)]
        case c.AddAction():
            return [_agree(journey, command, programme)]
        case c.MoveAction():
            return _move(journey, command)
        case c.CloseAction():
            return _close(journey, command)
        case c.RecordMeeting():
            return [_meet(journey, command, programme)]
        case c.RecordVoice():
            return [_hear(journey, command)]
        case c.SetScale():
            return _score(journey, command)
        case c.AddRelationship():
            return _relate(journey, command)
        case c.EndRelationship():
            return _part(journey, command)
        case c.RaiseConcern():
            return [_raise(journey, command)]
        case c.AnswerConcern():
            return _answer(journey, command)
        case c.WithdrawEntry():
            return _withdraw(journey, command)
        case _:
            assert_never(command)


def done_by_partner(journey: Journey, item: ActionDone, at: datetime) -> list[e.AnyEvent]:
    """Close an action that a partner says it has done; it closes its own, and what is closed stays so."""
    action = journey.case.action(item.action)
    if action is None or action.partner != item.source:
        reason = f"{item.source} has no action {item.action} here"
        raise Rejected("unknown-action", reason, "send its name as the notification has it")
    if action.state != "open":
        return []
    return [e.ActionClosed(at=at, entry=action.id, by=f"{f.PARTNER}{item.source}", on=item.on, how="done")]


def _new(journey: Journey, command: c.CaseCommand, letter: str, held: Sequence[f.CaseEntry]) -> dict[str, object]:
    """Return how an event of a new entry begins: its moment, its name, and who recorded it."""
    if len(held) >= MOST:
        raise Rejected("case-file-full", f"{journey.reference} has {MOST} entries of this kind", "close the journey")
    return {"at": command.at, "entry": f"{letter}{len(held) + 1}", "by": command.actor}


def _was_before_close(journey: Journey, command: c.CaseCommand, on: date) -> None:
    happened(on, command.at, None, "recorded for")
    before_close(journey, on)


def _agree(journey: Journey, command: c.AddAction, programme: Programme) -> e.ActionAgreed:
    happened(command.on, command.at, None, "agreed on")
    _known_need(journey, command.need)
    _known_party(journey, command.owner, programme, command.on)
    _due(command.due_on, command.on, local_date(command.at))
    if (command.do is None) == (command.personal is None):
        raise Rejected("bad-request", "an action is a code or a text", "give one of the two: --do CODE, or --do TEXT")
    if command.do is None and command.owner.startswith(f.PARTNER):
        raise Rejected(
            "text-for-partner", "a partner is never sent text", "say what it does with a code: journeys action add -h"
        )
    new = _new(journey, command, "A", journey.case.actions)
    return e.ActionAgreed(
        **new, on=command.on, need=command.need, owner=command.owner, due_on=command.due_on, do=command.do
    )


def _move(journey: Journey, command: c.MoveAction) -> list[e.AnyEvent]:
    action = _open_action(journey, command.entry)
    if action.due_on == command.due_on:
        return []
    _due(command.due_on, action.on, local_date(command.at))
    moved = {"entry": action.id, "by": command.actor, "due_on": command.due_on, "reason": command.reason}
    return [e.ActionMoved(at=command.at, **moved)]


def _close(journey: Journey, command: c.CloseAction) -> list[e.AnyEvent]:
    """Close an action; said again it is closed already."""
    action = _held(journey, journey.case.actions, command.entry)
    if action.state == command.how:
        return []
    _open_action(journey, command.entry)
    if command.how == "dropped" and command.reason is None:
        raise Rejected("no-reason", f"nothing says why {action.id} is dropped", "give a code: --reason not-needed")
    happened(command.on, command.at, action.on, f"{command.how} on")
    closed = {"entry": action.id, "by": command.actor, "on": command.on, "how": command.how, "reason": command.reason}
    return [e.ActionClosed(at=command.at, **closed)]


def _open_action(journey: Journey, name: str) -> f.Action:
    action = _held(journey, journey.case.actions, name)
    if action.state != "open":
        remedy = f"agree a new one: journeys action add {journey.reference} ..."
        raise Rejected("action-closed", f"{name} was {action.state} on {action.closed_on}", remedy)
    return action


def _meet(journey: Journey, command: c.RecordMeeting, programme: Programme) -> e.MeetingRecorded:
    happened(command.on, command.at, None, "held on")
    for who in (*command.present, *command.absent):
        _known_party(journey, who, programme, command.on)
    twice = sorted({*command.present} & {*command.absent})
    if twice:
        raise Rejected("bad-request", f"{', '.join(twice)} was present and absent", "say one of the two")
    if command.next_on is not None:
        _due(command.next_on, command.on, local_date(command.at))
    new = _new(journey, command, "MT", journey.case.meetings)
    present, absent = tuple(dict.fromkeys(command.present)), tuple(dict.fromkeys(command.absent))
    return e.MeetingRecorded(**new, on=command.on, present=present, absent=absent, next_on=command.next_on)


def _hear(journey: Journey, command: c.RecordVoice) -> e.VoiceRecorded:
    _was_before_close(journey, command, command.on)
    member = _member(journey, command.member_id)
    if member.role != "child":
        raise Rejected("not-a-child", f"{member.id} is an adult", "write up what an adult says as a note")
    new = _new(journey, command, "V", journey.case.voices)
    return e.VoiceRecorded(**new, on=command.on, member_id=command.member_id)


def _score(journey: Journey, command: c.SetScale) -> list[e.AnyEvent]:
    """Set a scale; the same score of the same day is recorded once."""
    happened(command.on, command.at, None, "scored on")
    _known_need(journey, command.need)
    if command.member_id is not None:
        _member(journey, command.member_id)
    given = (command.on, command.need, command.score, command.member_id)
    said = [(each.on, each.need, each.score, each.member_id) for each in journey.case.scales if not each.withdrawn]
    if given in said:
        return []
    told = {"on": command.on, "need": command.need, "score": command.score, "member_id": command.member_id}
    return [e.ScaleSet(**_new(journey, command, "S", journey.case.scales), **told)]


def _relate(journey: Journey, command: c.AddRelationship) -> list[e.AnyEvent]:
    """Record a relationship; one that holds already is recorded once."""
    happened(command.on, command.at, None, "known on")
    for name in (command.member_id, command.to_member_id):
        _member(journey, name)
    if command.member_id == command.to_member_id:
        raise Rejected("bad-request", f"{command.member_id} is not related to itself", "name two members")
    given = (command.member_id, command.relation, command.to_member_id)
    lasting = [each for each in journey.case.relationships if not each.withdrawn and each.ended_on is None]
    if given in {(each.member_id, each.relation, each.to_member_id) for each in lasting}:
        return []
    told = {name: getattr(command, name) for name in ("on", "member_id", "relation", "to_member_id")}
    return [e.RelationshipRecorded(**_new(journey, command, "R", journey.case.relationships), **told)]


def _part(journey: Journey, command: c.EndRelationship) -> list[e.AnyEvent]:
    held = _held(journey, journey.case.relationships, command.entry)
    if held.ended_on == command.on:
        return []
    if held.ended_on is not None:
        raise Rejected("already-ended", f"{held.id} ended on {held.ended_on}", "withdraw it if that is wrong")
    happened(command.on, command.at, held.on, "ended on")
    return [e.RelationshipEnded(at=command.at, entry=held.id, by=command.actor, on=command.on)]


def _raise(journey: Journey, command: c.RaiseConcern) -> e.ConcernRaised:
    happened(command.on, command.at, None, "seen on")
    if command.member_id is not None:
        _member(journey, command.member_id)
    new = _new(journey, command, "C", journey.case.concerns)
    return e.ConcernRaised(**new, on=command.on, kind=command.kind, to=command.to, member_id=command.member_id)


def _answer(journey: Journey, command: c.AnswerConcern) -> list[e.AnyEvent]:
    """Answer a concern, once: what is found later is a concern of its own, or a note."""
    concern = _held(journey, journey.case.concerns, command.entry)
    role, _, name = command.actor.partition(":")
    if role != "manager" and name != concern.to:
        raise Rejected("not-allowed", f"{concern.id} is for {concern.to} to answer", "ask them, or a manager")
    if concern.answer is not None:
        if (concern.answer, concern.answered_on) == (command.answer, command.on) and command.personal is None:
            return []
        raise Rejected(
            "already-answered",
            f"{concern.id} was answered on {concern.answered_on} ({concern.answer})",
            "write up what is new as a note, or raise a concern of its own",
        )
    happened(command.on, command.at, concern.on, "answered on")
    told = {"entry": concern.id, "by": command.actor, "on": command.on, "answer": command.answer}
    return [e.ConcernAnswered(at=command.at, **told)]


def _withdraw(journey: Journey, command: c.WithdrawEntry) -> list[e.AnyEvent]:
    entry = journey.case.entry(command.entry)
    if entry is None:
        raise _unknown(journey, command.entry)
    if entry.withdrawn is not None:
        return []
    if isinstance(entry, f.Concern) and entry.answer is None:
        remedy = f"answer it first: journeys concern answer {journey.reference} {entry.id} --answer CODE"
        raise Rejected("concern-open", f"{entry.id} waits for its answer", remedy)
    return [e.EntryWithdrawn(at=command.at, entry=entry.id, by=command.actor, reason=command.reason)]


def _held(journey: Journey, entries: Sequence[_Entry], name: str) -> _Entry:
    held = next((each for each in entries if each.id == name and each.withdrawn is None), None)
    if held is None:
        raise _unknown(journey, name)
    return held


def _unknown(journey: Journey, name: str) -> Rejected:
    reason = f"{journey.reference} has no such entry {name}, or it was withdrawn"
    return Rejected("unknown-entry", reason, f"see its case file: journeys case {journey.reference}")


def _known_need(journey: Journey, need: str) -> None:
    known = sorted({*journey.criteria, *journey.needs, *(found.need for found in journey.needs_found)})
    if need not in known:
        remedy = f"use one of {', '.join(known)}; or assess the family first: journeys assess {journey.reference}"
        raise Rejected("unknown-need", f"{need} is no need of {journey.reference}", remedy)


def _known_party(journey: Journey, who: str, programme: Programme, on: date) -> None:
    """Refuse a member that the family does not have, and a partner without an agreement."""
    if who.startswith(f.PARTNER):
        partner = who.removeprefix(f.PARTNER)
        if programme.agreement(partner, on) is None:
            known = ", ".join(sorted({held.partner for held in programme.agreements if held.holds_on(on)}))
            reason = f"{programme.name} has no agreement with {partner} on {on}"
            raise Rejected("unknown-partner", reason, f"use one of {known}" if known else "name no partner")
    elif who.startswith("m") and who[1:].isdigit():
        _member(journey, who)


def _member(journey: Journey, name: str) -> Member:
    held = next((member for member in journey.members if member.id == name), None)
    if held is None:
        known = ", ".join(member.id for member in journey.members)
        raise Rejected("unknown-member", f"{name} is no member of {journey.reference}", f"its members are {known}")
    return held


def _due(day: date, on: date, today: date) -> None:
    latest = add_months(today, HORIZON)
    if day < on:
        raise Rejected("bad-dates", f"{day} is before {on}, when it was agreed", "correct one of the two")
    if day > latest:
        raise Rejected("too-far", f"{day} is more than {HORIZON} months ahead", f"choose a day up to {latest}")
