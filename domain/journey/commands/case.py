"""What people record in the case file of a family: notes, actions, meetings, voices, scales, relationships, concerns.

What they say in words is sealed in the command (`personal`) as {"text": ...}, opened in the transaction that appends
the event, and put in the vault; the event holds codes, days and the entry's name only.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.access import Action
from domain.case_words import Closing, ConcernAnswer, ConcernKind, DoCode, NoteKind, Relation
from domain.family import MEMBER_ID
from domain.journey.commands.command import MOST, Command, Personal
from domain.journey.events import Attendee, Entry, Party
from domain.model import Code

Words = Literal["needed", "may", "none"]
Person = Annotated[str, Field(pattern=MEMBER_ID, description="A member of the family, such as m2.")]


class OfCaseFile(Command):
    """What every command on the case file is obliged to; `words`: whether it comes with text for the vault."""

    words: ClassVar[Words] = "none"
    door: ClassVar[Action] = "work"
    needs_facts: ClassVar[bool] = True
    writes_beside: ClassVar[bool] = True

    personal: Personal | None = None


class AddNote(OfCaseFile):
    """Write up a visit, a call or a meeting; on a closed journey, one from before the close."""

    words: ClassVar[Words] = "needed"
    after_close: ClassVar[bool] = True

    type: Literal["add-note"] = "add-note"
    on: date
    about: NoteKind


class AddAction(OfCaseFile):
    """Agree that somebody does something about a need by a day: a code (`do`), or text."""

    words: ClassVar[Words] = "may"

    type: Literal["add-action"] = "add-action"
    on: date
    need: Code
    owner: Party
    due_on: date
    do: DoCode | None = None


class MoveAction(OfCaseFile):
    """Let an action be done by another day."""

    type: Literal["move-action"] = "move-action"
    entry: Entry
    due_on: date
    reason: Code


class CloseAction(OfCaseFile):
    """Say that an action was done, or drop it for a reason."""

    type: Literal["close-action"] = "close-action"
    on: date
    entry: Entry
    how: Closing
    reason: Code | None = None


class RecordMeeting(OfCaseFile):
    """Record a meeting about the family; the next one is then outstanding work. Text says what was agreed."""

    words: ClassVar[Words] = "may"

    type: Literal["record-meeting"] = "record-meeting"
    on: date
    present: tuple[Attendee, ...] = Field(min_length=1, max_length=MOST)
    absent: tuple[Attendee, ...] = Field(default=(), max_length=MOST)
    next_on: date | None = None


class RecordVoice(OfCaseFile):
    """Record what a child says of its life, in its own words."""

    words: ClassVar[Words] = "needed"
    after_close: ClassVar[bool] = True

    type: Literal["record-voice"] = "record-voice"
    on: date
    member_id: Person


class SetScale(OfCaseFile):
    """Say where a need stands, from 0 (as bad as it can be) to 10 (no concern); never part of a claim."""

    type: Literal["set-scale"] = "set-scale"
    on: date
    need: Code
    score: int = Field(ge=0, le=10)
    member_id: Person | None = None


class AddRelationship(OfCaseFile):
    """Record how one member of the family is related to another."""

    type: Literal["add-relationship"] = "add-relationship"
    on: date
    member_id: Person
    relation: Relation
    to_member_id: Person


class EndRelationship(OfCaseFile):
    """Record that a relationship holds no more."""

    type: Literal["end-relationship"] = "end-relationship"
    on: date
    entry: Entry


class RaiseConcern(OfCaseFile):
    """Raise a concern with a named colleague, who must answer. It replaces no emergency call and no referral."""

    words: ClassVar[Words] = "may"
    after_close: ClassVar[bool] = True

    type: Literal["raise-concern"] = "raise-concern"
    on: date
    kind: ConcernKind
    to: Code
    member_id: Person | None = None


class AnswerConcern(OfCaseFile):
    """Say what follows from a concern; its named receiver does, or a manager."""

    words: ClassVar[Words] = "may"
    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True

    type: Literal["answer-concern"] = "answer-concern"
    on: date
    entry: Entry
    answer: ConcernAnswer


class WithdrawEntry(OfCaseFile):
    """Withdraw an entry that is wrong: it stays on the list, marked, and its text is deleted."""

    after_close: ClassVar[bool] = True
    after_merging: ClassVar[bool] = True

    type: Literal["withdraw-entry"] = "withdraw-entry"
    entry: Entry
    reason: Code


CaseCommand = (
    AddNote
    | AddAction
    | MoveAction
    | CloseAction
    | RecordMeeting
    | RecordVoice
    | SetScale
    | AddRelationship
    | EndRelationship
    | RaiseConcern
    | AnswerConcern
    | WithdrawEntry
)
