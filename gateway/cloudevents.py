"""Partner events as they come: CloudEvents 1.0 in JSON, single or in a batch, signed per Standard Webhooks."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import orjson
from pydantic import AwareDatetime, BaseModel, Field
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from domain.errors import Rejected

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
TYPE_PREFIX = "family-journeys.evidence."
SOURCE = re.compile(r"/partners/([a-z0-9][a-z0-9-]{0,63})")
LONGEST_ID = 120 - len("inbox::") - 64  # what is left of a command id beside the longest partner name


class CloudEvent(BaseModel):
    """The attributes we read; extensions are let through and not kept."""

    specversion: Literal["1.0"]
    id: str = Field(min_length=1, max_length=LONGEST_ID)
    source: str
    type: str = Field(max_length=120)
    subject: str = Field(max_length=200)
    time: AwareDatetime
    data: dict[str, Any]


def read_events(content_type: str, body: bytes) -> list[dict[str, Any]]:
    """Return the events of a body as they came; raise `Rejected` when it is no CloudEvents JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in {SINGLE, BATCH}:
        raise Rejected("bad-event", f"content type {kind or 'missing'}", f"send {SINGLE} or {BATCH}")
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise Rejected("bad-event", f"not JSON: {fault}", "send one event, or a list of events for a batch") from fault
    events = told if kind == BATCH else [told]
    if not isinstance(events, list) or not events or not all(isinstance(event, dict) for event in events):
        raise Rejected("bad-event", "no event in the body", "send one event, or a list of events for a batch")
    return events


def partner_of(events: Sequence[Mapping[str, Any]]) -> str:
    """Return the one partner that the events name as their source."""
    sources = {str(event.get("source")) for event in events}
    named = SOURCE.fullmatch(sources.pop()) if len(sources) == 1 else None
    if named is None:
        raise Rejected(
            "bad-event", "the events do not share one source", "set source to /partners/<name> on all of them"
        )
    return named[1]


def is_signed(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Tell whether one of the partner's live secrets made the signature; its time may be five minutes off."""
    return any(_holds(body, headers, secret) for secret in secrets)


def _holds(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # the library lets a malformed signature out as ValueError
        return False
    return True


def body_hash(event: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of an event's content, however it was spaced and ordered."""
    return hashlib.sha256(orjson.dumps(event, option=orjson.OPT_SORT_KEYS)).digest()
