"""Messages that did not go out: those that failed, those that were refused and why, and trying them again."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from domain.access import Action, Actor
from domain.errors import Rejected
from domain.ids import reference_of
from domain.intake.referral_columns import shown
from domain.journey.commands import RetryMessage
from domain.journey.consent import refusal
from domain.journey.disclosure import payload
from domain.journey.effects import Effect, Notify
from domain.journey.evolve import as_of_version, fold
from domain.model import Code
from gateway.http.known_names import known
from gateway.http.paging import NAME, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow, Policy, Token, authenticate
from gateway.journeys.bodies import Answer, Body
from gateway.journeys.families import Asked, family
from gateway.journeys.steps import Key, carry, command_id
from gateway.services import Served, Services
from store import effects, erasing, journal, programmes
from store.effects import EffectRow, EffectState, Unsent

router = APIRouter(prefix="/v1/messages", tags=["messages"], responses=DOCUMENTED)

IS_MESSAGE = re.compile(r"[A-Za-z0-9:._-]{1,120}")  # nothing else is looked up
AT_MOST = 500  # messages tried again by one request
Reader = Annotated[Actor, Depends(Allow("read"))]
Limit = Annotated[int, Query(ge=1, le=AT_MOST)]


class MessageRow(BaseModel):
    """A message to a partner or a reminder, where it stands and why."""

    message_id: str
    reference: str
    journey_id: str
    state: EffectState
    reason: str | None
    told_at: datetime | None
    message: Effect

    @classmethod
    def of(cls, row: EffectRow) -> "MessageRow":
        """Read a row of the outbox."""
        return cls(
            message_id=row.effect_id,
            reference=reference_of(row.journey_id),
            journey_id=row.journey_id,
            state=row.state,
            reason=row.detail,
            told_at=row.told_at,
            message=row.effect,
        )


class Shown(MessageRow):
    """A message with what would become of it today: why it would be refused, or what it would say."""

    refused_today: str | None = None
    says: dict[str, Any] | None = None


class RetryForm(Body):
    """Which failed messages to try again: all, or those to one partner; `dry_run` only lists them."""

    partner: Code | None = None
    dry_run: bool = False


class NotRetried(BaseModel):
    """A message that was not tried again, and why."""

    message_id: str
    reason: str


class Retried(BaseModel):
    """What was tried again, or would be."""

    dry_run: bool
    retried: list[str] = Field(default_factory=list)
    left: list[NotRetried] = Field(default_factory=list)


@dataclass(frozen=True)
class About:
    """Who asks, a message, and the journeys of its family up to its own, the last."""

    asked: Asked
    row: EffectRow


class OnMessage(Policy):
    """Admit actors who may do `action` on the family that a message is about."""

    def __init__(self, action: Action) -> None:
        self.action = action

    async def __call__(self, request: Request, message_id: str, services: Served, token: Token) -> About:
        """Return who asks and the message, or refuse; whose role forbids it learns nothing of the message."""
        actor, route = await authenticate(request, token), request.scope["route"].path
        self.check(actor, actor.name, route)
        async with services.pool.acquire() as conn:
            row = await effects.get(conn, message_id) if IS_MESSAGE.fullmatch(message_id) else None
            if row is None:
                self.check(actor, None, route)  # who may not see a message is not told whether there is one
                raise Rejected(
                    "unknown-message", f"no message {shown(message_id)}", "list them: journeys messages failed"
                )
            journeys = await family(conn, reference_of(row.journey_id))
        self.check(actor, journeys[-1].key_worker, route)
        return About(Asked(actor, [one for one in journeys if one.journey_id == row.journey_id]), row)


@router.get("")
async def messages(  # noqa: PLR0913 - one argument a filter
    *,
    _actor: Reader,
    services: Served,
    links: Links,
    state: Unsent = "failed",
    partner: Code | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> list[MessageRow]:
    """List messages that failed or were refused, oldest first. `Link` names the next page."""
    (after,) = place_of(cursor, NAME) or (None,)
    async with services.pool.acquire() as conn:
        rows = await effects.unsent(conn, state, partner, limit, after)
        if not rows:
            await known(conn, partner=partner)
    links.page(rows, limit, lambda row: (row.effect_id,))
    return [MessageRow.of(row) for row in rows]


@router.get("/{message_id}")
async def show(about: Annotated[About, Depends(OnMessage("read"))], services: Served) -> Shown:
    """Show one message, and what would become of it today."""
    row = about.row
    told = MessageRow.of(row).model_dump()
    if not isinstance(row.effect, Notify):
        return Shown(**told)
    async with services.pool.acquire() as conn:
        stream = [recorded.event for recorded in await journal.timeline(conn, row.journey_id)]
        journey = fold(stream)
        programme = await programmes.get(conn, journey.programme_hash)
        erased = await erasing.erased_at(conn, journey.reference)
    denied = "family-erased" if erased else refusal(journey, row.effect, programme, await services.today())
    says = payload(row.effect, as_of_version(stream, row.effect.version)) if denied is None else None
    return Shown(**told, refused_today=denied, says=says)


@router.post("/{message_id}/retry")
async def retry(about: Annotated[About, Depends(OnMessage("work"))], services: Served, key: Key = None) -> Answer:
    """Try one message again, on the history of its journey; consent and agreement are asked anew when it goes out."""
    return await carry(services, about.asked, _order(about.row), key)


@router.post("/retry")
async def retry_failed(
    form: RetryForm, actor: Annotated[Actor, Depends(Allow("work"))], services: Served, key: Key = None
) -> Retried:
    """Try again what failed, the oldest first, at most five hundred at a time; nobody is told of erased families."""
    async with services.pool.acquire() as conn:
        rows = await effects.retriable(conn, form.partner, AT_MOST)
        if not rows:
            await known(conn, partner=form.partner)
    done = Retried(dry_run=form.dry_run)
    for row in rows:
        if not form.dry_run:
            try:
                await _again(services, actor, row, key)
            except Rejected as fault:
                done.left.append(NotRetried(message_id=row.effect_id, reason=fault.reason))
                continue
        done.retried.append(row.effect_id)
    return done


async def _again(services: Services, actor: Actor, row: EffectRow, key: str | None) -> None:
    """Give the command under an id made of the key and the message, so that a repeated request repeats nothing."""
    own = hashlib.sha256(f"{key}:{row.effect_id}".encode()).hexdigest() if key else None
    order = _order(row)({"command_id": command_id(own), "at": await services.now(), "actor": actor.code})
    await services.engine.submit(row.journey_id, order)


def _order(row: EffectRow) -> Callable[[dict[str, Any]], RetryMessage]:
    return lambda common: RetryMessage(effect_id=row.effect_id, **common)
