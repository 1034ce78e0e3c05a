"""The steps of the path, one route each, in the order in which a family goes it."""

import hashlib
import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, get_args

import structlog
from fastapi import APIRouter, Depends, Header

from domain.access import Action
from domain.calendar import local_date
from domain.journey import commands
from domain.journey.decide import admit
from domain.journey.evolve import fold
from domain.journey.state import Journey
from gateway.http.problems import ON_A_JOURNEY
from gateway.http.validation import KEY
from gateway.journeys.bodies import Answer, Step, body_of
from gateway.journeys.families import Asked, OnFamily
from gateway.services import Served, Services
from store import journal
from store.read_models import JourneyRow

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["path"], responses=ON_A_JOURNEY)

CHOSEN = (
    "A repeated key gets the same answer. Make it at random, with nothing about the family in it: it is kept for ever."
)
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", pattern=KEY, description=CHOSEN),
]


# Every command that names the action its actor must be allowed, with that action, in the order of the path.
PATH: tuple[tuple[type[commands.Command], Action], ...] = tuple(
    (kind, kind.action) for kind in get_args(get_args(commands.AnyCommand)[0]) if kind.action is not None
)


def command_id(key: str | None) -> str:
    """Return the id of a command: the caller's key, by which a repeat is known, else a fresh one.

    Its prefix keeps it apart from the ids that the system gives to commands of its own.
    """
    return f"staff:{key or uuid.uuid4().hex}"


async def carry(
    services: Services, asked: Asked, order: Callable[[dict[str, Any]], commands.AnyCommand], key: str | None
) -> Answer:
    """Give a command, made by `order` from what every command carries, to the family's newest journey.

    A consent is withdrawn on the journey that it was recorded on: its messages may be what is still queued. So is a
    reminder acknowledged on the journey that it belongs to: a closed one may wait for a decision on a clawback. A
    concern is answered where it waits.
    """
    now = await services.now()
    common = {"command_id": command_id(key), "at": now, "actor": asked.actor.code}
    command = order(common | {"seen_version": asked.seen_version})
    journey = asked.journey
    held = _held(command)
    if held is not None:
        journey = await _holding(services, asked, held)
        if journey != asked.journey:
            command = command.model_copy(update={"seen_version": None})  # what was shown is another journey
    if journey.stage == "closed":
        await _only_what_a_closed_journey_takes(services, journey.journey_id, command)
    # The request's own line in the log then names the update in Temporal and the events in the journal too.
    structlog.contextvars.bind_contextvars(command_id=command.command_id)
    reply = await services.engine.submit(journey.journey_id, command)
    return Answer.of(journey.reference, reply)


def _held(command: commands.AnyCommand) -> Callable[[Journey], bool] | None:
    """Return what tells the journey that a command is meant for from the family's others; None for the newest one."""
    match command:
        case commands.WithdrawConsent(consent_id=name):
            return lambda told: any(consent.id == name for consent in told.consents)
        case commands.WithdrawEvidence(evidence_id=name):
            return lambda journey: any(held.id == name for held in journey.evidence)
        case commands.AcknowledgeReminder(reminder_id=name):
            return lambda told: told.reminder(name) is not None
        case commands.AnswerConcern(entry=name):
            return lambda told: told.waits_for_answer(name)
        case _:
            return None


async def _holding(services: Services, asked: Asked, held: Callable[[Journey], bool]) -> JourneyRow:
    """Return the newest journey that holds what is sought, else the newest one, which will say that none does."""
    async with services.pool.acquire() as conn:
        for row in reversed(asked.journeys):
            if held(fold(recorded.event for recorded in await journal.timeline(conn, row.journey_id))):
                return row
    return asked.journey


async def _only_what_a_closed_journey_takes(services: Services, journey_id: str, command: commands.AnyCommand) -> None:
    """Refuse here what a closed journey refuses, unless it was given before: no workflow is started just to say no."""
    async with services.pool.acquire() as conn:
        loaded = await journal.load(conn, journey_id, [command.command_id])
    if command.command_id not in loaded.replies:
        admit(fold(recorded.event for recorded in loaded.events), command)


def _order(kind: type[commands.Command], body: Step) -> Callable[[dict[str, Any]], Any]:
    """Return how a body becomes the command of its step."""

    def make(common: dict[str, Any]) -> Any:
        given = body.model_dump()
        given["on"] = given["on"] or local_date(common["at"])
        if given.get("consent_id", "") is None:
            given["consent_id"] = f"c-{hashlib.sha256(common['command_id'].encode()).hexdigest()[:8]}"
        return kind(**given, **common)

    return make


def _route(kind: type[commands.Command], action: Action) -> Callable[..., Awaitable[Answer]]:
    admitted = OnFamily(action, kind.answered_by)

    async def step(body: Step, asked: Annotated[Asked, Depends(admitted)], services: Served, key: Key = None) -> Answer:
        return await carry(services, asked, _order(kind, body), key)

    step.__annotations__["body"] = body_of(kind)  # the framework reads the body's fields from here
    step.__doc__ = kind.__doc__
    return step


for _kind, _action in PATH:
    _name = _kind.model_fields["type"].default
    router.post(f"/{_name}", name=_name, response_model=Answer)(_route(_kind, _action))
