"""What came of two families that are one, and of one that parts: who went where, and what went with them."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.evidence import Evidence
from domain.family import MEMBER_ID, Member, Scheme
from domain.journey.events.event import Event
from domain.journey.events.referrals import JoinedReferral
from domain.model import Code, Value

Change = Literal["merged", "split"]


class Counterpart(Value):
    """One person in the records of two families: `member` in the one they come from, `here` in the one they are in now.

    Whether they were `known` there before, and of which kinds the record there was given a number that it lacked.
    """

    member: str = Field(pattern=MEMBER_ID)
    here: str = Field(pattern=MEMBER_ID)
    known: bool = False
    numbers: tuple[Scheme, ...] = ()


class FamilyTakenIn(Event):
    """People of another family are of this one: all of a family that was merged into it, or those who parted from one.

    `members` are those who are new here or read otherwise; `evidence` is what was recorded of them there, under their
    ids here; `referrals` are those of a family that was merged.
    """

    unsettles_claims: ClassVar[bool] = True

    type: Literal["family-taken-in"] = "family-taken-in"
    on: date
    of: str
    how: Change
    reason: Code
    people: tuple[Counterpart, ...]
    members: tuple[Member, ...] = ()
    referrals: tuple[JoinedReferral, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class FamilyMerged(Event):
    """This family is the same as another, which goes on: the journey ends here."""

    type: Literal["family-merged"] = "family-merged"
    on: date
    into: str
    reason: Code
    people: tuple[Counterpart, ...]


class FamilySplit(Event):
    """Some members are of another family from `on`; their last day in this one is the day before."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["family-split"] = "family-split"
    on: date
    into: str
    reason: Code
    people: tuple[Counterpart, ...]


class MergeUndone(Event):
    """A family that was merged into this one is a family of its own again.

    Its people (`gone`) and its `evidence` (by id) are not of this journey any more; `members` read as before.
    """

    unsettles_claims: ClassVar[bool] = True

    type: Literal["merge-undone"] = "merge-undone"
    on: date
    of: str
    reason: Code
    people: tuple[Counterpart, ...]
    gone: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    evidence: tuple[str, ...] = ()


class FamilyRestored(Event):
    """This family is one of its own again: the journey goes on where it was merged.

    `evidence` is what was recorded of its people meanwhile, on the journey of the family it was merged into.
    """

    unsettles_claims: ClassVar[bool] = True

    type: Literal["family-restored"] = "family-restored"
    on: date
    out_of: str
    reason: Code
    evidence: tuple[Evidence, ...] = ()


FamilyEvent = FamilyTakenIn | FamilyMerged | FamilySplit | MergeUndone | FamilyRestored
