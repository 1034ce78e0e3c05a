"""The journal: load a journey's stream in one round trip, append to it in one statement."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from domain.journey.agenda import Deadline
from domain.journey.commands import AnyCommand
from domain.journey.effects import EFFECT, Effect
from domain.journey.events import EVENT, AnyEvent
from domain.journey.owed_work import OwedWork
from domain.journey.replies import Reply
from domain.journey.state import Journey
from store.chain import GENESIS, canonical, chained, event_id, occurred_at, plain, utc
from store.errors import VersionConflict
from store.inbox import Marks, inbox_marks
from store.pool import Conn, Record
from store.projection import Row, project
from store.queries import queries
from store.upcast import schema_version, upcast

_SQL = queries("journal")
_PROJECT = queries("read_models")["project"].removesuffix("SELECT 1").rstrip()
_APPEND = f"{_PROJECT},\n{_SQL['append']}"
# Filled in by whoever carries the command out, not by whoever gave it.
_FILLED_IN = {"at", "caseload", "places", "original", "claim_state", "message", "still_open", "family_erased"}


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


@dataclass(frozen=True, slots=True)
class Loaded:
    """A journey's stream in order, the replies to the command ids asked for, and the effects that are still open."""

    events: list[Recorded]
    replies: dict[str, Answered]
    effects: list[Effect]

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

    event: AnyEvent
    command_id: str
    actor: str


@dataclass(frozen=True, slots=True)
class Change:
    """All that one batch of commands does to one journey.

    `journey` is the state after `events` (read by `fold` when one of them is a correction), `deadlines` its agenda,
    `owed` what is owed.
    `effects` are pairs of command id and effect.
    """

    journey_id: str
    expected_version: int
    events: list[NewEvent]
    journey: Journey
    deadlines: tuple[Deadline, ...] = ()
    owed: tuple[OwedWork, ...] = ()
    answers: list[Answered] = field(default_factory=list)
    effects: list[tuple[str, Effect]] = field(default_factory=list)


def fingerprint(journey_id: str, command: AnyCommand) -> str:
    """Return the SHA-256 (hex) of a command to a journey, without its moment and what is filled in under way.

    The same id with another fingerprint is another command under a used id.
    """
    given = command.model_dump(mode="json", by_alias=True, exclude=_FILLED_IN)
    return hashlib.sha256(canonical({"journey_id": journey_id, "command": given})).hexdigest()


async def load(conn: Conn, journey_id: str, command_ids: Sequence[str] = ()) -> Loaded:
    """Read a journey's events, what `command_ids` were answered with, and its open effects, in one round trip.

    An unknown journey has no events. A reply may belong to another journey: compare fingerprints.
    Raise `UnknownEventVersion` for an event newer than this program.
    """
    loaded = Loaded(events=[], replies={}, effects=[])
    for row in await conn.fetch(_SQL["load"], journey_id, list(command_ids)):
        match row["kind"]:
            case "event":
                loaded.events.append(_recorded(row))
            case "reply":
                reply = Reply.model_validate_json(row["payload"])
                loaded.replies[row["command_id"]] = Answered(reply=reply, fingerprint=row["actor"])
            case _:
                loaded.effects.append(EFFECT.validate_json(row["payload"]))
    return loaded


async def append(conn: Conn, change: Change, last_hash: bytes) -> None:
    """Write a change in one statement: events, replies, effects, read models, inbox marks; all of it or nothing.

    `last_hash` is `Loaded.last_hash`. Without events only the answers are kept. Raise `VersionConflict` when the
    journey has moved on since it was loaded, or one of the commands was answered meanwhile.
    """
    answers = [
        {
            "command_id": each.reply.command_id,
            "fingerprint": each.fingerprint,
            "reply": each.reply.model_dump(mode="json"),
        }
        for each in change.answers
    ]
    marks = inbox_marks([each.reply for each in change.answers])
    try:
        if change.events:
            await conn.execute(_APPEND, *_written(change, last_hash, answers, marks))
        elif answers:
            await conn.execute(_SQL["answer"], change.journey_id, answers, *marks)
    except asyncpg.UniqueViolationError as clash:
        raise VersionConflict from clash


async def journey_of_command(conn: Conn, command_id: str) -> str | None:
    """Return the journey that answered a command, or None when it was not answered yet."""
    journey_id: str | None = await conn.fetchval(_SQL["journey_of_command"], command_id)
    return journey_id


async def timeline(conn: Conn, journey_id: str) -> list[Recorded]:
    """Read a journey's events, oldest first; empty for an unknown journey."""
    return (await load(conn, journey_id)).events


def _recorded(row: Record) -> Recorded:
    return Recorded(
        version=row["place"],
        event=_event(row["type"], row["schema_version"], row["payload"]),
        event_id=row["event_id"],
        actor=row["actor"],
        command_id=row["command_id"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        hash=row["hash"],
    )


def _event(event_type: str, version: int, payload: str) -> AnyEvent:
    """Read a stored event; text of today's version goes straight to the model."""
    if version == schema_version(event_type):
        return EVENT.validate_json(payload)
    return EVENT.validate_python(upcast(event_type, version, orjson.loads(payload)))


def _written(change: Change, last_hash: bytes, answers: list[Row], marks: Marks) -> list[Any]:
    """Return the parameters of `append`."""
    events, head = _chain(change, last_hash)
    outbox = [
        {"effect_id": effect.effect_id, "command_id": command, "payload": effect.model_dump(mode="json")}
        for command, effect in change.effects
    ]
    happened = [new.event for new in change.events]
    models = project(change.journey_id, change.journey, change.deadlines, change.owed, happened, head)
    return [*models, answers, outbox, *marks, events]


def _chain(change: Change, last_hash: bytes) -> tuple[list[Row], bytes]:
    """Return the rows of the new events, each chained to the one before, and the hash of the last."""
    rows = []
    for version, new in enumerate(change.events, start=change.expected_version + 1):
        row = _row(change.journey_id, version, new) | {"prev_hash": last_hash}
        last_hash = chained(row)
        rows.append(row | {"prev_hash": f"\\x{row['prev_hash'].hex()}", "hash": f"\\x{last_hash.hex()}"})
    return rows, last_hash


def _row(journey_id: str, version: int, new: NewEvent) -> Row:
    return {
        "journey_id": journey_id,
        "version": version,
        "event_id": event_id(journey_id, version),
        "type": new.event.type,
        "schema_version": schema_version(new.event.type),
        "occurred_at": occurred_at(new.event),
        "recorded_at": utc(new.event.at),
        "actor": new.actor,
        "command_id": new.command_id,
        "payload": plain(EVENT.dump_python(new.event, mode="json", by_alias=True)),
    }
