"""What differs in meaning between two packs: numbers, criteria, limbs, agreements; not order, titles or sources."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from domain.programme.programme import Programme
from programmes.figures import content_of
from programmes.lint.identity import identity

WORDING = {"title", "source"}
NAMING = {"name", "version", "hash", *WORDING}


class Change(NamedTuple):
    """Something that one pack says and the other does not, or says otherwise."""

    where: str
    what: Literal["added", "removed", "changed"]
    before: Any
    after: Any

    @property
    def wording(self) -> bool:
        """Tell whether only words for people differ: a title, or where a figure was read."""
        return self.where.rsplit(".", 1)[-1] in WORDING


def differences(before: Programme, after: Programme) -> list[Change]:
    """Return what differs, in the order of the pack; its own name, version and words are not compared."""
    contents = (content_of(programme) for programme in (before, after))
    return list(_tables("", *({name: part for name, part in one.items() if name not in NAMING} for one in contents)))


def _compare(where: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if all(part is None or isinstance(part, list) for part in (before, after)):
        yield from _lists(where, before or [], after or [])
    elif before is None or after is None:
        yield Change(where, "added" if before is None else "removed", before, after)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _tables(where, before, after)
    else:
        yield Change(where, "changed", before, after)


def _tables(where: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    if before.get("type") != after.get("type"):
        yield Change(where, "changed", dict(before), dict(after))
        return
    for name in dict.fromkeys((*before, *after)):
        place = where if name == "value" else f"{where}.{name}".removeprefix(".")
        yield from _compare(place, before.get(name), after.get(name))


def _lists(where: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    """Compare lists: tables by who they are, or else by their order; words and numbers as sets."""
    if not all(isinstance(entry, Mapping) for entry in (*before, *after)):
        for word in [word for word in before if word not in after]:
            yield Change(where, "removed", word, None)
        for word in [word for word in after if word not in before]:
            yield Change(where, "added", None, word)
        return
    name = where.rsplit(".", 1)[-1].partition("[")[0]
    one, other = (_by_identity(name, entries) for entries in (before, after))
    for who in dict.fromkeys((*one, *other)):
        yield from _compare(f"{where}[{who}]", one.get(who), other.get(who))


def _by_identity(name: str, entries: list[Any]) -> dict[str, Any]:
    return {identity(name, entry) or str(number): entry for number, entry in enumerate(entries)}
