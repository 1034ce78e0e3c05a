"""What does not fit a request: each fault that the framework finds, with what a request alone can say of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from domain.channels import EMAIL_FORM
from domain.family import MEMBER_ID
from domain.fault import Fault, Words, in_words
from domain.intake.referral_columns import shown
from domain.journey.commands import ReminderId
from domain.journey.events.case import ATTENDEE, ENTRY, PARTY
from domain.model import Code

PHONE = r"^(\+?[0-9][0-9 ()-]{4,24})?$"
EMAIL_OR_NONE = rf"^$|{EMAIL_FORM}"
TEMPLATE = r"^[0-9a-f-]{36}$"
KEY = r"^[\x21-\x7e]{1,100}$"
TAG = r'^(\*|"[0-9]{1,9}-[0-9]{1,9}")$'
FRAGMENT = r"^[A-Za-z0-9-]{1,12}$"
_CODE, _REMINDER = (get_args(kind)[1].metadata[0].pattern for kind in (Code, ReminderId))
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SEE = "see the OpenAPI document at /openapi.json"


PATTERNS = {
    _CODE: Words("not a code", "write it as a code: small letters, digits and dashes, such as typing-error"),
    _REMINDER: Words("not a reminder's id", "copy it from: journeys show REF"),
    EMAIL_FORM: Words("not one e-mail address", "write it like kim@council.example"),
    EMAIL_OR_NONE: Words("not one e-mail address", "write it like kim@council.example, or nothing to take it away"),
    PHONE: Words("not a telephone number", "write it like 0151 496 0000, or nothing to take it away"),
    TEMPLATE: Words("not a template's id", "copy it from GOV.UK Notify"),
    KEY: Words("not a key", "write up to 100 characters of plain ASCII, without spaces"),
    TAG: Words("not an ETag of this gateway", 'send the ETag as you received it, such as "1-7"'),
    MEMBER_ID: Words("not a member's id", "copy it from: journeys show REF; such as m2"),
    ENTRY: Words("not an entry of a case file", "copy it from: journeys case REF; such as N1, A3 or C1"),
    PARTY: Words("not who can do something", "write a member (m1), key-worker, or partner:NAME"),
    ATTENDEE: Words(
        "not who can be at a meeting",
        "write a member (m1), key-worker, coordinator, manager, advocate, interpreter, or partner:NAME",
    ),
    FRAGMENT: Words("not a part of a reference", "write up to 12 letters, digits and dashes"),
}


def faults_of(found: Sequence[Mapping[str, Any]], body: str) -> list[Fault]:
    """Return what pydantic found in a request as faults; the value is given where it is one, and not what holds it."""
    return [_fault(each, body) for each in found]


def _where(found: Mapping[str, Any], body: str) -> str:
    return at(body, int(found["loc"][-1])) if found["type"] == "json_invalid" else place(found["loc"])


def _fault(found: Mapping[str, Any], body: str) -> Fault:
    given, (reason, remedy) = found.get("input"), said(found)
    quoted = isinstance(given, str | int | float) and found["type"] != "json_invalid"
    return Fault(field=_where(found, body), value=shown(str(given)) if quoted else "", reason=reason, remedy=remedy)


def said(found: Mapping[str, Any], *, quoting: bool = True) -> Words:
    """Say a fault that pydantic found as a person would; one of our own says its remedy after a semicolon.

    A partner is not quoted: what it sent may be personal.
    """
    kind, context = str(found["type"]), found.get("ctx") or {}
    if kind in {"literal_error", "enum"}:
        known = str(context["expected"]).replace("'", "")
        what = f"{shown(str(found['input']))} is none" if quoting else "none"
        return Words(f"{what} that is known", f"use {known}")
    if kind == "string_pattern_mismatch" and context["pattern"] in PATTERNS:
        return PATTERNS[context["pattern"]]
    if kind.startswith("date_") and _ISO_DAY.fullmatch(str(found.get("input"))):
        return Words(f"there is no day {found['input']}" if quoting else "there is no such day", "correct the date")
    return in_words(found, otherwise=SEE)


def at(text: str, position: int) -> str:
    """Write where in a body something is: its line and column, as an editor counts them."""
    before = text[:position]
    return f"body, line {before.count(chr(10)) + 1}, column {position - before.rfind(chr(10))}"


def place(steps: tuple[str | int, ...]) -> str:
    """Write the place of a fault as it is said: `criteria.0`; where in the request is said of headers only.

    Pydantic says `[key]` after the name of an entry whose name is wrong.
    """
    named = steps[1:] if steps[:1] in {("body",), ("query",), ("path",)} else steps
    return shown(".".join(str(step) for step in named if step != "[key]")) or "body"
