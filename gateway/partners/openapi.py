"""What the OpenAPI document says of a partner's requests: the headers that sign them, and each kind of event."""

from typing import Any

from domain.evidence import EVIDENCE_KINDS, MODELS, Observation
from gateway.partners.cloudevents import BATCH, BINARY, LONGEST_ID, MOST_EVENTS, SINGLE, TYPE_PREFIX
from gateway.partners.pseudonymity import SCHEMES
from gateway.partners.signing import SOURCE, WEBHOOK_HEADERS

_TEXT = {"type": "string"}
_ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time")
_OURS = frozenset(Observation.model_fields)  # what we put in ourselves, from the event's attributes


def _data(kind: str) -> dict[str, Any]:
    """Return the schema of a kind's own fields."""
    told = MODELS[kind].model_json_schema()
    properties = {name: field for name, field in told["properties"].items() if name not in _OURS}
    required = [name for name in told["required"] if name in properties]
    return {"type": "object", "properties": properties, "required": required}


def _kind(kind: str) -> dict[str, Any]:
    return {"title": kind, "properties": {"type": {"const": f"{TYPE_PREFIX}{kind}"}, "data": _data(kind)}}


_EARLIER = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
_WITHDRAWAL = {
    "title": "withdrawal",
    "required": ["withdraws"],
    "properties": {"type": {"const": f"{TYPE_PREFIX}withdrawal"}, "data": {"type": "object"}},
}
_EVENT = {
    "type": "object",
    "required": [*_ATTRIBUTES, "data"],
    "description": "An invalid event does not fail its batch: its receipt says what is wrong with it.",
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "description": "Printable."},
        "source": {"type": "string", "pattern": f"^{SOURCE.pattern}$"},
        "subject": {"type": "string", "pattern": f"^({'|'.join(SCHEMES)}):.+$", "maxLength": 200},
        "time": {"type": "string", "format": "date-time"},
        "replaces": {**_EARLIER, "description": "The id of an earlier event of yours that this one replaces."},
        "withdraws": {**_EARLIER, "description": "The id of an earlier event of yours that was wrong."},
    },
    "oneOf": [_WITHDRAWAL, *(_kind(kind) for kind in EVIDENCE_KINDS if kind in MODELS)],
}
_MOST = f"{MOST_EVENTS} events at most."
SIGNING = [{"name": name, "in": "header", "required": True, "schema": _TEXT} for name in WEBHOOK_HEADERS]
PARAMETERS = SIGNING + [
    {"name": f"ce-{name}", "in": "header", "schema": _TEXT, "description": "In binary mode."}
    for name in (*_ATTRIBUTES, "replaces", "withdraws")
]
ASKING = [*SIGNING, {"name": "ce-source", "in": "header", "required": True, "schema": _TEXT}]
BODY = {
    "content": {
        SINGLE: {"schema": _EVENT},
        BATCH: {"schema": {"type": "array", "items": _EVENT, "minItems": 1, "description": _MOST}},
        BINARY: {
            "schema": {"type": "object", "description": "The kind's fields, with the attributes in ce-* headers."}
        },
    },
    "required": True,
}
