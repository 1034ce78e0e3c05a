"""Messages that did not go out and are to be tried again: a command of its own, so that the history says it."""

import re

from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.effects import Remind
from domain.journey.facts import Facts
from domain.journey.state import Journey

_RETRY = re.compile(r"(?P<first>.+?)(?::retry-(?P<number>[0-9]+))?")


def retry_message(journey: Journey, command: c.RetryMessage, facts: Facts) -> list[e.AnyEvent]:
    """Send a message again that failed or was refused, under an id of its own; one that was tried again stays so.

    Consent and agreement are asked anew when it goes out.
    """
    if facts.family_erased:
        raise Rejected(
            "erased",
            f"{journey.reference} was erased",
            "nothing is sent about it any more, so nothing needs to be done",
        )
    if command.effect_id in journey.retried:
        return []
    message = facts.message
    if message is None:
        raise Rejected(
            "nothing-to-retry",
            f"{command.effect_id} is not a message that failed or was refused",
            "list them with: journeys messages failed, or journeys messages refused",
        )
    if isinstance(message, Remind):
        _still_owed(journey, message)
    again = message.model_copy(update={"effect_id": retry_id(message.effect_id)})
    return [e.MessageRetried(at=command.at, of=command.effect_id, message=again)]


def retry_id(effect_id: str) -> str:
    """Return the id of the next try: derived from the first one's, so that the chain can be read off it."""
    parts = _RETRY.fullmatch(effect_id)
    first, number = (parts["first"], int(parts["number"] or 0)) if parts else (effect_id, 0)
    return f"{first}:retry-{number + 1}"


def _still_owed(journey: Journey, message: Remind) -> None:
    reminder = journey.reminder(message.reminder_id)
    if reminder is None or not reminder.wanted:
        raise Rejected(
            "reason-ended",
            f"the {message.work} that {message.reminder_id} was about is no longer outstanding",
            "nothing needs to be sent",
        )
