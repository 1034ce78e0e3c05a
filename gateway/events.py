"""The partners' door: events checked against signature and agreement, kept in the inbox, then given receipts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError

from domain.calendar import local_date
from domain.cells import shown
from domain.errors import Rejected
from domain.evidence import MODELS
from domain.programme import Agreement
from gateway.cloudevents import BATCH, BINARY, SINGLE, TYPE_PREFIX, CloudEvent, content, partner_of, read_events
from gateway.parts import Parts, Served
from gateway.problems import SIGNED
from gateway.signing import WEBHOOK_HEADERS, Signer, signer
from store import inbox
from store.inbox import Arrival, Outcome

router = APIRouter(prefix="/v1", tags=["partners"], responses=SIGNED)

SCHEMES = ("upn", "nhs-number", "nino", "police-urn", "uprn")
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # a partner's clock, or its day, may be a little ahead of ours
TEXT = {"type": "string"}
ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time")
PARAMETERS = [{"name": name, "in": "header", "required": True, "schema": TEXT} for name in WEBHOOK_HEADERS] + [
    {"name": f"ce-{name}", "in": "header", "schema": TEXT, "description": "In binary mode."} for name in ATTRIBUTES
]
EVENT = {"type": "object", "required": [*ATTRIBUTES, "data"], "properties": {"data": {"type": "object"}}}
BODY = {
    "content": {
        SINGLE: {"schema": EVENT},
        BATCH: {"schema": {"type": "array", "items": EVENT, "minItems": 1}},
        BINARY: {
            "schema": {"type": "object", "description": "The kind's fields, with the attributes in ce-* headers."}
        },
    },
    "required": True,
}


class Told(BaseModel):
    """What became of one event."""

    id: str
    outcome: Outcome
    reason: str | None = None


class Receipts(BaseModel):
    """A receipt for each event, in their order."""

    receipts: list[Told]


@dataclass(frozen=True)
class Sender:
    """The partner that signed, its agreement, and when it knocked."""

    partner: str
    agreement: Agreement | None
    at: datetime


class Refused(Exception):  # noqa: N818 - a finding, not an error of ours
    """An event cannot be taken; the code of the reason is kept with it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@router.post("/events", status_code=202, openapi_extra={"requestBody": BODY, "parameters": PARAMETERS})
async def events(request: Request, parts: Served) -> Receipts:
    """Take a partner's events; they are in the inbox before this answers.

    The same id and body again is a `duplicate`; the same id with another body a `conflict`, for a single event 409.
    """
    body = await request.body()
    raw = read_events(request.headers, body)
    sender = await _sender(parts, await signer(parts, partner_of(raw), request.headers, body))
    await parts.throttle.events(sender.partner, len(raw))
    judged = [_judge(parts, sender, event) for event in raw]
    async with parts.pool.acquire() as conn:
        receipts = await inbox.accept(conn, [arrival for arrival, _ in judged])
    parts.mail.set()
    told = [
        Told(id=receipt.event_id, outcome=receipt.outcome, reason=why or receipt.reason)
        for receipt, (_, why) in zip(receipts, judged, strict=True)
    ]
    if len(told) == 1 and told[0].outcome == "conflict":
        reason = f"event {shown(told[0].id)} was sent before with another body"
        raise Rejected("event-conflict", reason, "give a new event a new id")
    return Receipts(receipts=told)


async def _sender(parts: Parts, signed: Signer) -> Sender:
    now = await parts.now()
    programme = await parts.programme()
    return Sender(signed.partner, programme.agreement(signed.partner, local_date(now)), now)


def _judge(parts: Parts, sender: Sender, raw: Mapping[str, Any]) -> tuple[Arrival, str | None]:
    """Return the event as the inbox takes it, with why it is refused where it is."""
    try:
        return _arrival(parts, sender, raw), None
    except Refused as refused:
        return _refusal(parts, sender, raw, refused.code), str(refused)


def _arrival(parts: Parts, sender: Sender, raw: Mapping[str, Any]) -> Arrival:
    event = _event(raw)
    kind = event.type.removeprefix(TYPE_PREFIX)
    _agreed(sender, event, kind)
    if not EARLIEST <= event.time <= sender.at + AHEAD:
        raise Refused("bad-time", "time: an event is observed after 1900 and not in the future")
    scheme, _, identifier = event.subject.partition(":")
    if scheme not in SCHEMES or not identifier.strip():
        raise Refused("bad-subject", f"subject is not <scheme>:<identifier> with a scheme of {', '.join(SCHEMES)}")
    return Arrival(
        partner=sender.partner,
        event_id=event.id,
        body_hash=parts.vault.body_digest(content(raw)),
        subject_scheme=scheme,
        subject_digest=parts.vault.subject_digest(scheme, identifier),
        kind=kind,
        observed_at=event.time,
        evidence=_evidence(sender, event, kind),
        received_at=sender.at,
    )


def _event(raw: Mapping[str, Any]) -> CloudEvent:
    try:
        return CloudEvent.model_validate(raw)
    except ValidationError as fault:
        raise Refused("bad-event", _first(fault)) from fault


def _agreed(sender: Sender, event: CloudEvent, kind: str) -> None:
    """Refuse a kind that the partner's agreement does not name; a return counts as the kind it reports on."""
    if not event.type.startswith(TYPE_PREFIX) or kind not in MODELS:
        raise Refused("unknown-kind", f"type is not {TYPE_PREFIX}<kind> with a kind we know")
    agreed = sender.agreement.kinds if sender.agreement else ()
    wanted = [kind, str(event.data.get("of"))] if kind == "return" else [kind]
    missing = [name for name in wanted if name not in agreed]
    if missing:
        raise Refused("kind-not-agreed", f"no agreement in force lets {sender.partner} send {shown(missing[0])}")


def _evidence(sender: Sender, event: CloudEvent, kind: str) -> dict[str, Any]:
    """Read the kind's fields; whatever else came along is dropped, never kept."""
    ours = {
        "id": f"{sender.partner}:{event.id}",
        "kind": kind,
        "source": sender.partner,
        "observed_on": local_date(event.time),
    }
    data = {name: value for name, value in event.data.items() if name != "member"}
    try:
        evidence = MODELS[kind].model_validate(data | ours)
    except ValidationError as fault:
        raise Refused("bad-evidence", _first(fault)) from fault
    return evidence.model_dump(mode="json", by_alias=True, exclude_none=True)


def _refusal(parts: Parts, sender: Sender, raw: Mapping[str, Any], code: str) -> Arrival:
    """Return what is kept of a refused event: that it came, and why it was refused."""
    return Arrival(
        partner=sender.partner,
        event_id=shown(str(raw.get("id", "")))[:120] or "(no id)",
        body_hash=parts.vault.body_digest(content(raw)),
        subject_scheme=None,
        subject_digest=None,
        kind=shown(str(raw.get("type", "")).removeprefix(TYPE_PREFIX))[:64],
        observed_at=None,
        evidence={},
        received_at=sender.at,
        refusal=code,
    )


def _first(fault: ValidationError) -> str:
    """Return the first fault without the value: it may be personal, and receipts are kept by others."""
    first = fault.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
