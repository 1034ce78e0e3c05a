"""What comes of a further referral of a family whose journey is open."""

from datetime import date
from typing import Literal

from pydantic import Field

from domain.family import Member
from domain.journey.commands.command import MOST, Command
from domain.model import Code


class JoinReferral(Command):
    """Add a further referral of the family to its open journey; who is not on the journey yet joins it."""

    type: Literal["join-referral"] = "join-referral"
    on: date
    referrer: Code
    criteria: tuple[Code, ...] = Field(default=(), max_length=MOST)
    members: tuple[Member, ...] = Field(min_length=1)
