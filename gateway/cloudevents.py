"""Partner events as they come: CloudEvents 1.0 over HTTP, structured, in a batch, or binary (attributes in headers)."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import unquote

import orjson
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field
from starlette.datastructures import Headers

from domain.errors import Rejected
from gateway.signing import named

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BINARY = "application/json"
TYPE_PREFIX = "family-journeys.evidence."
LONGEST_ID = 120 - len("inbox::") - 64  # what is left of a command id beside the longest partner name
MOST_EVENTS = 10_000  # in one request
UTF_8 = {"", "utf-8", "utf8"}


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a control character")
    return text


class CloudEvent(BaseModel):
    """The attributes we read; extensions are let through and not kept."""

    specversion: Literal["1.0"]
    id: Annotated[str, AfterValidator(_printable)] = Field(min_length=1, max_length=LONGEST_ID)
    source: str
    type: str = Field(max_length=120)
    subject: str = Field(max_length=200)
    time: AwareDatetime
    data: dict[str, Any]


def read_events(headers: Headers, body: bytes) -> list[dict[str, Any]]:
    """Return the events of a request as they came; raise `Rejected` when it holds no CloudEvents in JSON."""
    kind, _, parameters = headers.get("content-type", "").partition(";")
    kind, charset = kind.strip().lower(), _charset(parameters)
    if charset not in UTF_8:
        raise Rejected("bad-event", f"charset {charset[:20]!r}", "send JSON in UTF-8")
    if kind == BINARY and "ce-specversion" in headers:
        return [_binary(headers, body)]
    if kind not in {SINGLE, BATCH}:
        remedy = f"send {SINGLE} or {BATCH}, or {BINARY} with the attributes in ce-* headers"
        raise Rejected("bad-event", f"content type {kind[:60] or 'missing'!r}", remedy)
    told = _json(body)
    events = told if kind == BATCH else [told]
    if not isinstance(events, list) or not events or not all(isinstance(event, dict) for event in events):
        raise Rejected("bad-event", "no event in the body", "send one event, or a list of events for a batch")
    if len(events) > MOST_EVENTS:
        raise Rejected("too-large", f"{len(events)} events, the most is {MOST_EVENTS}", "send them in smaller batches")
    return events


def partner_of(events: Sequence[Mapping[str, Any]]) -> str:
    """Return the one partner that the events name as their source."""
    sources = {str(event.get("source")) for event in events}
    partner = named(sources.pop()) if len(sources) == 1 else None
    if partner is None:
        raise Rejected(
            "bad-event", "the events do not share one source", "set source to /partners/<name> on all of them"
        )
    return partner


def content(event: Mapping[str, Any]) -> bytes:
    """Return an event's content in one spelling, however it was spaced and ordered, in whatever mode it was sent."""
    told = {name: value for name, value in event.items() if name != "datacontenttype"}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _binary(headers: Headers, body: bytes) -> dict[str, Any]:
    """Read an event whose attributes are headers, percent-encoded (CloudEvents HTTP binding, 3.1.3.2).

    A signature covers the body and `webhook-id`, not the attributes. Held to the event's id, the message cannot be sent
    again with another subject: the id is taken, and its content is another.
    """
    names = [name for name in headers.keys() if name.startswith("ce-")]  # noqa: SIM118 - repeats must be seen
    if len(set(names)) < len(names):
        raise Rejected("bad-event", "a ce-* header is sent twice", "send each attribute once")
    event: dict[str, Any] = {name[3:]: unquote(headers[name]) for name in names if name != "ce-data"}
    if event.get("id") != unquote(headers.get("webhook-id", "")):
        remedy = "set webhook-id to the event's id: the signature then covers which event this is"
        raise Rejected("bad-event", "in binary mode webhook-id and ce-id must be the same", remedy)
    return event | {"data": _json(body)}


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def _json(body: bytes) -> Any:
    """Read strict JSON; two fields of one name are refused, as two readers may take either."""
    try:
        told = orjson.loads(body)  # refuses NaN, half surrogates, bad UTF-8 and a thousand levels
        json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError) as fault:
        remedy = "send one event, or a list of events for a batch"
        raise Rejected("bad-event", f"not JSON as we read it: {_plainly(fault)}", remedy) from fault
    return told


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a field is named twice in one object")


def _plainly(fault: Exception) -> str:
    return "nested too deeply" if isinstance(fault, RecursionError) else str(fault)
