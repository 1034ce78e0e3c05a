"""Who shall hold the family: allocation, and handovers with their two sides."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.access import Action
from domain.journey.commands.command import Command
from domain.model import Code


class AllocateKeyWorker(Command):
    """Give the family its one key worker; without a name, the one with the most room.

    A `waiver`, by a manager, is the reason why the caseload cap may be exceeded.
    """

    action: ClassVar[Action | None] = "allocate"
    needs_facts: ClassVar[bool] = True

    type: Literal["allocate"] = "allocate"
    on: date
    key_worker: Code | None
    waiver: Code | None = Field(default=None, description="Why the cap may be exceeded; managers only.")


class OfferHandover(Command):
    """Offer the family to another key worker, of any team and area."""

    action: ClassVar[Action | None] = "work"
    needs_facts: ClassVar[bool] = True

    type: Literal["offer-handover"] = "offer-handover"
    on: date
    to: Code


class WithdrawHandover(Command):
    """Take an unanswered offer back."""

    action: ClassVar[Action | None] = "work"

    type: Literal["withdraw-handover"] = "withdraw-handover"
    on: date


class AcceptHandover(Command):
    """Take over the offered family; a `waiver` as for an allocation."""

    action: ClassVar[Action | None] = "work"
    answered_by: ClassVar[Literal["holder", "offered"]] = "offered"
    needs_facts: ClassVar[bool] = True

    type: Literal["accept-handover"] = "accept-handover"
    on: date
    key_worker: Code
    waiver: Code | None = Field(default=None, description="Why the cap may be exceeded; managers only.")


class RefuseHandover(Command):
    """Decline the offered family; the holder stays."""

    action: ClassVar[Action | None] = "work"
    answered_by: ClassVar[Literal["holder", "offered"]] = "offered"

    type: Literal["refuse-handover"] = "refuse-handover"
    on: date
    reason: Code


HolderCommand = AllocateKeyWorker | OfferHandover | WithdrawHandover | AcceptHandover | RefuseHandover
