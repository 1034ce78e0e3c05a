"""The read-model rows of a journey, as pure functions of its state, its agenda and its events."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from domain.family import Member
from domain.journey.agenda import Deadline
from domain.journey.events import (
    AnyEvent,
    ReminderAcknowledged,
    ReminderEnded,
    ReminderEscalated,
    ReminderFellDue,
    ReminderNotSent,
    ReminderSent,
)
from domain.journey.owed_work import OwedWork
from domain.journey.state import UNREFERRED, Journey
from domain.rules.spans import Span
from store.chain import utc
from store.queries import queries

Row = dict[str, Any]
Told = ReminderSent | ReminderNotSent | ReminderAcknowledged | ReminderEscalated | ReminderEnded


def project(  # noqa: PLR0913, PLR0917 - everything the read models are made of
    journey_id: str,
    journey: Journey,
    deadlines: Sequence[Deadline],
    owed: Sequence[OwedWork],
    events: Sequence[AnyEvent],
    head: bytes,
) -> list[Any]:
    """Return the parameters of the statement `project`; the last of the new `events` has hash `head`."""
    agenda = [_deadline(deadline) for deadline in deadlines]
    fallen, moved = reminder_rows(journey, events)
    next_at = min((deadline.at for deadline in deadlines), default=None)
    row = journey_row(journey, next_at, owed, head, utc(events[-1].at))
    return [journey_id, row, agenda, [each["deadline_id"] for each in agenda], fallen, moved]


def journey_row(
    journey: Journey, next_deadline_at: datetime | None, owed: Sequence[OwedWork], head: bytes, changed_at: datetime
) -> Row:
    """Return the row of `journeys`, by column; bytes are spelled as JSON can carry them to Postgres."""
    return {
        "reference": journey.reference,
        "area": journey.area,
        "locality": journey.locality,
        "programme": journey.programme,
        "programme_version": journey.programme_version,
        "programme_hash": journey.programme_hash,
        "referrer": journey.referrer,
        "referred_on": journey.referred_on,
        "stage": journey.stage,
        "cohort": journey.cohort,
        "intensity": journey.intensity,
        "waits_since": waits.since if (waits := journey.owes("allocation")) else None,
        "criteria": list(journey.criteria),
        "key_worker": journey.key_worker,
        "waiver": journey.waiver,
        "handover_to": journey.handover_to,
        "stepped_down_on": journey.stepped_down_on,
        "closed_on": journey.closed_on,
        "outcome": journey.outcome,
        "erased_on": journey.erased_on,
        "erased_for": journey.erased_for,
        "members": len(journey.present),
        "member_ids": [member.id for member in journey.members],
        "roll": _roll(journey),
        "unheard": {name: day.isoformat() for name, day in journey.heard_since().items()},
        "evidence": len(journey.evidence),
        "merged_into": journey.merged_into,
        "milestones": _milestones(journey),
        "links": [link.model_dump(mode="json", exclude_none=True) for link in journey.links],
        "next_deadline_at": next_deadline_at,
        "owed": [each.model_dump(mode="json") for each in owed],
        "version": journey.version,
        "head": f"\\x{head.hex()}",
        "changed_at": changed_at,
    }


def _milestones(journey: Journey) -> Row:
    """Return the first day of each step that was come to, the checks, a review off the track, and open results."""
    steps = {
        "identified": journey.identified_on,
        "allocated": journey.held_from,
        "contacted": journey.first_contact_on,
        "assessed": journey.first_assessed_on,
        "planned": journey.first_plan_on,
        "started": journey.first_intervention_from,
        "stepped-down": journey.stepped_down_on,
        "off-track": journey.reviewed_on if journey.review_outcome == "off-track" else None,
    }
    return {
        **{name: day.isoformat() for name, day in steps.items() if day is not None},
        "checks": [{"verdict": check.verdict, "on": check.on.isoformat()} for check in journey.checks],
        "results": {each.result: {"verdict": each.verdict, "on": each.as_of.isoformat()} for each in journey.verdicts},
    }


def _roll(journey: Journey) -> list[Row]:
    """Return when everybody belonged; nobody is of a family that was merged: they are of the one that goes on."""
    if journey.merged_into is not None:
        return []
    return [_stay(member, stay) for member in journey.members for stay in member.stays]


def _stay(member: Member, stay: Span) -> Row:
    """Return a time in which somebody belonged; the days are left out where it has no end."""
    first = {} if stay.first == date.min else {"from": stay.first.isoformat()}
    last = {} if stay.last == date.max else {"to": stay.last.isoformat()}
    return {"id": member.id, **first, **last}


def reminder_rows(journey: Journey, events: Sequence[AnyEvent]) -> tuple[list[Row], list[Row]]:
    """Return the rows of reminders that fell due in `events`, and the news of those that had before."""
    fallen: dict[str, Row] = {}
    moved: dict[str, Row] = {}
    for event in events:
        match event:
            case ReminderFellDue():
                fallen.setdefault(event.reminder_id, _fallen(event))
            case ReminderSent() | ReminderNotSent() | ReminderAcknowledged() | ReminderEscalated() | ReminderEnded():
                rows = fallen if event.reminder_id in fallen else moved
                row = rows.setdefault(event.reminder_id, {"reminder_id": event.reminder_id})
                row.update({name: value for name, value in _news(event).items() if name not in row})
            case _:
                pass
    return _with_states(journey, fallen), _with_states(journey, moved)


def _with_states(journey: Journey, rows: dict[str, Row]) -> list[Row]:
    """Add where each reminder stands; one that never fell due has no row."""
    states = {reminder.id: reminder.state for reminder in journey.reminders} if rows else {}
    return [{**row, "state": states[name]} for name, row in rows.items() if name in states]


def _deadline(deadline: Deadline) -> Row:
    return {
        "deadline_id": deadline.id,
        "at": utc(deadline.at),
        "due_on": deadline.due_on,
        "work": deadline.work,
        "generation": deadline.generation,
        "owed_by": deadline.to,
        "escalation": deadline.escalation,
        "months": deadline.months,
    }


def _fallen(event: ReminderFellDue) -> Row:
    return {
        "reminder_id": event.reminder_id,
        "work": event.work,
        "generation": event.generation,
        "owed_by": event.to,
        "due_on": event.due_on,
        "planned_for": utc(event.planned_for),
        "late": event.late,
        "escalation": event.escalation,
        "fell_due_at": utc(event.at),
    }


def _news(event: Told) -> Row:
    """Return what an event adds to its reminder's row; the first of its kind counts."""
    match event:
        case ReminderSent():
            return {"sent_at": utc(event.at)}
        case ReminderNotSent():
            return {"fault": event.fault, "reason": event.reason}
        case _:
            return {"ended_at": utc(event.at)}


def _statement() -> str:
    """Return the statement `project` with the columns of a journey's row."""
    columns = list(journey_row(UNREFERRED, None, (), b"", datetime.min))  # noqa: DTZ901 - for the names alone
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    return queries("read_models")["project"].format(columns=", ".join(columns), changes=changes)


PROJECT = _statement()
