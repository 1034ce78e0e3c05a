"""The way from the inbox to the journeys: events are matched, handed over, marked, and handed over again if lost."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from domain.calendar import local_date
from domain.evidence import EVIDENCE
from domain.ids import inbox_command_id, partner_event_of, reference_of
from domain.journey.commands import RecordEvidence
from domain.journey.replies import Reply
from store.inbox import EventKey, InboxState
from store.pool import Conn, Record, columns, rows_changed
from store.queries import queries

_SQL = queries("forwarding")
Marks = tuple[list[Any], ...]
OWN = {"evidence-recorded", "action-closed", "reminder-ended"}
OUTDATED = "outdated"  # why an event that was kept and fits its kind no more is refused


@dataclass(frozen=True, slots=True)
class Forwardable:
    """A matched event, ready for its family's newest journey; no `member_id`: the whole family's.

    `returned` is how often it came back from a family that it was not of. `shared_as` is the id of its command for one
    more family of the person it is about; None for the first.
    """

    partner: str
    event_id: str
    seq: int
    journey_id: str
    reference: str
    member_id: str | None
    kind: str
    observed_at: datetime
    evidence: dict[str, Any]
    received_at: datetime
    returned: int
    shared_as: str | None = None

    @property
    def key(self) -> EventKey:
        """What `forwarded` takes."""
        return self.partner, self.event_id


@dataclass(frozen=True, slots=True)
class Taken:
    """What `take` matched, by journey id, and the highest number it looked at: the next one goes on after that."""

    journeys: dict[str, list[Forwardable]]
    last: int


def as_command(row: Forwardable, at: datetime) -> RecordEvidence:
    """Return the command that records the row's evidence on its journey, given at `at` (aware).

    What `evidence` leaves out is filled in from the row; its `id` then is `<partner>:<event id>`.
    Raise `pydantic.ValidationError` when the evidence does not fit its kind.
    """
    known = {
        "id": f"{row.partner}:{row.event_id}",
        "source": row.partner,
        "kind": row.kind,
        "observed_on": local_date(row.observed_at),
    }
    evidence = EVIDENCE.validate_python({**known, **row.evidence, "member": row.member_id})
    name = row.shared_as or inbox_command_id(row.partner, row.event_id, row.returned)
    return RecordEvidence(command_id=name, at=at, actor=f"partner:{row.partner}", evidence=evidence)


def inbox_marks(replies: Sequence[Reply]) -> Marks:
    """Return what an append does to inbox rows, as columns of partner, event id, state and reason.

    The events behind these replies are applied, or refused and why. One that came to a family
    merged meanwhile is received anew. Ids of this form are the inbox's own: staff
    commands carry another prefix. A reply that tells of anything but evidence is none of its, whatever its id.
    """
    marks: list[tuple[str, str, InboxState, str | None]] = []
    for reply in replies:
        source = partner_event_of(reply.command_id)
        if source is not None and {*reply.happened} <= OWN:
            refused = reply.rejection
            if refused is not None and refused.code == "merged":
                marks.append((*source, "received", None))  # it is matched anew, to the family that goes on
                continue
            marks.append((*source, "refused" if refused else "applied", refused.code if refused else None))
    return columns(marks, 4)


@asynccontextmanager
async def in_turn(conn: Conn) -> AsyncIterator[None]:
    """Wait until nobody else hands events over, and keep others waiting while the context is open."""
    await conn.execute(_SQL["begin_turn"])
    try:
        yield
    finally:
        await conn.execute(_SQL["end_turn"])


async def take(conn: Conn, limit: int, after: int = 0) -> Taken | None:
    """Match up to `limit` received events, numbered above `after`, to journeys, the oldest first; None: there is none.

    Call it `in_turn`, forward, then `forwarded`. What has no known subject, the household of two families, or no
    journey yet goes to quarantine. What is about a person of several families is matched to one; the others are what
    `take_shares` takes.
    """
    return _by_journey(await conn.fetch(_SQL["take"], limit, after))


async def take_shares(conn: Conn, limit: int, after: int = 0) -> Taken | None:
    """Take up to `limit` events for the further families of a person, as `take` does; then `shares_forwarded`."""
    return _by_journey(await conn.fetch(_SQL["take_shares"], limit, after))


def _by_journey(found: Sequence[Record]) -> Taken | None:
    journeys: dict[str, list[Forwardable]] = {}
    rows = sorted(found, key=itemgetter("seq"))
    for row in rows:
        if row["journey_id"] is not None:
            journeys.setdefault(row["journey_id"], []).append(Forwardable(**row))
    return Taken(journeys, rows[-1]["seq"]) if rows else None


async def forwarded(conn: Conn, keys: Sequence[EventKey], at: datetime) -> int:
    """Mark events as handed to their journeys at `at`; one that is applied already stays so. Return how many."""
    return rows_changed(await conn.execute(_SQL["forwarded"], *columns(keys, 2), at))


async def shares_forwarded(conn: Conn, command_ids: Sequence[str], at: datetime) -> int:
    """Mark shares as handed to their journeys at `at`; return how many."""
    return rows_changed(await conn.execute(_SQL["shares_forwarded"], list(command_ids), at))


async def give_back(conn: Conn, journey_id: str, evidence_ids: Sequence[str]) -> None:
    """Put events that were of another family than this journey's back into quarantine, where people match them.

    A share of an event about a person of several families goes; the event stays with the others.
    """
    keys = [(partner, event_id) for partner, _, event_id in (name.partition(":") for name in evidence_ids)]
    if keys:
        await conn.execute(_SQL["unshare"], *columns(keys, 2), reference_of(journey_id))
        await conn.execute(_SQL["give_back"], *columns(keys, 2), reference_of(journey_id))


async def refuse(conn: Conn, keys: Sequence[EventKey], reason: str) -> int:
    """Mark events that no journey can take, and why; return how many. Their ids stay held, as of all that was kept."""
    return rows_changed(await conn.execute(_SQL["refuse"], *columns(keys, 2), reason))


async def stale(conn: Conn, older_than: datetime) -> int:
    """Put back what was forwarded before `older_than` and never applied; return how many events, shares aside."""
    await conn.execute(_SQL["shares_settled"], older_than)
    return rows_changed(await conn.execute(_SQL["stale"], older_than))
