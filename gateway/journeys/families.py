"""From a family reference in an address to its newest journey, for someone who may act on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fastapi import Header, Request

from domain.access import Action, Actor, may_answer
from domain.errors import Rejected
from domain.family import is_reference
from gateway.http.security import Policy, Token, authenticate
from gateway.http.validation import TAG
from gateway.services import Served
from store import journal, read_models, staff
from store.pool import Conn
from store.read_models import JourneyRow

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern=TAG,
        description="The ETag of the journey as you saw it: the step is refused if anything has happened since.",
    ),
]


@dataclass(frozen=True)
class Asked:
    """Who asks, and the journeys of the family it is about, the newest last.

    `seen` is the entity tag that the caller says (`If-Match`) it had before it.
    """

    actor: Actor
    journeys: Sequence[JourneyRow]
    seen: str | None = None

    @property
    def journey(self) -> JourneyRow:
        """The newest journey, on which steps act."""
        return self.journeys[-1]

    def on(self, number: int | None) -> "Asked":
        """Return the same with the family's journey of that number as the one to act on; without it, the newest."""
        if number is None:
            return self
        upto = [row for row in self.journeys if row.number <= number]
        if not upto or upto[-1].number != number:
            reason = f"{self.journey.reference} has no journey {number}"
            raise Rejected("unknown-journey", reason, f"its journeys are 1 to {self.journey.number}")
        return replace(self, journeys=upto)

    @property
    def seen_version(self) -> int | None:
        """The newest journey's version that the caller acts on; raise `Rejected` for one of an earlier journey."""
        if self.seen in {None, "*"}:
            return None
        number, _, version = str(self.seen).strip('"').partition("-")
        if int(number) != self.journey.number:
            reason = f"{self.journey.reference} is on its journey {self.journey.number}, not {number}"
            raise Rejected("changed-since", reason, "look again with journeys show, and decide again")
        return int(version)


class OnFamily(Policy):
    """Admit actors who may do `action` on this family; a handover is answered by the one it is offered to.

    `either`: a key worker who holds the family, or whom it is offered to.
    """

    def __init__(self, action: Action, by: Literal["holder", "offered", "either"] = "holder") -> None:
        self.action = action
        self._by = by

    async def __call__(
        self, request: Request, reference: str, services: Served, token: Token, if_match: IfMatch = None
    ) -> Asked:
        """Return who asks and the family, or refuse; whose role forbids it learns nothing of the reference."""
        actor = await authenticate(request, token)
        route = request.scope["route"].path
        self.check(actor, actor.name, route)
        async with services.pool.acquire() as conn:
            try:
                journeys = await family(conn, reference)
            except Rejected as fault:
                if fault.code == "unknown-reference":  # who may not see a family is not told whether there is one
                    self.check(actor, None, route)
                raise
            newest = journeys[-1]
            holder = await _asked_to_answer(conn, newest) if self._by == "offered" else newest.key_worker
            if self._by == "either":
                holder = theirs(actor, newest)
            allowed = self._by != "offered" or await _answers(conn, actor, holder)
        self.check(actor, holder, route)
        if not allowed:
            raise Rejected(
                "not-allowed",
                f"only {holder or 'the key worker it is made to'} or a manager of that team may answer this offer",
                "ask one of them, or withdraw the offer: journeys withdraw-handover REF",
            )
        return Asked(actor, journeys, if_match)


def theirs(actor: Actor, row: JourneyRow) -> str | None:
    """Return whose the family is as far as the actor goes: the actor's, if offered to them, else its holder's."""
    return row.handover_to if actor.name == row.handover_to else row.key_worker


def etag(row: JourneyRow, version: int) -> str:
    """Return the entity tag of a family's journey: which of its journeys, and how far that is."""
    return f'"{row.number}-{version}"'


async def _asked_to_answer(conn: Conn, row: JourneyRow) -> str | None:
    """Return whom the family is offered to, else who answered the last offer: the answer may be sent again."""
    if row.handover_to is not None:
        return row.handover_to
    for recorded in reversed(await journal.timeline(conn, row.journey_id)):
        if recorded.event.type == "handover-accepted":
            return recorded.event.key_worker
        if recorded.event.type == "handover-refused":
            return recorded.actor.removeprefix("key-worker:")
    return None


async def _answers(conn: Conn, actor: Actor, offered_to: str | None) -> bool:
    """Tell whether the actor may answer; staff we do not know belong to no team."""
    theirs, own = [await staff.get(conn, name or "") for name in (offered_to, actor.name)]
    return may_answer(actor, offered_to, own.team if own else None, theirs.team if theirs else None)


def spelled(reference: str) -> str:
    """Return a reference as we write it, however it was typed; raise `Rejected` when it cannot be one."""
    symbols = reference.strip().upper()
    if not is_reference(symbols):
        raise Rejected(
            "bad-reference", "not a family reference: a character is wrong or missing", "copy it from: journeys list"
        )
    return symbols


async def family(conn: Conn, reference: str) -> Sequence[JourneyRow]:
    """Return the journeys of a family, however its reference was typed; raise `Rejected` when there are none."""
    symbols = spelled(reference)
    journeys = await read_models.by_reference(conn, symbols)
    if not journeys:
        raise Rejected(
            "unknown-reference",
            f"no family {symbols}",
            "check the reference with journeys list, or refer the family first: journeys refer",
        )
    return journeys
