"""Who shall hold the family, with what was counted under lock when the command is carried out."""

from datetime import date
from typing import Literal

from domain.journey.commands.command import Command
from domain.model import Code, Value


class Caseload(Value):
    """How many open families a key worker holds, as counted under lock when the command is carried out.

    `worker` is who was counted, `team` and `area` where that worker belongs. Of one that is full also: who has `room`,
    the most first, and the family's `place` in the queue.
    """

    known: bool
    held: int
    cap: int
    worker: str = ""
    leaving: bool = False
    team: str | None = None
    area: str | None = None
    room: tuple[str, ...] = ()
    place: int | None = None


class PlacesTaken(Value):
    """What the other open families of the programme take up, as counted under lock when the command is carried out.

    `holds` tells whether the key worker asked for is one of the `key_workers` already.
    """

    families: int
    key_workers: int
    holds: bool


class AllocateKeyWorker(Command):
    """Give the family its one key worker; without a name, the one with the most room.

    A `waiver`, by a manager, is the reason why the caseload cap may be exceeded.
    """

    type: Literal["allocate"] = "allocate"
    on: date
    key_worker: Code | None
    waiver: Code | None = None
    caseload: Caseload | None = None
    places: PlacesTaken | None = None


class OfferHandover(Command):
    """Offer the family to another key worker, of any team and area."""

    type: Literal["offer-handover"] = "offer-handover"
    on: date
    to: Code
    caseload: Caseload | None = None


class WithdrawHandover(Command):
    """Take an unanswered offer back."""

    type: Literal["withdraw-handover"] = "withdraw-handover"
    on: date


class AcceptHandover(Command):
    """Take over the offered family; a `waiver` as for an allocation."""

    type: Literal["accept-handover"] = "accept-handover"
    on: date
    key_worker: Code
    waiver: Code | None = None
    caseload: Caseload | None = None
    places: PlacesTaken | None = None


class RefuseHandover(Command):
    """Decline the offered family; the holder stays."""

    type: Literal["refuse-handover"] = "refuse-handover"
    on: date
    reason: Code
