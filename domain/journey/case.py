"""The decisions on the case file of a family: notes, actions, meetings, voices, scales, relationships and concerns.

Decided here:

- What is said in words is in the vault, never in an event. A partner is told codes only, so an action of a partner has
  one.
- An entry that is wrong is withdrawn, with a reason: nothing is taken off the list.
- A concern is answered by its named receiver or by a manager, also after the journey was closed.
"""

from collections.abc import Sequence
from datetime import date
from typing import assert_never

from domain.calendar import local_date
from domain.errors import Rejected
from domain.journey import case_actions
from domain.journey import case_file as f
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.case_checks import (
    begin,
    held_entry,
    in_reach,
    known_member,
    known_need,
    known_party,
    unknown_entry,
)
from domain.journey.facts import Facts
from domain.journey.refusals import before_close, happened
from domain.journey.state import Journey
from domain.programme.programme import Programme


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
            return [e.NoteAdded(**begin(journey, command, "N", journey.case.notes), on=command.on, about=command.about)]
        case c.AddAction():
            return [case_actions.agree(journey, command, programme)]
        case c.MoveAction():
            return case_actions.move(journey, command)
        case c.CloseAction():
            return case_actions.close(journey, command)
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


def _was_before_close(journey: Journey, command: c.CaseCommand, on: date) -> None:
    happened(on, command.at, None, "recorded for")
    before_close(journey, on)


def _meet(journey: Journey, command: c.RecordMeeting, programme: Programme) -> e.MeetingRecorded:
    happened(command.on, command.at, None, "held on")
    for who in (*command.present, *command.absent):
        known_party(journey, who, programme, command.on)
    twice = sorted({*command.present} & {*command.absent})
    if twice:
        raise Rejected("bad-request", f"{', '.join(twice)} was present and absent", "say one of the two")
    if command.next_on is not None:
        in_reach(command.next_on, command.on, local_date(command.at))
    new = begin(journey, command, "MT", journey.case.meetings)
    present, absent = tuple(dict.fromkeys(command.present)), tuple(dict.fromkeys(command.absent))
    return e.MeetingRecorded(**new, on=command.on, present=present, absent=absent, next_on=command.next_on)


def _hear(journey: Journey, command: c.RecordVoice) -> e.VoiceRecorded:
    _was_before_close(journey, command, command.on)
    member = known_member(journey, command.member_id)
    if member.role != "child":
        raise Rejected("not-a-child", f"{member.id} is an adult", "write up what an adult says as a note")
    new = begin(journey, command, "V", journey.case.voices)
    return e.VoiceRecorded(**new, on=command.on, member_id=command.member_id)


def _score(journey: Journey, command: c.SetScale) -> list[e.AnyEvent]:
    """Set a scale; the same score of the same day is recorded once."""
    happened(command.on, command.at, None, "scored on")
    known_need(journey, command.need)
    if command.member_id is not None:
        known_member(journey, command.member_id)
    given = (command.on, command.need, command.score, command.member_id)
    said = [(each.on, each.need, each.score, each.member_id) for each in journey.case.scales if not each.withdrawn]
    if given in said:
        return []
    fields = {"on": command.on, "need": command.need, "score": command.score, "member_id": command.member_id}
    return [e.ScaleSet(**begin(journey, command, "S", journey.case.scales), **fields)]


def _relate(journey: Journey, command: c.AddRelationship) -> list[e.AnyEvent]:
    """Record a relationship; one that holds already is recorded once."""
    happened(command.on, command.at, None, "known on")
    for name in (command.member_id, command.to_member_id):
        known_member(journey, name)
    if command.member_id == command.to_member_id:
        raise Rejected("bad-request", f"{command.member_id} is not related to itself", "name two members")
    given = (command.member_id, command.relation, command.to_member_id)
    lasting = [each for each in journey.case.relationships if not each.withdrawn and each.ended_on is None]
    if given in {(each.member_id, each.relation, each.to_member_id) for each in lasting}:
        return []
    fields = {name: getattr(command, name) for name in ("on", "member_id", "relation", "to_member_id")}
    return [e.RelationshipRecorded(**begin(journey, command, "R", journey.case.relationships), **fields)]


def _part(journey: Journey, command: c.EndRelationship) -> list[e.AnyEvent]:
    held = held_entry(journey, journey.case.relationships, command.entry)
    if held.ended_on == command.on:
        return []
    if held.ended_on is not None:
        raise Rejected("already-ended", f"{held.id} ended on {held.ended_on}", "withdraw it if that is wrong")
    happened(command.on, command.at, held.on, "ended on")
    return [e.RelationshipEnded(at=command.at, entry=held.id, by=command.actor, on=command.on)]


def _raise(journey: Journey, command: c.RaiseConcern) -> e.ConcernRaised:
    happened(command.on, command.at, None, "seen on")
    if command.member_id is not None:
        known_member(journey, command.member_id)
    new = begin(journey, command, "C", journey.case.concerns)
    return e.ConcernRaised(**new, on=command.on, kind=command.kind, to=command.to, member_id=command.member_id)


def _answer(journey: Journey, command: c.AnswerConcern) -> list[e.AnyEvent]:
    """Answer a concern, once: what is found later is a concern of its own, or a note."""
    concern = held_entry(journey, journey.case.concerns, command.entry)
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
    fields = {"entry": concern.id, "by": command.actor, "on": command.on, "answer": command.answer}
    return [e.ConcernAnswered(at=command.at, **fields)]


def _withdraw(journey: Journey, command: c.WithdrawEntry) -> list[e.AnyEvent]:
    entry = journey.case.entry(command.entry)
    if entry is None:
        raise unknown_entry(journey, command.entry)
    if entry.withdrawn is not None:
        return []
    if isinstance(entry, f.Concern) and entry.answer is None:
        remedy = f"answer it first: journeys concern answer {journey.reference} {entry.id} --answer CODE"
        raise Rejected("concern-open", f"{entry.id} waits for its answer", remedy)
    _may_withdraw(entry, command.actor)
    return [e.EntryWithdrawn(at=command.at, entry=entry.id, by=command.actor, reason=command.reason)]


def _may_withdraw(entry: f.CaseEntry, actor: str) -> None:
    """Refuse whoever would delete the words of others: a withdrawal takes them out of the vault for good."""
    role, _, name = actor.partition(":")
    if isinstance(entry, f.Concern):
        if role != "manager" and name != entry.to:
            raise Rejected("not-allowed", f"{entry.id} was for {entry.to} to answer", "ask them, or a manager")
    elif role == "key-worker" and entry.by != actor:
        reason = f"{entry.id} was written by {entry.by.partition(':')[2]}"
        raise Rejected("not-allowed", reason, "ask them, a coordinator or a manager")
