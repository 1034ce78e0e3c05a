"""Whether a message to a partner may go out, judged on the day it would be sent."""

from datetime import date

from domain.journey.effects import Notify
from domain.journey.state import Journey
from domain.programme.programme import Programme


def refusal(journey: Journey, message: Notify, programme: Programme, today: date) -> str | None:
    """Return why the message must not go out today, as a code, or None when it may.

    Both are needed: an agreement in force with the partner that covers the purpose and every category, and for each
    category a recorded basis in force for the same partner and purpose (DESIGN, section 10). A message that may not
    say all it would say does not go out at all: the partner would take what is missing for what is not.
    """
    if journey.erased_on is not None:
        return "family-erased"
    agreement = programme.agreement(message.partner, today)
    if agreement is None:
        return "no-agreement-in-force"
    if message.purpose not in agreement.purposes:
        return "purpose-not-agreed"
    if not set(message.categories) <= set(agreement.categories):
        return "category-not-agreed"
    if agreement.channel is None:
        return "no-channel-agreed"
    return _without_basis(journey, message, today)


def _without_basis(journey: Journey, message: Notify, today: date) -> str | None:
    """Return which ground is missing on the family's side, or None; several bases may cover a message together."""
    bases = [
        held
        for held in journey.consents
        if held.holds_on(today)
        and held.purpose == message.purpose
        and (not held.partners or message.partner in held.partners)
    ]
    if not bases:
        return "no-consent-in-force"
    if any(not held.categories for held in bases):
        return None
    covered = {category for held in bases for category in held.categories}
    return None if set(message.categories) <= covered else "category-not-consented"
