"""What the case file holds: notes, actions, meetings, voices, scales, relationships and concerns, by code and day.

Every event names its `entry`, such as A3, and who recorded it. What was said in words is in the vault under that entry.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.case_words import Closing, ConcernAnswer, ConcernKind, DoCode, NoteKind, Relation
from domain.journey.events.event import Event
from domain.model import Code, absent

ENTRY = r"^(N|A|MT|V|S|R|C)[1-9][0-9]{0,3}$"
PARTY = r"^(key-worker|m[0-9]{1,3}|partner:[a-z0-9-]{1,64})$"
ATTENDEE = r"^(key-worker|coordinator|manager|advocate|interpreter|m[0-9]{1,3}|partner:[a-z0-9-]{1,64})$"
Entry = Annotated[str, Field(pattern=ENTRY, description="An entry of the case file, such as A3.")]
Party = Annotated[str, Field(pattern=PARTY, description="A member (m1), key-worker, or partner:NAME.")]
Attendee = Annotated[str, Field(pattern=ATTENDEE, description="A member (m1), a role, or partner:NAME.")]


class OfCase(Event):
    """What every event of the case file carries: its entry, and who recorded it (`role:name`)."""

    entry: Entry
    by: str


class NoteAdded(OfCase):
    """A visit, a call or a meeting was written up."""

    type: Literal["note-added"] = "note-added"
    on: date
    about: NoteKind


class ActionAgreed(OfCase):
    """Somebody is to do something about a need by a day; without a code (`do`) the vault says what."""

    type: Literal["action-agreed"] = "action-agreed"
    on: date
    need: Code
    owner: Party
    due_on: date
    do: DoCode | None = Field(default=None, exclude_if=absent)


class ActionMoved(OfCase):
    """An action is to be done by another day."""

    type: Literal["action-moved"] = "action-moved"
    due_on: date
    reason: Code


class ActionClosed(OfCase):
    """An action was done, or dropped for a reason."""

    type: Literal["action-closed"] = "action-closed"
    on: date
    how: Closing
    reason: Code | None = Field(default=None, exclude_if=absent)


class MeetingRecorded(OfCase):
    """A meeting about the family took place: who was there, who was not, and when the next one is."""

    type: Literal["meeting-recorded"] = "meeting-recorded"
    on: date
    next_on: date | None = Field(default=None, exclude_if=absent)
    present: tuple[Attendee, ...]
    absent: tuple[Attendee, ...] = ()


class VoiceRecorded(OfCase):
    """A child was heard; the vault holds what it said."""

    type: Literal["voice-recorded"] = "voice-recorded"
    on: date
    member_id: str


class ScaleSet(OfCase):
    """Where a need stands on a scale from 0 (as bad as it can be) to 10 (no concern), for one member or the family."""

    type: Literal["scale-set"] = "scale-set"
    on: date
    need: Code
    score: int = Field(ge=0, le=10)
    member_id: str | None = Field(default=None, exclude_if=absent)


class RelationshipRecorded(OfCase):
    """How one member is related to another."""

    type: Literal["relationship-recorded"] = "relationship-recorded"
    on: date
    member_id: str
    relation: Relation
    to_member_id: str


class RelationshipEnded(OfCase):
    """A relationship holds no more from a day on."""

    type: Literal["relationship-ended"] = "relationship-ended"
    on: date


class ConcernRaised(OfCase):
    """Somebody is worried about a child or an adult, and a named colleague has to answer."""

    type: Literal["concern-raised"] = "concern-raised"
    on: date
    kind: ConcernKind
    to: Code
    member_id: str | None = Field(default=None, exclude_if=absent)


class ConcernAnswered(OfCase):
    """The named colleague, or a manager, said what follows from a concern."""

    type: Literal["concern-answered"] = "concern-answered"
    on: date
    answer: ConcernAnswer


class EntryWithdrawn(OfCase):
    """An entry of the case file was wrong: it stays on the list, marked, and its words are deleted."""

    type: Literal["entry-withdrawn"] = "entry-withdrawn"
    reason: Code


CaseEvent = (
    NoteAdded
    | ActionAgreed
    | ActionMoved
    | ActionClosed
    | MeetingRecorded
    | VoiceRecorded
    | ScaleSet
    | RelationshipRecorded
    | RelationshipEnded
    | ConcernRaised
    | ConcernAnswered
    | EntryWithdrawn
)
