"""What does not fit a request, in a person's words: each fault that the framework finds, with what to do about it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_args

from domain.intake.referral_columns import shown
from domain.journey.commands import ReminderId
from domain.model import Code

EMAIL = r"^[!-+\--?A-~]+@[!-+\--?A-~]+$"  # what can be seen of ASCII, without a comma and a second @
PHONE = r"^(\+?[0-9][0-9 ()-]{4,24})?$"
EMAIL_OR_NONE = rf"^$|{EMAIL}"
TEMPLATE = r"^[0-9a-f-]{36}$"
KEY = r"^[\x21-\x7e]{1,100}$"
TAG = r'^(\*|"[0-9]{1,9}-[0-9]{1,9}")$'
FRAGMENT = r"^[A-Za-z0-9-]{1,12}$"
_CODE, _REMINDER = (get_args(kind)[1].metadata[0].pattern for kind in (Code, ReminderId))
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SEE = "see the OpenAPI document at /openapi.json"


class Said(NamedTuple):
    """A fault and its remedy."""

    what: str
    remedy: str


PATTERNS = {
    _CODE: Said("not a code", "write it as a code: small letters, digits and dashes, such as typing-error"),
    _REMINDER: Said("not a reminder's id", "copy it as show tells it"),
    EMAIL: Said("not one e-mail address", "write it like kim@council.example"),
    EMAIL_OR_NONE: Said("not one e-mail address", "write it like kim@council.example, or nothing to take it away"),
    PHONE: Said(
        "not a telephone number", "write it like 0151 496 0000 or +44 151 496 0000, or nothing to take it away"
    ),
    TEMPLATE: Said("not a template's id", "copy it from GOV.UK Notify"),
    KEY: Said("not a key", "write up to 100 characters of plain ASCII, without spaces"),
    TAG: Said("not an entity tag of ours", 'send the ETag as it was told, such as "1-7"'),
    FRAGMENT: Said("not a part of a reference", "write up to 12 letters, digits and dashes"),
}
KINDS: Mapping[str, Callable[[Mapping[str, Any]], Said]] = {
    "missing": lambda _: Said("it is missing", "give it"),
    "extra_forbidden": lambda _: Said("there is no such field", "leave it out, or correct its name"),
    "string_type": lambda _: Said("not a text", "write it in quotation marks"),
    "string_too_short": lambda told: Said("too short", f"write {told['min_length']} characters at least"),
    "string_too_long": lambda told: Said("too long", f"write {told['max_length']} characters at most"),
    "too_short": lambda told: Said("too few", f"give {told['min_length']} at least"),
    "too_long": lambda told: Said("too many", f"give {told['max_length']} at most"),
    "greater_than_equal": lambda told: Said("too small", f"give {told['ge']} or more"),
    "greater_than": lambda told: Said("too small", f"give more than {told['gt']}"),
    "less_than_equal": lambda told: Said("too large", f"give {told['le']} or less"),
    "less_than": lambda told: Said("too large", f"give less than {told['lt']}"),
    "json_invalid": lambda _: Said("not JSON", "check brackets, commas and quotation marks"),
}
FAMILIES = {  # by how the names of the faults begin
    "int_": Said("not a whole number", "write it in digits"),
    "float_": Said("not a number", "write it in digits"),
    "bool_": Said("neither true nor false", "write true or false"),
    "datetime_": Said("not a time", "write the time like 2026-02-01T00:00Z"),
    "timezone_": Said("not a time with its zone", "write the time like 2026-02-01T00:00Z"),
    "date_": Said("not a day", "write the day as YYYY-MM-DD"),
    "url_": Said("not an address", "write it like https://partner.example/hook"),
    "tuple_": Said("not a list", 'write it as a list, such as ["debt"]'),
    "list_": Said("not a list", 'write it as a list, such as ["debt"]'),
    "dict_": Said("not an object", 'write it as an object, such as {"on": "2026-01-20"}'),
    "model_": Said("not an object", 'write it as an object, such as {"on": "2026-01-20"}'),
}


def said(fault: Mapping[str, Any], *, quoting: bool = True) -> Said:
    """Say a fault that pydantic found as a person would; one of our own says its remedy after a semicolon.

    A partner is not quoted: what it sent may be personal.
    """
    kind, context = str(fault["type"]), fault.get("ctx") or {}
    if kind in {"literal_error", "enum"}:
        known = str(context["expected"]).replace("'", "")
        what = f"{shown(str(fault['input']))} is none" if quoting else "none"
        return Said(f"{what} that is known", f"use {known}")
    if kind == "string_pattern_mismatch" and context["pattern"] in PATTERNS:
        return PATTERNS[context["pattern"]]
    if kind.startswith("date_") and _ISO_DAY.fullmatch(str(fault.get("input"))):
        return Said(f"there is no day {fault['input']}" if quoting else "there is no such day", "correct the date")
    if kind in KINDS:
        return KINDS[kind](context)
    general = next((told for beginning, told in FAMILIES.items() if kind.startswith(beginning)), None)
    what, _, remedy = str(fault["msg"]).removeprefix("Value error, ").partition("; ")
    return general or Said(what, remedy or SEE)


def at(text: str, position: int) -> str:
    """Write where in a body something is: its line and column, as an editor counts them."""
    before = text[:position]
    return f"body, line {before.count(chr(10)) + 1}, column {position - before.rfind(chr(10))}"


def place(steps: tuple[str | int, ...]) -> str:
    """Write the place of a fault as it is said: `criteria.0`; where in the request is said of headers only."""
    named = steps[1:] if steps[:1] in {("body",), ("query",), ("path",)} else steps
    return shown(".".join(str(step) for step in named)) or "body"
