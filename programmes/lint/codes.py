"""Limits to evidence by the codes in one field of it: values that no evidence holds, fields that hold no code."""

import re
from collections.abc import Iterator
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from domain.evidence import MODELS, Observation
from domain.evidence_words import WORDS
from programmes.lint.issues import Issue, Table, nearest, table, tables
from programmes.lint.source_map import Path

# Codes of fields that take any: a partner may send another, so a value outside them may be meant.
BENEFITS = ("jsa", "esa", "is", "ib", "sda", "uc", "carers-allowance")
USUAL = {"benefit": BENEFITS}
OF_ONE_FAMILY = ("id", "member")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]*")


def code_faults(content: Table) -> Iterator[Issue]:
    """Find every limit that leaves nothing, or that no evidence can be within."""
    for path, part in tables(content):
        where, kind = table(part.get("where")), part.get("of")
        model = MODELS.get(kind) if isinstance(kind, str) else None
        field = str(where.get("field"))
        if model is None or field not in model.model_fields:
            continue
        known = _values(model.model_fields[field].annotation)
        if known is not None:
            yield from _unknown((*path, "where"), where, str(kind), known)
        else:
            yield from _uncoded((*path, "where"), where, str(kind), model)


def _unknown(path: Path, where: Table, kind: str, known: tuple[object, ...]) -> Iterator[Issue]:
    for name, n, value in _given(where):
        if value not in known:
            what = f"{where['field']} of {kind} is never {value!r}"
            yield Issue((*path, name, n), what, _meant(value, known))
    listed = where.get("none_of")
    if isinstance(listed, list) and all(value in listed for value in known):
        yield Issue((*path, "none_of"), f"no {kind} is left", "leave at least one value out of the list")


def _uncoded(path: Path, where: Table, kind: str, model: type[Observation]) -> Iterator[Issue]:
    field = str(where["field"])
    if field in OF_ONE_FAMILY:
        what = f"{field} of {kind} tells one family's evidence apart, and a pack is about every family"
        yield Issue((*path, "field"), what, "limit it by another field, or look at each-child or any-adult")
    elif str not in _types(model.model_fields[field].annotation):
        what = f"{field} of {kind} holds no code, so no word is ever equal to it"
        yield Issue((*path, "field"), what, "limit it by a field that holds a code, or look at other days")
    elif field in WORDS:
        yield from _codes(path, where, kind)


def _codes(path: Path, where: Table, kind: str) -> Iterator[Issue]:
    usual = USUAL.get(str(where["field"]), ())
    for name, n, value in _given(where):
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            what = f"{where['field']} of {kind} is never {value!r}: a code is of small letters, digits and dashes"
            yield Issue((*path, name, n), what, f'write "{_as_code(value)}"')
        elif usual and value not in usual:
            what = f"{value} is no {where['field']} we know"
            yield Issue((*path, name, n), what, f"{nearest(value, usual)}, unless partners do send it", doubtful=True)


def _as_code(value: object) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(value).casefold()).strip("-")


def _given(where: Table) -> Iterator[tuple[str, int, object]]:
    for name in ("any_of", "none_of"):
        listed = where.get(name)
        for n, value in enumerate(listed if isinstance(listed, list) else []):
            yield name, n, value


def _meant(value: object, known: tuple[object, ...]) -> str:
    choices = [_toml(one) for one in known]
    return (
        f"write {value} without quotes" if value in choices and isinstance(known[0], bool) else nearest(value, choices)
    )


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(annotation: Any) -> tuple[object, ...] | None:
    """Return all that a field may hold, None where it may hold anything."""
    if annotation is bool:
        return (True, False)
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    choices = [_values(choice) for choice in get_args(annotation) if choice is not NoneType]
    return choices[0] if len(choices) == 1 else None


def _types(annotation: Any) -> set[object]:
    """Return the types that a field may be of."""
    return {annotation, *(one for choice in get_args(annotation) for one in _types(choice))}
