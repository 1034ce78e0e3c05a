"""The decisions on actions: who does what by when, agreed, moved, done or dropped; a partner closes its own."""

from datetime import datetime

from domain.calendar import local_date
from domain.errors import Rejected
from domain.evidence import ActionDone
from domain.journey import case_file as f
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.case_checks import begin, held_entry, in_reach, known_need, known_party
from domain.journey.refusals import happened
from domain.journey.state import Journey
from domain.programme.programme import Programme


def agree(journey: Journey, command: c.AddAction, programme: Programme) -> e.ActionAgreed:
    """Agree on an action: a code or a text, by a day that can be meant."""
    happened(command.on, command.at, None, "agreed on")
    known_need(journey, command.need)
    known_party(journey, command.owner, programme, command.on)
    in_reach(command.due_on, command.on, local_date(command.at))
    if (command.do is None) == (command.personal is None):
        raise Rejected("bad-request", "an action is a code or a text", "give one of the two: --do CODE, or --do TEXT")
    if command.do is None and command.owner.startswith(f.PARTNER):
        raise Rejected(
            "text-for-partner", "a partner is never sent text", "say what it does with a code: journeys action add -h"
        )
    new = begin(journey, command, "A", journey.case.actions)
    return e.ActionAgreed(
        **new, on=command.on, need=command.need, owner=command.owner, due_on=command.due_on, do=command.do
    )


def move(journey: Journey, command: c.MoveAction) -> list[e.AnyEvent]:
    """Let an open action be done by another day."""
    action = _open_action(journey, command.entry)
    if action.due_on == command.due_on:
        return []
    in_reach(command.due_on, action.on, local_date(command.at))
    moved = {"entry": action.id, "by": command.actor, "due_on": command.due_on, "reason": command.reason}
    return [e.ActionMoved(at=command.at, **moved)]


def close(journey: Journey, command: c.CloseAction) -> list[e.AnyEvent]:
    """Close an action; said again it is closed already."""
    action = held_entry(journey, journey.case.actions, command.entry)
    if action.state == command.how:
        return []
    _open_action(journey, command.entry)
    if command.how == "dropped" and command.reason is None:
        raise Rejected("no-reason", f"nothing says why {action.id} is dropped", "give a code: --reason not-needed")
    happened(command.on, command.at, action.on, f"{command.how} on")
    closed = {"entry": action.id, "by": command.actor, "on": command.on, "how": command.how, "reason": command.reason}
    return [e.ActionClosed(at=command.at, **closed)]


def _open_action(journey: Journey, name: str) -> f.Action:
    action = held_entry(journey, journey.case.actions, name)
    if action.state != "open":
        remedy = f"agree a new one: journeys action add {journey.reference} ..."
        raise Rejected("action-closed", f"{name} was {action.state} on {action.closed_on}", remedy)
    return action


def done_by_partner(journey: Journey, item: ActionDone, at: datetime) -> list[e.AnyEvent]:
    """Close an action that a partner says it has done; it closes its own, and what is closed stays so."""
    action = journey.case.action(item.action)
    if action is None or action.partner != item.source:
        reason = f"{item.source} has no action {item.action} here"
        raise Rejected("unknown-action", reason, "send its name as the notification has it")
    if action.state != "open":
        return []
    return [e.ActionClosed(at=at, entry=action.id, by=f"{f.PARTNER}{item.source}", on=item.on, how="done")]
