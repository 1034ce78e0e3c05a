"""How the people of a family, their numbers and their home change: who joins, who leaves, what was wrong, who moves.

Names, dates of birth, identifiers, addresses and telephone numbers are sealed in the command (`personal`): they are
opened and put in the vault in the transaction that appends the event, which holds codes and dates only.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.family import MEMBER_ID, Role, Scheme
from domain.journey.commands.command import Command, Personal
from domain.journey.events import ContactField, IdentifierChange, Joining, Leaving, PersonField
from domain.model import Code

MemberId = Annotated[str, Field(pattern=MEMBER_ID)]


class AddMember(Command):
    """Add a person to the family from a day on; `member_id` names one known of the family, who comes back.

    Who was `found-later` belonged all along; an `expected` child belongs from the day it is recorded.
    """

    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["add-member"] = "add-member"
    on: date
    role: Role
    how: Joining
    member_id: MemberId | None = None
    personal: Personal | None = None


class RecordLeaving(Command):
    """Let a member be of the family no more: `on` is the last day. Who `never-belonged` was none from the first."""

    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True

    type: Literal["record-leaving"] = "record-leaving"
    on: date
    member_id: MemberId
    why: Leaving


class CorrectMember(Command):
    """Correct what is recorded of a member: name and birth (in `personal`), role, and the days on which they belonged.

    `from_` may be `always`, `to` may be `open`; `never_away` takes out the times on which they were away.
    """

    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["correct-member"] = "correct-member"
    member_id: MemberId
    reason: Code
    fields: tuple[PersonField, ...] = ()
    role: Role | None = None
    from_: date | Literal["always"] | None = None
    to: date | Literal["open"] | None = None
    never_away: bool = False
    personal: Personal | None = None


class ChangeIdentifier(Command):
    """Give a member a further identifier, or take a wrong one away; the number itself is in `personal`."""

    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["change-identifier"] = "change-identifier"
    member_id: MemberId
    scheme: Scheme
    change: IdentifierChange
    reason: Code
    personal: Personal | None = None


class MoveHousehold(Command):
    """Record that the family moved on a day; `corrected` says why the address that holds on that day was wrong."""

    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["move-household"] = "move-household"
    on: date
    locality: str | None = Field(default=None, min_length=1, max_length=80)
    corrected: Code | None = None
    personal: Personal | None = None


class ChangeContacts(Command):
    """Record how an adult is reached: telephone and e-mail, in `personal`."""

    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["change-contacts"] = "change-contacts"
    member_id: MemberId
    fields: tuple[ContactField, ...] = Field(min_length=1)
    personal: Personal | None = None


MemberCommand = AddMember | RecordLeaving | CorrectMember | ChangeIdentifier | MoveHousehold | ChangeContacts
