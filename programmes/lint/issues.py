"""What can be said against a rule pack: something found at a path of its content, a fault with its place in a file."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from domain import fault
from programmes.lint.source_map import Path

Table = Mapping[str, Any]


class Issue(NamedTuple):
    """Something wrong at a path of a pack's content; `doubtful` where it may be meant so.

    It is shown at the value, or `at_key`; `whole` says that the model's own check found it in a part as a whole.
    """

    path: Path
    what: str
    remedy: str
    doubtful: bool = False
    at_key: bool = False
    whole: bool = False


class Fault(fault.Fault):
    """Something wrong with a pack: where its file says so."""

    file: str
    line: int
    column: int


def at(file: str, line: int, column: int, issue: Issue, value: str = "") -> Fault:
    """Return an issue as a fault at a place of a file."""
    field = fault.path(issue.path)
    return Fault(file=file, line=line, column=column, field=field, value=value, reason=issue.what, remedy=issue.remedy)


def nearest(given: object, known: Iterable[str]) -> str:
    """Say which of the known words was probably meant, or name them all."""
    words = list(known)
    meant = get_close_matches(str(given), words, n=1)
    return f"did you mean {meant[0]}?" if meant else f"use one of {', '.join(words)}"


def table(raw: object) -> Table:
    """Return a table as it is, and an empty one in place of anything else, whose fault is told elsewhere."""
    return raw if isinstance(raw, Mapping) else {}


def entries(raw: object) -> list[tuple[int, Table]]:
    """Return the tables of a list with their numbers; anything else is passed over."""
    return [(n, item) for n, item in enumerate(raw) if isinstance(item, Mapping)] if isinstance(raw, list) else []


def words(raw: object) -> list[tuple[int, str]]:
    """Return the texts of a list with their numbers; anything else is passed over."""
    return [(n, item) for n, item in enumerate(raw) if isinstance(item, str)] if isinstance(raw, list) else []


def number(raw: object) -> int | None:
    """Return the figure of a number with its source, None where it is of the wrong shape."""
    value = table(raw).get("value")
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def tables(raw: object, path: Path = ()) -> Iterator[tuple[Path, Table]]:
    """Walk over every table of some content, each before what stands in it."""
    if isinstance(raw, Mapping):
        yield path, raw
        for name, part in raw.items():
            yield from tables(part, (*path, name))
    elif isinstance(raw, list):
        for number, part in enumerate(raw):
            yield from tables(part, (*path, number))
