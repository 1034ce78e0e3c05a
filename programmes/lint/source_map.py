"""Where the keys and values of a TOML text stand, by the path that a fault names them with.

`tomllib` keeps no positions; tree-sitter's grammar does. Lines and columns count from 1, columns in characters.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]

_LANGUAGE = Language(tree_sitter_toml.language())
_KEYS = ("bare_key", "quoted_key", "dotted_key")
_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


class Place(NamedTuple):
    """A line and a column of a text, both from 1."""

    line: int
    column: int


class Broken(NamedTuple):
    """A place at which a text is not TOML, and why."""

    place: Place
    why: str


class Places:
    """The places of every key and value of one TOML text; list entries are told by their number, from 0."""

    def __init__(self, text: str) -> None:
        self._lines = text.encode().split(b"\n")
        self._keys: dict[Path, Place] = {}
        self._values: dict[Path, Place] = {}
        self._entries: dict[Path, int] = {}
        root = _tree(text)
        self._pairs(root, ())
        for node in root.named_children:
            if node.type in {"table", "table_array_element"}:
                self._pairs(node, self._open(node))

    def of_value(self, path: Path) -> Place:
        """Return where the value at `path` begins, or the nearest part around it that the text holds."""
        return self._nearest(path, self._values, self._keys)

    def of_key(self, path: Path) -> Place:
        """Return where the key at `path` begins, or the nearest part around it that the text holds."""
        return self._nearest(path, self._keys, self._values)

    def _nearest(self, path: Path, *places: dict[Path, Place]) -> Place:
        ends = (path[:end] for end in range(len(path), 0, -1))
        return next((some[end] for end in ends for some in places if end in some), Place(1, 1))

    def _open(self, node: Node) -> Path:
        """Note a table's header and return its path; a part that is a list means the last entry of that list."""
        header = next(child for child in node.named_children if child.type in _KEYS)
        names = _names(header)
        path: Path = ()
        for name in names[:-1]:
            path = self._last((*path, name))
        path = (*path, names[-1])
        if node.type == "table_array_element":
            self._keys.setdefault(path, self._place(header))
            self._entries[path] = self._entries.get(path, -1) + 1
            path = (*path, self._entries[path])
        self._keys[path] = self._place(header)
        return path

    def _last(self, path: Path) -> Path:
        return (*path, self._entries[path]) if path in self._entries else path

    def _pairs(self, node: Node, path: Path) -> None:
        for pair in node.named_children:
            if pair.type != "pair":
                continue
            key, value = [child for child in pair.named_children if child.type != "comment"][:2]
            within = path
            for name in _names(key):
                within = (*within, name)
                self._keys.setdefault(within, self._place(key))
            self._value(value, within)

    def _value(self, node: Node, path: Path) -> None:
        self._values[path] = self._place(node)
        if node.type == "inline_table":
            self._pairs(node, path)
        elif node.type == "array":
            entries = (child for child in node.named_children if child.type != "comment")
            for number, entry in enumerate(entries):
                self._value(entry, (*path, number))

    def _place(self, node: Node) -> Place:
        return _place(self._lines, node)


def broken(text: str) -> list[Broken]:
    """Return every place found at which a text is not TOML, the first as `tomllib` tells it; none if it is."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        first = _where_broken(str(fault), text)
    else:
        return []
    lines = text.encode().split(b"\n")
    others = (Broken(_place(lines, node), "this is not TOML") for node in _errors(_tree(text)))
    return [first, *(other for other in others if other.place.line > first.place.line)]


def _where_broken(message: str, text: str) -> Broken:
    at = _AT.search(message)
    why = message[: at.start()] if at else message
    if at and at[1]:
        return Broken(Place(int(at[1]), int(at[2])), why)
    lines = text.split("\n")
    return Broken(Place(len(lines), len(lines[-1]) + 1), why)


def _errors(node: Node) -> Iterator[Node]:
    """Find the outermost nodes that the grammar cannot read."""
    for child in node.children:
        if child.is_error or child.is_missing:
            yield child
        elif child.has_error:
            yield from _errors(child)


def _tree(text: str) -> Node:
    return Parser(_LANGUAGE).parse(text.encode()).root_node


def _names(key: Node) -> tuple[str, ...]:
    """Return the names of a key, of `a."b c".d` three; tomllib reads the quoted ones."""
    if key.type == "dotted_key":
        return tuple(name for part in key.named_children for name in _names(part))
    text = (key.text or b"").decode()
    return (text if key.type == "bare_key" else next(iter(tomllib.loads(f"{text} = 0"))),)


def _place(lines: list[bytes], node: Node) -> Place:
    row, column = node.start_point
    return Place(row + 1, len(lines[row][:column].decode()) + 1)
