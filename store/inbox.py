"""The inbox of partner events: accepted once by id, kept in quarantine while the subject is unknown, then forwarded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from domain.commands import RecordEvidence
from store.pool import Conn

Outcome = Literal["accepted", "duplicate", "conflict", "quarantined", "refused"]
InboxState = Literal["received", "quarantined", "forwarded", "applied", "refused", "discarded"]
EventKey = tuple[str, str]  # partner, event id
COMMAND_ID_LIMIT = 120  # of domain.commands.Order


@dataclass(frozen=True, slots=True)
class Arrival:
    """One partner event as it came in.

    `subject_digest` is `Vault.subject_digest` of its subject: the raw identifier is never kept. `evidence` holds the
    fields of its kind with `id`, `kind`, `source` and `observed_on`, codes only. `refusal` is the code of a reason to
    refuse it, which is kept for the count, without the evidence.
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


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an arrival; a `duplicate` has the same body as the first and is settled by it."""

    event_id: str
    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Forwardable:
    """A matched event, ready for its family's newest journey; no `member_id`: the whole family's."""

    partner: str
    event_id: str
    journey_id: str
    reference: str
    member_id: str | None
    kind: str
    observed_at: datetime
    evidence: dict[str, Any]
    received_at: datetime

    @property
    def key(self) -> EventKey:
        """What `forwarded` takes."""
        return self.partner, self.event_id


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


def command_id(partner: str, event_id: str) -> str:
    """Return the id of the command that an event becomes: `inbox:<partner>:<event id>`."""
    return f"inbox:{partner}:{event_id}"


def as_command(row: Forwardable, at: datetime) -> RecordEvidence:
    """Return the command that records the row's evidence on its journey, given at `at` (aware)."""
    raise NotImplementedError


async def accept(conn: Conn, rows: Sequence[Arrival]) -> list[Receipt]:
    """Keep a batch and answer each arrival, in their order, in one statement however many there are.

    The first body under an id holds it; the same body again is a `duplicate`, another one a `conflict`. A refused
    event does not hold its id: a corrected body may come. An unknown subject is `quarantined`, which is no refusal.
    """
    raise NotImplementedError


async def release(conn: Conn, digests: Sequence[bytes] | None = None) -> int:
    """Bring events out of quarantine whose subjects are known by now; None: of any subject. Return how many."""
    raise NotImplementedError


async def take(conn: Conn, limit: int) -> dict[str, list[Forwardable]]:
    """Match up to `limit` received events to journeys, and return them by journey id, the oldest first.

    Call it inside a transaction, forward, then `forwarded`: rows stay locked and others skip them. What has no known
    subject, two of them, or no journey yet goes to quarantine.
    """
    raise NotImplementedError


async def forwarded(conn: Conn, keys: Sequence[EventKey], at: datetime) -> int:
    """Mark events as handed to their journeys at `at`; one that is applied already stays so. Return how many."""
    raise NotImplementedError


async def stale(conn: Conn, older_than: datetime) -> int:
    """Put back what was forwarded before `older_than` and never applied; return how many."""
    raise NotImplementedError


async def counts(conn: Conn) -> dict[InboxState, int]:
    """Return how many events are in each state, with zeros."""
    raise NotImplementedError


async def refusals(conn: Conn) -> dict[str, int]:
    """Return how many events stand refused, by reason."""
    raise NotImplementedError


async def listing(conn: Conn, state: InboxState, limit: int = 100) -> list[InboxRow]:
    """Return events in a state, oldest first."""
    raise NotImplementedError
