"""What a message to a partner says: each data category opens its own fields, and nothing else is ever read."""

from collections.abc import Mapping

from domain.categories import Category
from domain.journey.effects import Notify
from domain.journey.state import Journey

UPDATE = "update"  # what a message is about for a partner who may not know the stage


def disclosed(message: Notify, journey: Journey) -> dict[str, object]:
    """Return what the message tells of `journey`, as it was just after the event: fields of its categories only.

    What happened says where the family stands, so it belongs to `stage`. A category nobody knows opens nothing.
    """
    opened: dict[str, object] = {"reference": journey.reference}
    for category, fields in _opens(message, journey).items():
        if category in message.categories:
            opened |= fields
    return opened | _action(message, journey)


def payload(message: Notify, journey: Journey) -> dict[str, object]:
    """Return the body of a webhook: what is disclosed, under a type that tells no more than that."""
    return payload_of(disclosed(message, journey))


def payload_of(payload: Mapping[str, object]) -> dict[str, object]:
    """Return what is disclosed as the body of a webhook."""
    rest = {name: value for name, value in payload.items() if name != "about"}
    return {"type": f"family-journeys.{payload.get('about', UPDATE)}", **rest}


def _action(message: Notify, journey: Journey) -> dict[str, object]:
    """Return what a partner is told of an action of its own: its name and state, and more as its categories open."""
    action = journey.case.action(message.entry) if message.entry else None
    if action is None:
        return {}
    payload: dict[str, object] = {"about": message.about, "action": action.id, "state": action.state}
    if "dates" in message.categories:
        payload["due_on"] = action.due_on.isoformat()
    if "needs" in message.categories:
        payload |= {"needs": [action.need], "do": action.do}
    return payload


def _opens(message: Notify, journey: Journey) -> Mapping[Category, dict[str, object]]:
    roles = [member.role for member in journey.members_on(message.on)]
    return {
        "stage": {"about": message.about, "stage": journey.stage},
        "dates": {"on": message.on.isoformat()},
        "key-worker": {"key_worker": journey.key_worker},
        "criteria": {"criteria": list(journey.criteria)},
        "needs": {"needs": list(journey.needs)},
        "outcome": {"outcome": journey.outcome},
        "members": {"adults": roles.count("adult"), "children": roles.count("child")},
    }
