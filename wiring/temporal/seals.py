"""What stands on an opened payload: what it was sealed for, that it is of the old kind, or why it is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.exceptions import ApplicationError

from domain.names import FOREIGN

ENCRYPTED = b"binary/encrypted"
BOUND = b"2"  # the form of a seal that binds to workflow and activity; the first form has no name on it
REFUSED = b"binary/refused"
UNBOUND = b"binary/unbound"

# Purposes. What a worker seals for itself, the input of an activity or a next run, carries none.
START = "start"
RESULT = "result"  # of an activity

Place = tuple[str, str]  # a workflow's id, and an activity's name or nothing
NOWHERE: Place = ("", "")


def signal(name: str) -> str:
    """Name the purpose of a signal's payload."""
    return f"signal:{name}"


def update(name: str, update_id: str) -> str:
    """Name the purpose of an update's payload; by its id a run takes it once, so a copy under another id is refused."""
    return f"update:{name}:{update_id}"


@dataclass(frozen=True, slots=True)
class For:
    """A value on its way to Temporal, and what it is for."""

    purpose: str
    value: Any


def each_for(purpose: str, values: Sequence[Any]) -> list[Any]:
    """Say of each value what it is for, unless that was said before."""
    return [value if isinstance(value, For) else For(purpose, value) for value in values]


def purpose_of(payload: Payload) -> str:
    """Return what an opened payload was sealed for."""
    return payload.metadata.get("purpose", b"").decode(errors="replace")


def refusal(why: str, remedy: str = "", opened_for: Place = NOWHERE) -> Payload:
    """Return what stands for a payload that was refused; converting it raises."""
    return Payload(metadata={"encoding": REFUSED, "why": why.encode(), **_place(opened_for)}, data=remedy.encode())


def why_refused(payload: Payload) -> str:
    """Return why a payload was refused, or nothing when it was not."""
    return payload.metadata["why"].decode() if payload.metadata.get("encoding") == REFUSED else ""


def unbound(plain: bytes, until: datetime, opened_for: Place = NOWHERE) -> Payload:
    """Return what stands for an opened payload of the old kind, good in what happened before `until`."""
    metadata = {"encoding": UNBOUND, "until": until.isoformat().encode(), **_place(opened_for)}
    return Payload(metadata=metadata, data=plain)


def opened_for(payload: Payload) -> Place:
    """Return the workflow and the activity that a refused payload, or one of the old kind, came in for."""
    return payload.metadata["workflow"].decode(), payload.metadata["activity"].decode()


def _place(opened_for: Place) -> dict[str, bytes]:
    return dict(zip(("workflow", "activity"), (name.encode() for name in opened_for), strict=True))


def is_unbound(payload: Payload) -> bool:
    """Tell whether an opened payload is of the old kind."""
    return payload.metadata.get("encoding") == UNBOUND


def until(payload: Payload) -> datetime:
    """Return the moment until which a payload of the old kind is good."""
    return datetime.fromisoformat(payload.metadata["until"].decode())


def inside(payload: Payload) -> Payload:
    """Return the payload that one of the old kind holds."""
    return Payload.FromString(payload.data)


def foreign(why: str) -> ApplicationError:
    """Return the failure that a caller sees whose payload was refused."""
    said = f"refused: this payload is not from the gateway or a worker of this system ({why})"
    return ApplicationError(said, type=FOREIGN, non_retryable=True)
