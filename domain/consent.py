"""Whether a message to a partner may go out, judged on the day it would be sent."""

from datetime import date

from domain.effects import Notify
from domain.journey import Journey
from domain.programme import Programme


def refusal(journey: Journey, message: Notify, programme: Programme, today: date) -> str | None:
    """Return why the message must not go out today, as a code, or None when it may.

    Both are needed: an agreement in force with the partner that covers the purpose and every category, and a
    recorded basis in force for the same (DESIGN, section 10).
    """
    agreement = programme.agreement(message.partner, today)
    if agreement is None:
        return "no-agreement-in-force"
    if message.purpose not in agreement.purposes:
        return "purpose-not-agreed"
    if not set(message.categories) <= set(agreement.categories):
        return "category-not-agreed"
    return None if any(_covers(journey, message, today)) else "no-consent-in-force"


def _covers(journey: Journey, message: Notify, today: date) -> list[bool]:
    return [
        held.holds_on(today)
        and held.purpose == message.purpose
        and (not held.partners or message.partner in held.partners)
        and (not held.categories or set(message.categories) <= set(held.categories))
        for held in journey.consents
    ]
