"""The inbox of partner events: accepted once by id, kept in quarantine while the subject is unknown, then forwarded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

import orjson

from domain.canonical import plain
from domain.evidence import EVIDENCE_KINDS
from domain.ids import inbox_command_id
from store.pool import Conn, Record, columns, rows_changed
from store.queries import queries

_SQL = queries("inbox")

Outcome = Literal["accepted", "duplicate", "conflict", "quarantined", "refused"]
InboxState = Literal["received", "quarantined", "forwarded", "applied", "refused", "discarded"]
STATES: tuple[InboxState, ...] = get_args(InboxState)
EventKey = tuple[str, str]  # partner, event id
COMMAND_ID_LIMIT = 120  # of domain.journey.commands.Command
WRITTEN_AT_ONCE = 1_000  # a larger statement is spelled out for so long that everybody else waits
LET_GO = b""  # in the place of a body's hash: of an erased family's event, or of one that was refused


@dataclass(frozen=True, slots=True)
class Arrival:
    """One partner event as it came in.

    `subject_digest` is `Vault.subject_digest` of its subject: the raw identifier is never kept. `body_hash` is
    `Vault.body_digest` of all of it. `evidence` holds the fields of its kind with `id`, `kind`, `source` and
    `observed_on`, codes only. `refusal` is the code of a reason to refuse it, which is kept for the count, without the
    evidence.
    """

    partner: str
    event_id: str
    body_hash: bytes
    subject_scheme: str | None
    subject_digest: bytes | None
    kind: str
    observed_at: datetime | None
    evidence: dict[str, Any]
    received_at: datetime
    refusal: str | None = None

    @property
    def key(self) -> EventKey:
        """Partner and event id."""
        return self.partner, self.event_id


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an arrival; a `duplicate` has the same body as the first and is settled by it."""

    event_id: str
    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A row for people to look at: never the subject itself."""

    partner: str
    event_id: str
    kind: str
    subject_scheme: str | None
    state: InboxState
    reason: str | None
    journey_id: str | None
    received_at: datetime


async def accept(conn: Conn, rows: Sequence[Arrival]) -> list[Receipt]:
    """Keep a batch and answer each arrival, in their order, in few statements however many there are.

    One that broke off in between is sent again: what was kept is a duplicate then.

    The first body under an id holds it; the same body again is a `duplicate`, another one a `conflict`. A refused
    event does not hold its id: a corrected body may come. An unknown subject is `quarantined`, which is no refusal.
    """
    rows = [checked(row) for row in rows]
    chosen: dict[EventKey, Arrival] = {}
    for row in rows:
        held = chosen.get(row.key)
        if held is None or (held.refusal and not row.refusal):
            chosen[row.key] = row
    found = await _keep(conn, {key: row for key, row in chosen.items() if "\0" not in row.event_id})
    return [_receipt(row, chosen[row.key], found.get(row.key)) for row in rows]


async def release(conn: Conn, digests: Sequence[bytes] | None = None) -> int:
    """Bring events out of quarantine whose family has a journey by now, of some subjects or (None) of any.

    Call it once a referral is carried out, with `Vault.digests`, and with None now and again for what that missed.
    What would go straight back is left where it is, so None is cheap. Return how many came out.
    """
    if digests is None:
        return rows_changed(await conn.execute(_SQL["release_all"]))
    return rows_changed(await conn.execute(_SQL["release"], list(digests)))


async def counts(conn: Conn) -> dict[InboxState, int]:
    """Return how many events are in each state, with zeros."""
    found = {row["state"]: row["count"] for row in await conn.fetch(_SQL["counts"])}
    return {state: found.get(state, 0) for state in STATES}


async def refusals(conn: Conn) -> dict[str, int]:
    """Return how many events stand refused, by reason, the most frequent first."""
    return {row["reason"]: row["count"] for row in await conn.fetch(_SQL["refusals"])}


async def listing(conn: Conn, state: InboxState, limit: int = 100) -> list[InboxRow]:
    """Return events in a state, oldest first."""
    return [InboxRow(**dict(row)) for row in await conn.fetch(_SQL["listing"], state, limit)]


def checked(row: Arrival) -> Arrival:
    """Refuse what cannot be carried further: an id too long for a command, or a character Postgres cannot hold.

    A refused event keeps its reason and a known kind: its evidence and subject are let go.
    """
    refusal = row.refusal
    if len(inbox_command_id(row.partner, row.event_id)) > COMMAND_ID_LIMIT:
        refusal = refusal or "id-too-long"
    elif "\0" in row.event_id + row.kind or b"\\u0000" in orjson.dumps(row.evidence):
        refusal = refusal or "bad-character"
    if refusal is None:
        return row
    kind = row.kind if row.kind in EVIDENCE_KINDS else "unknown"
    return replace(row, refusal=refusal, kind=kind, evidence={}, subject_digest=None, subject_scheme=None)


async def _keep(conn: Conn, chosen: dict[EventKey, Arrival]) -> dict[EventKey, Record]:
    """Write one arrival an id; answer with the row that holds each. Sorted, so that two batches cannot deadlock."""
    missing = sorted(chosen)
    found: dict[EventKey, Record] = {}
    while missing:  # again for an id that another batch took while ours ran: our statement did not see its row
        for first in range(0, len(missing), WRITTEN_AT_ONCE):
            batch = columns([_columns(chosen[key]) for key in missing[first : first + WRITTEN_AT_ONCE]], 10)
            found |= {(row["partner"], row["event_id"]): row for row in await conn.fetch(_SQL["accept"], *batch)}
        missing = [key for key in missing if key not in found]
    return found


def _columns(row: Arrival) -> tuple[Any, ...]:
    subject = (row.subject_scheme, row.subject_digest)
    what = (row.kind, row.observed_at, plain(row.evidence))
    body_hash = LET_GO if row.refusal else row.body_hash  # it does not hold its id: nothing is compared with it
    return (row.partner, row.event_id, body_hash, *subject, *what, row.received_at, row.refusal)


def _receipt(row: Arrival, chosen: Arrival, held: Record | None) -> Receipt:
    """Answer one arrival, given the one of its id that was put forward and the row that holds the id now, if any."""
    if held is not None and row is chosen and held["kept"]:
        return Receipt(row.event_id, "accepted" if held["state"] == "received" else held["state"], held["reason"])
    if held is not None and _occupied(held) and held["body_hash"] in {row.body_hash, LET_GO}:
        return Receipt(row.event_id, "duplicate", held["reason"])
    if row.refusal:
        return Receipt(row.event_id, "refused", row.refusal)
    return Receipt(row.event_id, "conflict", "id-used-for-another-body")


def _occupied(held: Record) -> bool:
    """Whether the id is held for good: a refusal at the door leaves it free, one by the journey does not."""
    return held["state"] != "refused" or held["journey_id"] is not None
