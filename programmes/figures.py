"""The numbers of a pack, each with where it was read and how far it may be trusted."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from domain.programme.programme import Programme


class Figure(NamedTuple):
    """A number of a pack: what it sets, its value, its source and its confidence."""

    where: str
    value: int
    source: str
    confidence: str


def content_of(programme: Programme) -> dict[str, Any]:
    """Return what a pack says, as its file would: without what is empty or left at nothing."""
    content = programme.model_dump(mode="json", by_alias=True)
    return {name: kept for name, part in content.items() if (kept := said(part)) is not None}


def said(part: Any) -> Any:
    """Return a part without what is empty, None if nothing is left."""
    if isinstance(part, Mapping):
        kept = {name: one for name, value in part.items() if (one := said(value)) is not None}
        return kept or None
    if isinstance(part, list):
        return [one for value in part if (one := said(value)) is not None] or None
    return None if part == "" else part


def figures(programme: Programme) -> list[Figure]:
    """Return every number of a pack that carries its source, as they stand."""
    return list(_figures(content_of(programme), ""))


def _figures(part: object, where: str) -> Iterator[Figure]:
    if isinstance(part, list):
        for number, entry in enumerate(part):
            yield from _figures(entry, f"{where}[{number}]")
    elif isinstance(part, Mapping):
        for name, value in part.items():
            yield from _own(part, name, value, f"{where}.{name}".removeprefix("."))
            yield from _figures(value, f"{where}.{name}".removeprefix("."))


def _own(part: Mapping[str, Any], name: str, value: object, where: str) -> Iterator[Figure]:
    """Return the numbers that a part with a source holds itself, of a list each."""
    if "confidence" not in part:
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, int) and not isinstance(one, bool):
            place = where.removesuffix(".value") if name == "value" else where
            yield Figure(place, one, part["source"], part["confidence"])
