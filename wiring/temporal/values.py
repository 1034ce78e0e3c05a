"""Values to payloads and back: each says what it is for, and one that was refused raises."""

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime
from functools import cached_property
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import EncodingPayloadConverter, PayloadConverter

from wiring.temporal import seals
from wiring.temporal.refusals import TALLY

# The moment until which the input of the activity under way was good, where that was of the old kind.
GOOD_UNTIL: ContextVar[datetime | None] = ContextVar("good_until", default=None)


class Values(PydanticPayloadConverter):
    """Pydantic's converter; what was refused, and what is of the old kind, is known by its encoding.

    The SDK makes one for each payload that it opens, and uses few of them: so nothing is made before it is needed.
    """

    def __init__(self) -> None:
        pass

    @cached_property
    def converters(self) -> Mapping[bytes, EncodingPayloadConverter]:  # type: ignore[override]  # made late
        """The converters in the order in which they are tried."""
        rest = PydanticPayloadConverter()
        ours = (_Purposed(rest), _Foreign(), _OldKind(rest))
        return {**{each.encoding.encode(): each for each in ours}, **rest.converters}


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


class _Foreign(EncodingPayloadConverter):
    """Raises for what was refused; in a workflow the doorkeeper has counted it before."""

    @property
    def encoding(self) -> str:
        return seals.REFUSED.decode()

    def to_payload(self, value: Any) -> Payload | None:  # noqa: ARG002 - no value is foreign
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:  # noqa: ARG002
        why = seals.why_refused(payload)
        if "counted" not in payload.metadata:
            _count(payload, why)
        raise seals.foreign(why)


class _OldKind(EncodingPayloadConverter):
    """Reads the input of an activity that an earlier release asked for; nothing else of the old kind comes here."""

    def __init__(self, rest: PayloadConverter) -> None:
        self._rest = rest

    @property
    def encoding(self) -> str:
        return seals.UNBOUND.decode()

    def to_payload(self, value: Any) -> Payload | None:  # noqa: ARG002 - nothing is written so any more
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        workflow_id, activity = seals.opened_for(payload)
        if not (workflow_id and activity):
            _count(payload, "unbound")
            raise seals.foreign("unbound")
        GOOD_UNTIL.set(seals.until(payload))
        return self._rest.from_payloads([seals.inside(payload)], [type_hint] if type_hint else None)[0]


def _count(payload: Payload, why: str) -> None:
    workflow_id, activity = seals.opened_for(payload)
    TALLY.add("activity" if activity else "answer", why, workflow_id)
