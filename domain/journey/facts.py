"""What a command rests on besides its journey: read under lock when it is carried out, and asked for by nobody."""

from collections.abc import Mapping

from domain.claims.states import ClaimState
from domain.family import Scheme
from domain.journey.effects import Message
from domain.journey.events import Correctable
from domain.journey.state import Journey
from domain.model import Value


class Caseload(Value):
    """How many open families a key worker holds.

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
    """What the other open families of the programme take up.

    `holds` tells whether the key worker asked for is one of the `key_workers` already.
    """

    families: int
    key_workers: int
    holds: bool


class StillOpen(Value):
    """What of a family is not over.

    `newest` is its newest journey, `journeys` those that are open, `claims` those eligible, submitted or proposed to be
    back, `evaluations` how often its results are still to be evaluated, `concerns` those that wait for their answer,
    each with its family.
    """

    newest: str
    journeys: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    evaluations: int = 0

    def with_those_of(self, merged: "StillOpen") -> "StillOpen":
        """Return the same with what of a family is not over that was merged into this one."""
        return StillOpen(
            newest=self.newest,
            journeys=(*self.journeys, *merged.journeys),
            concerns=(*self.concerns, *merged.concerns),
            claims=(*self.claims, *merged.claims),
            evaluations=self.evaluations + merged.evaluations,
        )


class Taken(Value):
    """An identifier of a command that is another person's: its scheme, and whose it is."""

    scheme: Scheme
    reference: str
    member_id: str


class Household(Value):
    """What the vault has of a family, as far as a change of its people or home rests on it.

    `people` are the ids it knows, of this journey or not; `news` says whether the personal part of the command differs
    from what is held; `taken` are numbers that are another person's; `moved_that_day`: another address holds from the
    very day of the move.
    """

    people: tuple[str, ...] = ()
    news: bool = False
    taken: tuple[Taken, ...] = ()
    moved_that_day: bool = False


class Facts(Value):
    """What one command may rest on; what it does not need is left empty.

    `claim_state` is where a claim stands in the ledger, `message` one that did not go out as the outbox holds it,
    `family_erased` whether the family was erased on another journey, `original` how the event that a correction names
    reads now, and `named` its type, also where it is of one that is not corrected. `household` is what the vault has of
    the family.

    Of a change of two families, `other` is the newest journey of the other one, `household` what is known of the family
    that people go to, and `numbers` the kinds of number that its record of a person lacks, by the id they come with.
    `merged` are the newest journeys of families that were merged into this one.
    """

    caseload: Caseload | None = None
    places: PlacesTaken | None = None
    claim_state: ClaimState | None = None
    message: Message | None = None
    family_erased: bool = False
    still_open: StillOpen | None = None
    original: Correctable | None = None
    named: str | None = None
    household: Household | None = None
    other: Journey | None = None
    numbers: Mapping[str, tuple[Scheme, ...]] = {}
    merged: tuple[str, ...] = ()


NO_FACTS = Facts()
