"""Values to payloads and back: each says what it is for, and one that was refused raises."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any, Self

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    EncodingPayloadConverter,
    PayloadConverter,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from wiring.temporal import seals
from wiring.temporal.refusals import TALLY

# The moment until which the input of the activity under way was good, where that was of the old kind.
GOOD_UNTIL: ContextVar[datetime | None] = ContextVar("good_until", default=None)


class Values(PydanticPayloadConverter):
    """Pydantic's converter; what was refused, and what is of the old kind, is known by its encoding."""

    def __init__(self) -> None:
        super().__init__()
        rest = PydanticPayloadConverter()
        self._set_converters(_Purposed(rest), _Foreign(), _OldKind(rest), *self.converters.values())


class _Purposed(EncodingPayloadConverter):
    """Writes a purpose on the payload, inside what is sealed."""

    def __init__(self, rest: PayloadConverter) -> None:
        self._rest = rest

    @property
    def encoding(self) -> str:
        return "binary/purposed"  # of no payload: what is converted keeps its own

    def to_payload(self, value: Any) -> Payload | None:
        if not isinstance(value, seals.For):
            return None
        (payload,) = self._rest.to_payloads([value.value])
        payload.metadata["purpose"] = value.purpose.encode()
        return payload

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:  # noqa: ARG002 - never called
        raise seals.foreign("not-for-here")


class _Foreign(EncodingPayloadConverter, WithSerializationContext):
    """Raises for what was refused; in a workflow the doorkeeper has counted it before."""

    def __init__(self, context: SerializationContext | None = None) -> None:
        self._context = context

    @property
    def encoding(self) -> str:
        return seals.REFUSED.decode()

    def with_context(self, context: SerializationContext) -> Self:
        return type(self)(context)

    def to_payload(self, value: Any) -> Payload | None:  # noqa: ARG002 - no value is foreign
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:  # noqa: ARG002
        why = seals.why_refused(payload)
        if "counted" not in payload.metadata:
            _count(self._context, why)
        raise seals.foreign(why)


class _OldKind(EncodingPayloadConverter, WithSerializationContext):
    """Reads the input of an activity that an earlier release asked for; nothing else of the old kind comes here."""

    def __init__(self, rest: PayloadConverter, context: SerializationContext | None = None) -> None:
        self._rest = rest
        self._context = context

    @property
    def encoding(self) -> str:
        return seals.UNBOUND.decode()

    def with_context(self, context: SerializationContext) -> Self:
        return type(self)(self._rest, context)

    def to_payload(self, value: Any) -> Payload | None:  # noqa: ARG002 - nothing is written so any more
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        if not isinstance(self._context, ActivitySerializationContext) or not self._context.workflow_id:
            _count(self._context, "unbound")
            raise seals.foreign("unbound")
        GOOD_UNTIL.set(seals.until(payload))
        return self._rest.from_payloads([seals.inside(payload)], [type_hint] if type_hint else None)[0]


def _count(context: SerializationContext | None, why: str) -> None:
    if isinstance(context, ActivitySerializationContext):
        TALLY.add("activity", why, context.workflow_id or "")
    elif isinstance(context, WorkflowSerializationContext):
        TALLY.add("answer", why, context.workflow_id)
