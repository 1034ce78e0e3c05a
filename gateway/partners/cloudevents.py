"""Partner events as they come: CloudEvents 1.0 over HTTP, structured, in a batch, or binary (attributes in headers)."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any, Literal
from urllib.parse import unquote

import orjson
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from starlette.datastructures import Headers

from domain.errors import Rejected
from gateway.partners.signing import named

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BINARY = "application/json"
TYPE_PREFIX = "family-journeys.evidence."
LONGEST_ID = 120 - len("inbox::") - 64  # what is left of a command id beside the longest partner name
LONGEST_SUBJECT = 200
MOST_EVENTS = 10_000  # in one request
LARGEST_EVENT = 64 * 1024  # bytes; also what is looked at of a body before its signature holds
UTF_8 = {"", "utf-8", "utf8"}
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}.+")
_FIRST = json.JSONDecoder()


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("contains a control character; remove it")
    return text


def _rfc_3339(text: object, read: ValidatorFunctionWrapHandler) -> object:
    """Refuse a bare number, which may count seconds or thousandths of them since some day."""
    fault = ValueError("not a time with its offset; write it like 2012-05-20T09:00:00Z")
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise fault
    try:
        return read(text)
    except ValidationError as unread:
        raise fault from unread


EarlierEvent = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=LONGEST_ID)]


class CloudEvent(BaseModel):
    """The attributes we read. `replaces` and `withdraws` are extensions of ours: an earlier event of the same partner.

    Other extensions are let through and not kept.
    """

    specversion: Literal["1.0"]
    id: Annotated[str, AfterValidator(_printable)] = Field(min_length=1, max_length=LONGEST_ID)
    source: str
    type: str = Field(max_length=120)
    subject: str = Field(max_length=LONGEST_SUBJECT)
    time: Annotated[AwareDatetime, WrapValidator(_rfc_3339)]
    replaces: EarlierEvent | None = None
    withdraws: EarlierEvent | None = None
    data: dict[str, Any] = {}


def claimed_by(headers: Headers, body: bytes) -> str:
    """Return the partner that a request says it is from, by its headers or by the first event of its body.

    Asked before the signature is: of a body whose sender nobody knows yet, no more is read than one event may have.
    """
    mode = _mode(headers)
    source = unquote(headers.get("ce-source", "")) if mode == BINARY else _first(body, mode).get("source")
    partner = named(source)
    if partner is None:
        fault = "the request does not say at its start who sends it"
        raise Rejected("bad-event", fault, f"set source to /partners/<name>, in the first {LARGEST_EVENT} bytes")
    return partner


def signed_as(headers: Headers) -> str | None:
    """Return what `webhook-id` must be where a signature over id and body leaves out attributes; None: it does not.

    In binary mode the attributes are headers. An id made of them is as unique as they are and the same when sent again,
    as Standard Webhooks wants it, and the signature covers it.
    """
    if _mode(headers) != BINARY:
        return None
    attributes = sorted(f"{name}:{value}" for name, value in headers.items() if name.startswith("ce-"))
    return sha256("\n".join(attributes).encode("latin-1")).hexdigest()


def read_events(headers: Headers, body: bytes, partner: str) -> list[dict[str, Any]]:
    """Return the events of a request as they came; raise `Rejected` when it holds no events of `partner` in JSON."""
    mode = _mode(headers)
    parsed = _binary(headers, body) if mode == BINARY else _json(body)
    events = parsed if mode == BATCH else [parsed]
    if not isinstance(events, list) or not events or not all(isinstance(event, dict) for event in events):
        raise Rejected("bad-event", "no event in the body", "send one event, or a list of events for a batch")
    if len(events) > MOST_EVENTS:
        raise Rejected("too-large", f"{len(events)} events, the most is {MOST_EVENTS}", "send them in smaller batches")
    if any(named(event.get("source")) != partner for event in events):
        fault = "the events do not share one source"
        raise Rejected("bad-event", fault, "set source to /partners/<name> on all of them")
    return events


def content(event: Mapping[str, Any]) -> bytes:
    """Return an event's content in one spelling, however it was spaced and ordered, in whatever mode it was sent."""
    kept = {name: value for name, value in event.items() if name != "datacontenttype"}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)


def _mode(headers: Headers) -> str:
    """Return the content type that says how the events stand in the request; raise `Rejected` for any other."""
    kind, _, parameters = headers.get("content-type", "").partition(";")
    kind, charset = kind.strip().lower(), _charset(parameters)
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Rejected("bad-event", "the body is compressed", "send it uncompressed, without content-encoding")
    if charset not in UTF_8:
        raise Rejected("bad-event", f"charset {charset[:20]!r}", "send JSON in UTF-8")
    if kind not in {SINGLE, BATCH} and not (kind == BINARY and "ce-specversion" in headers):
        remedy = f"send {SINGLE} or {BATCH}, or {BINARY} with the attributes in ce-* headers"
        raise Rejected("bad-event", f"content type {kind[:60] or 'missing'!r}", remedy)
    return kind


def _first(body: bytes, mode: str) -> dict[str, Any]:
    """Read the first event of a body, leniently and only so far as one event may go."""
    head = body[:LARGEST_EVENT].decode(errors="ignore").lstrip()
    if mode == BATCH:
        head = head.removeprefix("[").lstrip()
    try:
        found, _ = _FIRST.raw_decode(head)
    except (ValueError, RecursionError) as fault:
        if len(body) <= LARGEST_EVENT:
            _json(body)  # says where it is broken
            return {}
        remedy = f"send the fields of its kind only: an event may have {LARGEST_EVENT} bytes"
        detail = f"the first {LARGEST_EVENT} bytes of the body hold no whole event"
        raise Rejected("bad-event", detail, remedy) from fault
    return found if isinstance(found, dict) else {}


def _binary(headers: Headers, body: bytes) -> dict[str, Any]:
    """Read an event whose attributes are headers, percent-encoded (CloudEvents HTTP binding, 3.1.3.2)."""
    names = [name for name in headers.keys() if name.startswith("ce-")]  # noqa: SIM118 - repeats must be seen
    if len(set(names)) < len(names):
        raise Rejected("bad-event", "a ce-* header is sent twice", "send each attribute once")
    event: dict[str, Any] = {name[3:]: unquote(headers[name]) for name in names if name != "ce-data"}
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
        parsed = orjson.loads(body)  # refuses NaN, half surrogates, bad UTF-8 and a thousand levels
        json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError) as fault:
        remedy = "send one event, or a list of events for a batch"
        raise Rejected("bad-event", f"the body is not valid JSON: {_plainly(fault)}", remedy) from fault
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a field is named twice in one object")


def _plainly(fault: Exception) -> str:
    """Say what is wrong, and on which line; never what stands there."""
    if isinstance(fault, RecursionError):
        return "nested too deeply"
    if isinstance(fault, json.JSONDecodeError):
        return f"line {fault.lineno}, column {fault.colno} ({fault.msg})"
    return str(fault)
