"""The journal: load a journey's stream in one round trip, append to it in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.agenda import Deadline
from domain.commands import Command
from domain.effects import Effect
from domain.events import Event
from domain.journey import Journey
from domain.replies import Reply
from store.pool import Conn

GENESIS = bytes(32)  # what the first event of a journey chains to


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event as the journal holds it. Times are aware, in UTC; `hash` is the 32 bytes that chain it."""

    version: int
    event: Event
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


@dataclass(frozen=True, slots=True)
class Loaded:
    """A journey's stream in order, and what is known of the command ids asked for."""

    events: list[Recorded]
    replies: dict[str, Answered]
    effects: dict[str, list[Effect]]

    @property
    def version(self) -> int:
        """The version of the last event; 0 for a journey with none."""
        return self.events[-1].version if self.events else 0

    @property
    def last_hash(self) -> bytes:
        """What the next event chains to."""
        return self.events[-1].hash if self.events else GENESIS


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append, with the command that made it and who gave that (`role:name`)."""

    event: Event
    command_id: str
    actor: str


@dataclass(frozen=True, slots=True)
class Change:
    """All that one batch of commands does to one journey.

    `journey` is the state after `events` (read by `fold` when one of them is a correction), `deadlines` its agenda.
    `effects` are pairs of command id and effect.
    """

    journey_id: str
    expected_version: int
    events: list[NewEvent]
    journey: Journey
    deadlines: tuple[Deadline, ...] = ()
    answers: list[Answered] = field(default_factory=list)
    effects: list[tuple[str, Effect]] = field(default_factory=list)


def fingerprint(journey_id: str, command: Command) -> str:
    """Return the SHA-256 (hex) of a command to a journey, without its moment and what is filled in under way.

    The same id with another fingerprint is another command under a used id.
    """
    raise NotImplementedError


async def load(conn: Conn, journey_id: str, command_ids: Sequence[str] = ()) -> Loaded:
    """Read a journey's events, and what `command_ids` were answered with, in one round trip.

    An unknown journey has no events. A reply may belong to another journey: compare fingerprints.
    Raise `UnknownEventVersion` for an event newer than this program.
    """
    raise NotImplementedError


async def append(conn: Conn, change: Change, last_hash: bytes) -> None:
    """Write a change in one statement: events, replies, effects, read models, inbox marks; all of it or nothing.

    `last_hash` is `Loaded.last_hash`. Without events only the answers are kept. Raise `VersionConflict` when the
    journey has moved on since it was loaded, or one of the commands was answered meanwhile.
    """
    raise NotImplementedError


async def timeline(conn: Conn, journey_id: str) -> list[Recorded]:
    """Read a journey's events, oldest first; empty for an unknown journey."""
    raise NotImplementedError


