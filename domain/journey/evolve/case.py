"""How the case file of a journey grows, and which work an entry makes outstanding or settles."""

from datetime import timedelta
from typing import assert_never

from domain.calendar import local_date
from domain.journey import case_file as f
from domain.journey import events as e
from domain.journey.evolve.changes import owe, settle_about, with_changes
from domain.journey.state import Journey
from domain.programme.clocks import Work

WORKS: tuple[Work, ...] = ("action", "concern-answer")  # each about an entry of its own
ANSWER_WITHIN = timedelta(days=1)


def evolve_case(journey: Journey, event: e.CaseEvent) -> Journey:  # noqa: C901, PLR0911, PLR0912 - one case an event
    """Return the journey after an entry was added to its case file, or changed."""
    match event:
        case e.NoteAdded():
            return _add(journey, "notes", f.Note(**_head(event), on=event.on, about=event.about))
        case e.ActionAgreed():
            return _agreed(journey, event)
        case e.ActionMoved():
            moved = _change(journey, event.entry, due_on=event.due_on)
            return owe(moved, "action", local_date(event.at), event.at, about=event.entry, by=event.due_on)
        case e.ActionClosed():
            return _closed(journey, event)
        case e.MeetingRecorded():
            return _met(journey, event)
        case e.VoiceRecorded():
            return _add(journey, "voices", f.Voice(**_head(event), on=event.on, member_id=event.member_id))
        case e.ScaleSet():
            scale = {"need": event.need, "score": event.score, "member_id": event.member_id}
            return _add(journey, "scales", f.Scale.model_validate({**_head(event), "on": event.on, **scale}))
        case e.RelationshipRecorded():
            related = {name: getattr(event, name) for name in ("on", "member_id", "relation", "to_member_id")}
            return _add(journey, "relationships", f.Relationship.model_validate({**_head(event), **related}))
        case e.RelationshipEnded():
            return _change(journey, event.entry, ended_on=event.on)
        case e.ConcernRaised():
            return _raised(journey, event)
        case e.ConcernAnswered():
            fields = {"answer": event.answer, "answered_on": event.on, "answered_by": event.by}
            return settle_about(_change(journey, event.entry, **fields), event.entry)
        case e.EntryWithdrawn():
            return _withdrawn(journey, event)
        case _:
            assert_never(event)


def _head(event: e.CaseEvent) -> dict[str, str]:
    return {"id": event.entry, "by": event.by}


def _add(journey: Journey, kind: str, entry: f.CaseEntry) -> Journey:
    """Put an entry on its list; one of a name that is there already takes its place."""
    held = tuple(each for each in getattr(journey.case, kind) if each.id != entry.id)
    return with_changes(journey, case=journey.case.model_copy(update={kind: (*held, entry)}))


def _change(journey: Journey, name: str, **news: object) -> Journey:
    """Let an entry read otherwise, on whichever list it is."""
    lists = {
        kind: tuple(each.model_copy(update=news) if each.id == name else each for each in getattr(journey.case, kind))
        for kind in f.CaseFile.model_fields
    }
    return with_changes(journey, case=journey.case.model_copy(update=lists))


def _agreed(journey: Journey, event: e.ActionAgreed) -> Journey:
    action = f.Action(
        id=event.entry, by=event.by, on=event.on, need=event.need, owner=event.owner, due_on=event.due_on, do=event.do
    )
    added = _add(journey, "actions", action)
    return owe(added, "action", event.on, event.at, about=event.entry, by=event.due_on, who=event.owner)


def _closed(journey: Journey, event: e.ActionClosed) -> Journey:
    fields = {"state": event.how, "closed_on": event.on, "closed_by": event.by, "reason": event.reason}
    return settle_about(_change(journey, event.entry, **fields), event.entry)


def _met(journey: Journey, event: e.MeetingRecorded) -> Journey:
    """A meeting took place; the next one is outstanding where a day was agreed."""
    meeting = f.Meeting(
        id=event.entry,
        by=event.by,
        on=event.on,
        present=event.present,
        absent=event.absent,
        next_on=event.next_on,
    )
    settled = settle_about(_add(journey, "meetings", meeting), work="meeting")
    if event.next_on is None:
        return settled
    return owe(settled, "meeting", event.on, event.at, by=event.next_on)


def _raised(journey: Journey, event: e.ConcernRaised) -> Journey:
    concern = f.Concern(
        id=event.entry, by=event.by, on=event.on, kind=event.kind, to=event.to, member_id=event.member_id
    )
    by = local_date(event.at) + ANSWER_WITHIN
    return owe(
        _add(journey, "concerns", concern), "concern-answer", event.on, event.at, about=event.entry, by=by, who=event.to
    )


def _withdrawn(journey: Journey, event: e.EntryWithdrawn) -> Journey:
    """What was withdrawn asks for nothing any more; of a meeting, the next one that it announced neither."""
    left = settle_about(_change(journey, event.entry, withdrawn=event.reason), event.entry)
    meetings = left.case.meetings
    announced = meetings and meetings[-1].id == event.entry
    return settle_about(left, work="meeting") if announced else left
