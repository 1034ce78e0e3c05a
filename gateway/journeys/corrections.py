"""The other commands people give a journey: a reminder acknowledged, an event corrected, evidence withdrawn."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field, ValidationError

from domain.errors import Rejected
from domain.evidence import Observation
from domain.evidence_words import coded
from domain.intake.referral_columns import shown
from domain.journey.commands import AcknowledgeReminder, CorrectEvent, WithdrawEvidence
from domain.journey.corrections import CORRECTABLE, NEVER_CORRECTED, not_correctable
from domain.journey.events import EVENT, AnyEvent, EvidenceRecorded
from domain.journey.evolve import fold
from domain.model import Code
from gateway.http.problems import ON_A_JOURNEY
from gateway.http.validation import place, said
from gateway.journeys.bodies import Acknowledge, Answer, Body, Correct
from gateway.journeys.families import Asked, OnFamily
from gateway.journeys.steps import Key, carry
from gateway.services import Served
from store import journal

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["path"], responses=ON_A_JOURNEY)

OF_AN_OFFER = "handover-answer."  # how the ids of these reminders begin


@router.post("/acknowledge")
async def acknowledge(
    body: Acknowledge, asked: Annotated[Asked, Depends(OnFamily("work", "either"))], services: Served, key: Key = None
) -> Answer:
    """Say that a reminder was seen; a key worker whom the family is offered to, of the offer's own reminders only."""
    own = asked.actor.role != "key-worker" or asked.actor.name == asked.journey.key_worker
    if not own and not body.reminder_id.startswith(OF_AN_OFFER):
        raise Rejected(
            "not-allowed", "a key worker with an open offer may only answer the offer", "ask the family's holder"
        )

    def order(common: dict[str, Any]) -> AcknowledgeReminder:
        return AcknowledgeReminder(reminder_id=body.reminder_id, **common)

    return await carry(services, asked, order, key)


@router.post("/correct")
async def correct(
    body: Correct, asked: Annotated[Asked, Depends(OnFamily("correct"))], services: Served, key: Key = None
) -> Answer:
    """Supersede an earlier event: the same event with some fields changed, and why."""
    if asked.journey.erased_on is not None:
        raise Rejected(
            "erased",
            f"{asked.journey.reference} was erased",
            "it cannot be corrected any more; nothing needs to be done",
        )
    asked = asked.on(body.journey)
    async with services.pool.acquire() as conn:
        stream = [recorded.event for recorded in await journal.timeline(conn, asked.journey.journey_id)]
    return await carry(services, asked, _correction(stream, body, asked.journey.reference), key)


class Withdraw(Body):
    """The evidence that is wrong, and why; of another family it goes back to quarantine, where people match it."""

    evidence_id: str = Field(min_length=1, max_length=200)
    reason: Code
    of_another_family: bool = False


@router.post("/withdraw-evidence")
async def withdraw_evidence(
    body: Withdraw, asked: Annotated[Asked, Depends(OnFamily("withdraw"))], services: Served, key: Key = None
) -> Answer:
    """Set an observation aside: it stays readable, and counts for no rule and no claim."""

    def order(common: dict[str, Any]) -> WithdrawEvidence:
        return WithdrawEvidence(**body.model_dump(), **common)

    answer = await carry(services, asked, order, key)
    services.mail.set()
    return answer


def _correction(stream: list[AnyEvent], body: Correct, reference: str) -> Callable[[dict[str, Any]], CorrectEvent]:
    """Return how the correction is made; raise `Rejected` when the event cannot read so."""
    event = stream[body.version - 1] if body.version <= len(stream) else None
    if not isinstance(event, CORRECTABLE):
        raise not_correctable(reference, body.version, event.type if event else None, len(stream))
    reads = _as_it_reads(stream, body.version)
    replacement = _changed(reads, body.changes)
    if isinstance(reads, EvidenceRecorded) and isinstance(replacement, EvidenceRecorded):
        _same_family(reads.evidence, replacement.evidence, stream)
    told = {"version": body.version, "reason": body.reason, "replacement": replacement}
    return lambda common: CorrectEvent.model_validate(told | common)


def _as_it_reads(stream: list[AnyEvent], version: int) -> AnyEvent:
    """Return the event as its last correction has it."""
    corrections = [
        event.replacement for event in stream if event.type == "event-corrected" and event.version == version
    ]
    return [stream[version - 1], *corrections][-1]


def _same_family(before: Observation, after: Observation, stream: list[AnyEvent]) -> None:
    """Refuse evidence of another source, or about somebody who is not a member of this family."""
    if after.source != before.source:
        raise Rejected(
            "other-subject",
            f"source: the evidence came from {before.source}",
            "leave out the source, and correct the other fields",
        )
    members = [member.id for member in fold(stream).members]
    if after.member not in {before.member, None, *members}:
        raise Rejected(
            "bad-correction",
            f"member: {shown(str(after.member))} is not a member of this family",
            f"use one of {', '.join(members)}",
        )


def _changed(event: AnyEvent, changes: dict[str, Any]) -> AnyEvent:
    told = event.model_dump(mode="json", by_alias=True)
    inner = next((name for name in ("consent", "evidence") if name in told), None)
    try:
        changes = coded(changes.get("kind", told[inner]["kind"]), changes) if inner == "evidence" else changes
        right = {**told, inner: {**told[inner], **changes}} if inner else {**told, **changes}
        return EVENT.validate_python({**right, "type": event.type, "at": event.at}, strict=False)
    except ValidationError as fault:
        first = fault.errors()[0]
        what, remedy = said(first)
        raise Rejected(
            "bad-correction",
            f"{place(first['loc'][1:] or first['loc'])}: {what}",
            f"{remedy}; what can be corrected is {_correctable(told, inner)}",
        ) from fault


def _correctable(told: dict[str, Any], inner: str | None) -> str:
    """Name the fields that a correction may change; the kind of evidence is what it is about, that of a contact not."""
    fixed = NEVER_CORRECTED | {"kind"} if inner else NEVER_CORRECTED
    return ", ".join(name for name in (told[inner] if inner else told) if name not in fixed)
