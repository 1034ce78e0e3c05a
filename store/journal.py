"""The journal: load a journey's stream in one round trip, append to it in one statement."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson

from domain.canonical import plain
from domain.journey.effects import EFFECT
from domain.journey.events import EVENT, AnyEvent
from domain.journey.replies import Reply
from domain.journey.stream import Answered, Change, Loaded, NewEvent, Recorded
from store.chain import chained, event_id, occurred_at, utc
from store.errors import VersionConflict
from store.forwarding import Marks, inbox_marks
from store.pool import Conn, Record
from store.projection import PROJECT, Row, project
from store.queries import queries
from store.upcast import schema_version, upcast

_SQL = queries("journal")
_APPEND = f"{PROJECT.removesuffix('SELECT 1').rstrip()},\n{_SQL['append']}"


async def load(conn: Conn, journey_id: str, command_ids: Sequence[str] = ()) -> Loaded:
    """Read a journey's events, what `command_ids` were answered with, and its open effects, in one round trip.

    An unknown journey has no events. A reply may belong to another journey: compare fingerprints.
    Raise `UnknownEventVersion` for an event newer than this program.
    """
    loaded = Loaded(journey_id)
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


async def append(conn: Conn, change: Change) -> None:
    """Write a change in one statement: events, replies, effects, read models, inbox marks; all of it or nothing.

    Without events only the answers are kept. Raise `VersionConflict` when the
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
            await conn.execute(_APPEND, *_written(change, answers, marks))
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


def _written(change: Change, answers: list[Row], marks: Marks) -> list[Any]:
    """Return the parameters of `append`."""
    events, head = _chain(change)
    outbox = [
        {"effect_id": effect.effect_id, "command_id": command, "payload": effect.model_dump(mode="json")}
        for command, effect in change.effects
    ]
    happened = [new.event for new in change.events]
    models = project(change.journey_id, change.journey, change.deadlines, change.owed, happened, head)
    return [*models, answers, outbox, *marks, events]


def _chain(change: Change) -> tuple[list[Row], bytes]:
    """Return the rows of the new events, each chained to the one before, and the hash of the last."""
    rows = []
    last_hash = change.last_hash
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
