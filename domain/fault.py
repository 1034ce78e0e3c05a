"""One thing wrong with what somebody gave us, and what pydantic finds wrong put in words: the same at every door.

Claim files, rule packs, imported rows and requests say their faults in these four fields; what only one of them has,
such as the line of a row, is a field of its own there.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from domain.model import Value

_LONGEST_VALUE = 60
_TEXT_LIST = 'write it as a list, such as ["debt"]'
_OBJECT = 'write it as an object, such as {"on": "2026-01-20"}'


class Fault(Value):
    """One thing wrong: in which field, the value found there, the reason why it will not do, and what to do."""

    field: str
    value: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        """Write it on one line."""
        found = f" ({self.value})" if self.value else ""
        return f"{self.field}{found}: {self.reason}; {self.remedy}"


class Words(NamedTuple):
    """A reason and its remedy."""

    reason: str
    remedy: str


_KINDS: Mapping[str, Words] = {
    "missing": Words("it is missing", "give it"),
    "extra_forbidden": Words("there is no such field", "leave it out, or correct its name"),
    "literal_error": Words("not one that is known", "use one of {expected}"),
    "union_tag_invalid": Words("of no kind that is known", "use one of {expected_tags}"),
    "union_tag_not_found": Words("its kind is missing", "add it"),
    "string_type": Words("not a text", "write it in quotation marks"),
    "string_too_short": Words("too short", "write {min_length} characters at least"),
    "string_too_long": Words("too long", "write {max_length} characters at most"),
    "too_short": Words("too few", "give {min_length} at least"),
    "too_long": Words("too many", "give {max_length} at most"),
    "greater_than_equal": Words("too small", "give {ge} or more"),
    "greater_than": Words("too small", "give more than {gt}"),
    "less_than_equal": Words("too large", "give {le} or less"),
    "less_than": Words("too large", "give less than {lt}"),
    "json_invalid": Words("not JSON", "check brackets, commas and quotation marks"),
}
_FAMILIES = {  # by how the names of the faults begin
    "int_": Words("not a whole number", "write it in digits"),
    "float_": Words("not a number", "write it in digits"),
    "bool_": Words("neither true nor false", "write true or false"),
    "datetime_": Words("not a time", "write the time like 2026-02-01T00:00Z"),
    "timezone_": Words("not a time with its zone", "write the time like 2026-02-01T00:00Z"),
    "date_": Words("not a day", "write the day as YYYY-MM-DD"),
    "url_": Words("not an address", "write it like https://partner.example/hook"),
    "tuple_": Words("not a list", _TEXT_LIST),
    "list_": Words("not a list", _TEXT_LIST),
    "dict_": Words("not an object", _OBJECT),
    "model_": Words("not an object", _OBJECT),
}


def in_words(
    found: Mapping[str, Any], remedies: Mapping[str, str] | None = None, otherwise: str = "correct it"
) -> Words:
    """Say what pydantic found as a person would; one of our own says its remedy after a semicolon.

    `remedies` are those of one kind of file, by the name of the fault; `otherwise` is for where we know no better.
    """
    kind, context = str(found["type"]), found.get("ctx") or {}
    family = (words for beginning, words in _FAMILIES.items() if kind.startswith(beginning))
    words = _KINDS.get(kind) or next(family, None) or _own(str(found["msg"]), otherwise)
    remedy = (remedies or {}).get(kind)
    if remedy is None and kind not in _KINDS:
        return words
    return Words(words.reason, (remedy or words.remedy).format(**context))


def _own(text: str, otherwise: str) -> Words:
    reason, _, remedy = text.removeprefix("Value error, ").partition("; ")
    return Words(reason, remedy or otherwise)


def fault(field: str, value: object, reason: str, remedy: str) -> Fault:
    """Return a fault whose value is cut to a length that a line can hold."""
    return Fault(field=field, value=cut(value), reason=reason, remedy=remedy)


def cut(value: object) -> str:
    """Write a value in a length that a line can hold; none is written as nothing."""
    text = "" if value is None else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."


def path(steps: Iterable[str | int]) -> str:
    """Write a place in a file as a person says it: `evidence[3].member`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
