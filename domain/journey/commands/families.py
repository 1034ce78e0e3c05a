"""What makes two families one, parts one in two, and undoes it; a manager asks for it, and it is carried out whole.

A change of two families is one command on one journey. What it makes happen on the other journey is a command that only
such a change gives (`EndAsMerged`, `TakeIn`, `RestoreFamily`), carried out in the same transaction.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.evidence import Evidence
from domain.family import MEMBER_ID, Member
from domain.journey.commands.command import MOST, Command
from domain.journey.events import Counterpart, JoinedReferral
from domain.journey.events.families import Change
from domain.model import Code, Value

MemberId = Annotated[str, Field(pattern=MEMBER_ID)]


class Same(Value):
    """Somebody of the other family who is somebody known here, as that was weighed or said."""

    member: MemberId
    here: MemberId


class MergeFamily(Command):
    """Take another family into this one, as the same family: its journey ends, and this one goes on."""

    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["merge-family"] = "merge-family"
    on: date
    of: str
    reason: Code
    same: tuple[Same, ...] = Field(default=(), max_length=MOST)


class SplitFamily(Command):
    """Let members be of another family from a day on: a known one, or one that this opens."""

    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["split-family"] = "split-family"
    on: date
    into: str
    members: tuple[MemberId, ...] = Field(min_length=1, max_length=MOST)
    reason: Code
    same: tuple[Same, ...] = Field(default=(), max_length=MOST)


class UndoMerge(Command):
    """Let a family that was merged into this one be a family of its own again."""

    after_close: ClassVar[bool] = True
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    type: Literal["undo-merge"] = "undo-merge"
    on: date
    of: str
    reason: Code


class EndAsMerged(Command):
    """End the journey of a family that was merged into another."""

    after_close: ClassVar[bool] = True
    ends_because: ClassVar[str | None] = "merged"

    type: Literal["end-as-merged"] = "end-as-merged"
    on: date
    into: str
    reason: Code
    people: tuple[Counterpart, ...]


class TakeIn(Command):
    """Take in people who parted from another family, with what was recorded of them from that day on."""

    writes_beside: ClassVar[bool] = True

    type: Literal["take-in"] = "take-in"
    on: date
    of: str
    how: Change
    reason: Code
    people: tuple[Counterpart, ...]
    members: tuple[Member, ...] = ()
    referrals: tuple[JoinedReferral, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class RestoreFamily(Command):
    """Let the journey of a family that was merged go on where it was."""

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True

    type: Literal["restore-family"] = "restore-family"
    on: date
    out_of: str
    reason: Code
    evidence: tuple[Evidence, ...] = ()


FamilyCommand = MergeFamily | SplitFamily | UndoMerge | EndAsMerged | TakeIn | RestoreFamily
