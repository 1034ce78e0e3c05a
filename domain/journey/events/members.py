"""How the people of a family, their numbers and their home changed; what is personal of it is in the vault."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.family import Member, Scheme
from domain.journey.events.event import Event
from domain.model import Code, absent

Joining = Literal["born", "moved-in", "found-later", "expected", "came-back"]
Leaving = Literal["moved-out", "died", "came-of-age", "into-care", "other-family", "never-belonged"]
PersonField = Literal["surname", "forename", "date-of-birth", "expected"]
ContactField = Literal["phone", "email"]
IdentifierChange = Literal["added", "removed"]


class MemberJoined(Event):
    """A person is of the family; `member` is who they are from now on."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["member-joined"] = "member-joined"
    on: date
    how: Joining
    member: Member


class MemberLeft(Event):
    """A member is of the family no more: `on` is the last day. Who `never-belonged` was no member from the first."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["member-left"] = "member-left"
    on: date
    member_id: str
    why: Leaving


class MemberCorrected(Event):
    """What was recorded of a member was wrong: `member` is how it reads, `fields` are what the vault has anew."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["member-corrected"] = "member-corrected"
    reason: Code
    member: Member
    fields: tuple[PersonField, ...] = ()


class IdentifierChanged(Event):
    """A member was given a further identifier, or a wrong one was taken away."""

    type: Literal["identifier-changed"] = "identifier-changed"
    member_id: str
    scheme: Scheme
    change: IdentifierChange
    reason: Code


class HouseholdMoved(Event):
    """The family lives elsewhere from `on`; `corrected` says why the address that held on that day was wrong."""

    type: Literal["household-moved"] = "household-moved"
    on: date
    locality: str | None = None
    corrected: Code | None = Field(default=None, exclude_if=absent)


class ContactsChanged(Event):
    """How an adult is reached was recorded."""

    type: Literal["contacts-changed"] = "contacts-changed"
    member_id: str
    fields: tuple[ContactField, ...]


MemberEvent = MemberJoined | MemberLeft | MemberCorrected | IdentifierChanged | HouseholdMoved | ContactsChanged
