"""What an import is sent: a file, or JSON with the file and the answers to what was asked about its families."""

import base64
import binascii
from collections.abc import Sequence

from pydantic import Field, TypeAdapter, ValidationError

from domain.errors import Rejected
from domain.intake.questions import GivenAnswer
from domain.model import Value
from gateway.http.validation import said

JSON = "application/json"
LIKE = (
    '{"file": "<base64>", "answers": [{"family_no": "W1", "reference": "F-...", "answer": "same-as", "why": "code"}]}'
)


class FamilyAnswer(GivenAnswer):
    """An answer about one family of a file, by the family's number in it."""

    family_no: str = Field(max_length=200)


class Sent(Value):
    """A file in base64, with answers."""

    file: str
    answers: tuple[FamilyAnswer, ...] = Field(default=(), max_length=10_000)


_SENT = TypeAdapter(Sent)


def sent(body: bytes, content_type: str) -> tuple[bytes, Sequence[FamilyAnswer]]:
    """Return the file and the answers. Raise `Rejected` for JSON that is none, or does not fit."""
    if content_type.partition(";")[0].strip().lower() != JSON:
        return body, ()
    try:
        told = _SENT.validate_json(body)
        return base64.b64decode(told.file, validate=True), told.answers
    except ValidationError as fault:
        what, remedy = said(fault.errors()[0])
        place = ".".join(map(str, fault.errors()[0]["loc"])) or "body"
        raise Rejected("bad-request", f"{place}: {what}", remedy) from fault
    except binascii.Error as fault:
        raise Rejected("bad-request", "file: not base64", f"send {LIKE}") from fault


def answers_for(answers: Sequence[FamilyAnswer], family_no: str) -> tuple[GivenAnswer, ...]:
    """Return what was answered about a family."""
    given = [answer for answer in answers if answer.family_no == family_no]
    return tuple(GivenAnswer(reference=one.reference, answer=one.answer, why=one.why) for one in given)
