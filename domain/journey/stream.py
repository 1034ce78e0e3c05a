"""A journey's stream as it is read and written: recorded events, replies, open effects, and the change of one batch."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from domain.canonical import canonical
from domain.journey.agenda import Deadline
from domain.journey.beside import Beside
from domain.journey.commands import AnyCommand, CaseCommand, MemberCommand
from domain.journey.effects import Effect
from domain.journey.events import AnyEvent, CaseEvent, MemberEvent
from domain.journey.evolve import fold
from domain.journey.owed_work import OwedWork
from domain.journey.replies import Reply
from domain.journey.state import Journey

GENESIS = bytes(32)  # what the first event of a journey chains to
Settled = Literal["sent", "failed", "refused", "recorded"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event as the journal holds it. Times are aware, in UTC; `hash` is the 32 bytes that chain it."""

    version: int
    event: AnyEvent
    event_id: UUID
    actor: str
    command_id: str
    occurred_at: datetime
    recorded_at: datetime
    hash: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """The reply a command was given, with the `fingerprint` of the command it answered."""

    reply: Reply
    fingerprint: str


@dataclass(frozen=True)
class Loaded:
    """A journey's stream in order, the replies to the command ids asked for, and the effects that are still open."""

    journey_id: str
    events: list[Recorded] = field(default_factory=list)
    replies: dict[str, Answered] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)

    @property
    def version(self) -> int:
        """The version of the last event; 0 for a journey with none."""
        return self.events[-1].version if self.events else 0

    @property
    def last_hash(self) -> bytes:
        """What the next event chains to."""
        return self.events[-1].hash if self.events else GENESIS

    @cached_property
    def journey(self) -> Journey:
        """The journey as its events say."""
        return fold(recorded.event for recorded in self.events)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append, with the command that made it and who gave that (`role:name`)."""

    event: AnyEvent
    command_id: str
    actor: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an effect, when, and why."""

    effect_id: str
    state: Settled
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """All that one batch of commands does to one journey, to be stored whole or not at all.

    `journey` is the state after `events` (read by `fold` when one of them is a correction), `deadlines` its agenda,
    `owed` what is owed. `effects` are pairs of command id and effect; `settled` are effects whose outcome came in,
    `retried` those that another try replaces; `returned` are observations of another family, which go back to where
    people sort events; `personal` are changes of the family's people or home, of which the vault keeps what their
    commands say that is personal, and `written` likewise entries of the case file; `erased` is when the family's key is
    destroyed; `beside` is what happens on other journeys with it. `replies` and `open_effects` are for whoever asked.
    """

    journey_id: str
    expected_version: int
    last_hash: bytes
    journey: Journey
    events: list[NewEvent] = field(default_factory=list)
    deadlines: tuple[Deadline, ...] = ()
    owed: tuple[OwedWork, ...] = ()
    answers: list[Answered] = field(default_factory=list)
    effects: list[tuple[str, Effect]] = field(default_factory=list)
    settled: list[Outcome] = field(default_factory=list)
    retried: list[str] = field(default_factory=list)
    personal: list[tuple[MemberEvent, MemberCommand]] = field(default_factory=list)
    written: list[tuple[CaseEvent, CaseCommand]] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)
    erased: datetime | None = None
    replies: list[Reply] = field(default_factory=list)
    open_effects: list[Effect] = field(default_factory=list)


def fingerprint(journey_id: str, command: AnyCommand) -> str:
    """Return the SHA-256 (hex) of a command to a journey, without its moment.

    The same id with another fingerprint is another command under a used id.
    """
    given = intent(command)
    return hashlib.sha256(canonical({"journey_id": journey_id, "command": given})).hexdigest()


def intent(command: AnyCommand) -> dict[str, Any]:
    """Return what a command asks for: without its moment, and of what is sealed in it the digest alone.

    Whoever gives a command again, at another moment and sealed anew, asks for the same.
    """
    return command.model_dump(mode="json", by_alias=True, exclude={"at": True, "personal": {"sealed"}})
