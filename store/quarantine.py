"""The quarantine as people see and sort it: events that no family could be found for, matched by hand or let rest."""

from dataclasses import dataclass
from datetime import datetime

from store.inbox import EventKey, InboxState
from store.pool import Conn, rows_changed
from store.queries import queries

_SQL = queries("quarantine")


@dataclass(frozen=True, slots=True)
class Held:
    """One event in quarantine: never its subject, only the scheme of it. `seq` is its place in the queue."""

    seq: int
    partner: str
    event_id: str
    kind: str
    subject_scheme: str | None
    reason: str
    observed_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for one reason, and since when the oldest does."""

    reason: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Sorted:
    """How an event stands, for who sorts it; `given_reference` is the family that a person said it is about.

    `seq` is its number in the inbox: what a log may say of it, for the event's own id is the partner's text. It is
    about the days `first` to `last`.
    """

    seq: int
    state: InboxState
    reason: str | None
    subject_scheme: str | None
    given_reference: str | None
    given_member: str | None
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class By:
    """Who sorted an event (`role:name`), and when."""

    actor: str
    at: datetime


async def page(conn: Conn, after: int = 0, partner: str | None = None, limit: int = 100) -> list[Held]:
    """Return events in quarantine, oldest first, those numbered above `after`."""
    return [Held(**dict(row)) for row in await conn.fetch(_SQL["page"], after, partner, limit)]


async def summary(conn: Conn) -> list[Waiting]:
    """Count what is in quarantine, by reason."""
    return [Waiting(**dict(row)) for row in await conn.fetch(_SQL["summary"])]


async def find(conn: Conn, key: EventKey) -> Sorted | None:
    """Return how an event stands, or None when there is none."""
    row = await conn.fetchrow(_SQL["find"], *key)
    return None if row is None else Sorted(**dict(row))


async def match(  # noqa: PLR0913 - one argument a fact
    conn: Conn, key: EventKey, reference: str, member: str | None, by: By, *, same_subject: bool
) -> int:
    """Give an event to a family, and with `same_subject` all that wait about its subject; return how many came out.

    The family must have a journey. No `member`: it is the whole family's.
    """
    done = await conn.execute(_SQL["match"], *key, reference, member, same_subject, by.actor, by.at)
    return rows_changed(done)


async def discard(conn: Conn, key: EventKey, why: str, by: By) -> bool:
    """Let an event rest, with the code of the reason; nothing is deleted. False: it is not in quarantine."""
    return await conn.execute(_SQL["discard"], *key, why, by.actor, by.at) == "UPDATE 1"
