"""The undoing of an import: of which families nothing else is known, so that their referral may be taken back."""

from collections.abc import Iterable

from domain.journey.events import AnyEvent

# What the system does by itself on a journey that nobody has touched.
BY_ITSELF = frozenset(
    [
        *("family-referred", "reminder-fell-due", "reminder-sent", "reminder-not-sent", "reminder-escalated"),
        *("reminder-ended", "evaluation-fell-due", "evidence-requested", "notification-not-sent"),
    ]
)


def happened_since(events: Iterable[AnyEvent]) -> tuple[str, ...]:
    """Return the types of what happened to a family beside its referral, each once, in order."""
    return tuple(dict.fromkeys(event.type for event in events if not _by_itself(event)))


def _by_itself(event: AnyEvent) -> bool:
    if event.type == "claim-eligibility-recorded":
        return event.verdict != "met"
    return event.type in BY_ITSELF
