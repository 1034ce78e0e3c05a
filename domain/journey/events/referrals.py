"""What came of a further referral of a family whose journey was open."""

from datetime import date
from typing import Literal

from domain.family import Member
from domain.journey.events.event import Event
from domain.model import Code, Value


class JoinedReferral(Value):
    """A referral of the family: the day, the partner, and the criteria it named."""

    on: date
    referrer: str
    criteria: tuple[str, ...] = ()


class ReferralJoined(Event):
    """A partner referred a family whose journey was open: the referral was added to it, with whoever is new in it."""

    type: Literal["referral-joined"] = "referral-joined"
    on: date
    referrer: Code
    criteria: tuple[Code, ...]
    members: tuple[Member, ...]
