"""Faults of shape: what pydantic refuses of a pack's content, each at its path and with what to do instead."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.evidence import EVIDENCE_KINDS
from domain.fault import in_words
from domain.programme.programme import Programme
from domain.rules.windows import CHANGING, PLAIN
from programmes.lint.issues import Issue, nearest, table
from programmes.lint.source_map import Path

_DAY = "write a day of the calendar without quotes, such as 2012-04-01"
_NUMBER = "write a whole number, without quotes (a percentage as 15, not 0.15)"
_REMEDIES = {
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "bool_type": "write true or false, without quotes",
    "bool_parsing": "write true or false, without quotes",
    "string_type": "write text, in quotes",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "tuple_type": "write a list, in square brackets",
    "list_type": "write a list, in square brackets",
    "model_type": "write a table, in braces or under a header of its own",
    "model_attributes_type": "write a table, in braces or under a header of its own",
    "dict_type": "write a table, in braces or under a header of its own",
    "string_pattern_mismatch": "write it as the pattern {pattern} asks: small letters, figures and hyphens",
    "too_short": "give at least {min_length}",
    "string_too_short": "write what it is; it must not be empty",
}
_TAGS = (PLAIN, CHANGING)  # steps of a location that stand for no key
_MISSING = {
    "source": 'say where it was read, such as: source = "document, paragraph"',
    "confidence": "say how far it may be trusted: verified, secondary or unverified",
}


def shape_faults(content: Mapping[str, Any]) -> list[Issue]:
    """Return every fault of shape; none where the content is a programme."""
    try:
        Programme.model_validate(content)
    except ValidationError as error:
        return [_found(content, details) for details in error.errors(include_url=False) if not _follows(details)]
    return []


def _follows(details: ErrorDetails) -> bool:
    """Tell whether a fault only follows from others: a list counts as too short without its faulty entries."""
    return details["type"] == "too_short" and bool(details["input"])


def _found(content: Mapping[str, Any], details: ErrorDetails) -> Issue:
    kind, loc = details["type"], tuple(step for step in details["loc"] if step not in _TAGS)
    path = _plain(content, loc, keep_last=kind == "missing")
    known = _known(loc[:-1])
    match kind:
        case "missing":
            name = str(path[-1])
            return Issue(path, f"{name} is missing", _MISSING.get(name, f"add {name}"))
        case "extra_forbidden":
            return Issue(path, f"unknown key {path[-1]}", f"{nearest(path[-1], known)}; or remove it", at_key=True)
        case "union_tag_invalid" | "union_tag_not_found":
            return _untold(path, details)
        case "literal_error":
            expected = details.get("ctx", {}).get("expected", "").replace("' or '", "', '").strip("'").split("', '")
            what = "unknown evidence kind" if EVIDENCE_KINDS[1] in expected else "unknown value"
            return Issue(path, f"{what} {details['input']!r}", nearest(details["input"], expected))
        case "value_error" | "assertion_error":
            return Issue(path, *in_words(details), whole=True)
        case _:
            return _misshapen(path, details)


def _misshapen(path: Path, details: ErrorDetails) -> Issue:
    kind, given = details["type"], details["input"]
    if kind in {"model_type", "model_attributes_type"} and type(given) in {int, float}:
        remedy = f'write {{ value = {given}, source = "document, paragraph", confidence = "unverified" }}'
        return Issue(path, f"the number {given} has no source", remedy)
    reason, remedy = in_words(details, _REMEDIES)
    return Issue(path, f"{reason} (found {_short(given)})", remedy)


def _untold(path: Path, details: ErrorDetails) -> Issue:
    """Say of a part without a type, or of an unknown one, which types there are."""
    field = details.get("ctx", {}).get("discriminator", "'type'").strip("'")
    given = table(details["input"]).get(field)
    known = _known((*details["loc"], field))
    if given is None:
        return Issue(path, f"{field} is missing", f"add one of {', '.join(known)}")
    return Issue((*path, field), f"unknown {field} {given!r}", nearest(given, known))


def _plain(content: object, loc: Path, *, keep_last: bool) -> Path:
    """Return a location without the union tags that pydantic puts between the keys."""
    path: list[str | int] = []
    for n, step in enumerate(loc, start=1):
        tag = isinstance(content, Mapping) and step not in content and step in _texts(content)
        if tag and not (keep_last and n == len(loc)):
            continue
        path.append(step)
        content = part_of(content, step)
    return tuple(path)


def _texts(content: Mapping[str, Any]) -> list[str]:
    return [value for value in content.values() if isinstance(value, str)]


def part_of(content: object, step: str | int) -> object:
    """Return a part of some content, None where it has none."""
    if isinstance(content, Mapping):
        return content.get(step)
    return content[step] if isinstance(content, list) and isinstance(step, int) and step < len(content) else None


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."  # noqa: PLR2004 - as much as a line can hold


def _known(loc: Path) -> list[str]:
    """Return the keys, or after a discriminator's name the tags, that the shape knows at a location."""
    here = list(_at(_schema(), loc))
    return sorted({name for node in here for name in (*node.get("properties", {}), *node.get("tags", ()))} - {"hash"})


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    return Programme.model_json_schema()


def _at(node: Mapping[str, Any], loc: Path) -> Iterator[Mapping[str, Any]]:
    """Walk down the schema of a programme along a location, into every alternative that has it."""
    if "$ref" in node:
        yield from _at(_schema()["$defs"][node["$ref"].rsplit("/", 1)[1]], loc)
    elif "anyOf" in node or ("oneOf" in node and "mapping" not in node.get("discriminator", {})):
        for choice in node.get("anyOf") or node["oneOf"]:
            yield from _at(choice, loc)
    elif not loc:
        yield node
    else:
        yield from _below(node, loc[0], loc[1:])


def _below(node: Mapping[str, Any], step: str | int, rest: Path) -> Iterator[Mapping[str, Any]]:
    discriminator = node.get("discriminator", {})
    if step in discriminator.get("mapping", {}):
        yield from _at({"$ref": discriminator["mapping"][step]}, rest)
    elif step == discriminator.get("propertyName") and not rest:
        yield {"tags": list(discriminator["mapping"])}
    elif isinstance(step, int) and "items" in node:
        yield from _at(node["items"], rest)
    elif step in node.get("properties", {}):
        yield from _at(node["properties"][step], rest)
    elif isinstance(node.get("additionalProperties"), Mapping):
        yield from _at(node["additionalProperties"], rest)
