"""A pack file and the packs that it extends, read one by one, so that a fault can name the file that holds it."""

import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from programmes import PACKS, is_name, own_packs
from programmes.lint.issues import Fault, Issue, at, nearest
from programmes.lint.source_map import Path, Places, broken
from programmes.merging import MERGED, inherit, named, over, replaced


class Source:
    """One file of a chain: what it is called, what it says, and where."""

    def __init__(self, file: FilePath, text: str, content: dict[str, Any]) -> None:
        self.file = file
        self.label = _label(file)
        self.content = content
        self._text = text
        self._places: Places | None = None

    @property
    def places(self) -> Places:
        """Where its keys and values stand; worked out when a fault asks for it."""
        if self._places is None:
            self._places = Places(self._text)
        return self._places

    def fault(self, path: Path, what: str, remedy: str) -> Fault:
        """Return a fault at the value of a path of this file."""
        return at(self.label, *self.places.of_value(path), Issue(path, what, remedy))


class Chain:
    """A pack file and then those that it extends, as far as they can be read, with what keeps us from the rest."""

    def __init__(self, file: FilePath) -> None:
        self.sources: list[Source] = []
        self.faults: list[Fault] = []
        self._follow(file)

    @property
    def content(self) -> dict[str, Any]:
        """What the pack says in all, over the packs that are extended."""
        merged: dict[str, Any] = {}
        for source in reversed(self.sources):
            merged = over(merged, source.content)
        merged.pop("extends", None)
        return inherit(merged)

    def owner(self, path: Path) -> Source:
        """Return the file that says what stands at a path; the pack file itself for what nobody says."""
        own = (source for source in self.sources if path and path[0] in source.content)
        return next(own, self.sources[0])

    def place(self, path: Path) -> tuple[Source, Path]:
        """Return the file that says what stands at a path, and the path in it: merged lists are of several files."""
        key, number = (*path[:2], None, None)[:2]
        whole = self.content.get(str(key))
        if key not in MERGED or not isinstance(number, int) or not isinstance(whole, list):
            return self.owner(path), path
        names = [named(entry, MERGED[str(key)]) for entry in whole]
        for source in self.sources if len(set(names)) == len(names) else ():
            entries = source.content.get(str(key), [])
            own = [named(entry, MERGED[str(key)]) for entry in entries] if isinstance(entries, list) else []
            if names[number] in own:
                return source, (str(key), own.index(names[number]), *path[2:])
        return self.owner(path), path

    def lost(self) -> list[tuple[Source, str, str]]:
        """Return each entry of a merged key that a file of the chain replaces away: the file, the key and the name."""
        found = []
        for n, source in enumerate(self.sources):
            for key in (key for key in replaced(source.content) if key in MERGED):
                before: dict[str, Any] = {}
                for parent in reversed(self.sources[n + 1 :]):
                    before = over(before, parent.content)
                names = [named(entry, MERGED[key]) for entry in before.get(key, [])]
                own = {named(entry, MERGED[key]) for entry in self.content.get(key, [])}
                found += [(source, key, name) for name in names if name is not None and name not in own]
        return found

    def told_with(self, name: str) -> set[str]:
        """Return the keys set in the file that sets `name`, or in one that extends it; of a merged one its entries."""
        told = self.sources[: self.sources.index(self.owner((name,))) + 1]
        entries = {
            f"{key}.{named(entry, by)}"
            for key, by in MERGED.items()
            for source in told
            if isinstance(source.content.get(key), list)
            for entry in source.content[key]
        }
        return entries | {key for source in told for key in source.content}

    def _follow(self, file: FilePath) -> None:
        seen: list[FilePath] = []
        following: FilePath | None = file
        while following is not None:
            seen.append(following.resolve())
            source = self._read(following)
            following = self._parent(source, following, seen) if source else None

    def _read(self, file: FilePath) -> Source | None:
        label = _label(file)
        try:
            text = file.read_bytes().decode()
        except OSError as fault:
            self.faults.append(at(label, 1, 1, Issue((), f"cannot be read ({fault.strerror})", "check the path")))
            return None
        except UnicodeDecodeError as fault:
            place = fault.object[: fault.start].count(b"\n") + 1
            self.faults.append(at(label, place, 1, Issue((), "is not text in UTF-8", "save the file as UTF-8")))
            return None
        self.faults += [at(label, *found.place, Issue((), found.why, "write it as TOML")) for found in broken(text)]
        if self.faults:
            return None
        self.sources.append(Source(file, text, tomllib.loads(text)))
        return self.sources[-1]

    def _parent(self, source: Source, file: FilePath, seen: list[FilePath]) -> FilePath | None:
        name = source.content.get("extends")
        if name is None:
            return None
        if not is_name(name):
            what = "that is not the name of a programme"
            remedy = "write its name without a folder and without .toml, such as base"
            self.faults.append(source.fault(("extends",), what, remedy))
            return None
        found = next((place for place in _candidates(str(name), file) if place.is_file()), None)
        if found is None:
            known = sorted({place.stem for folder in (file.parent, shipped()) for place in folder.glob("*.toml")})
            self.faults.append(source.fault(("extends",), f"no programme {name}", nearest(name, known)))
        elif found.resolve() in seen:
            what = f"{name} extends itself, by way of {source.label}"
            self.faults.append(source.fault(("extends",), what, "break the circle"))
            found = None
        return found


def shipped() -> FilePath:
    """Return the folder of the shipped packs."""
    return FilePath(str(PACKS))


def _candidates(name: str, file: FilePath) -> Iterator[FilePath]:
    """Look beside the file first: a folder of packs is read as it would be shipped."""
    yield file.parent / f"{name}.toml"
    yield shipped() / f"{name}.toml"
    yield from (own for own in own_packs() if own.stem == name)


def _label(file: FilePath) -> str:
    """Return what a file is called: as it was given, and a shipped pack from the folder of packs on."""
    return f"programmes/packs/{file.name}" if file.resolve().parent == shipped().resolve() else str(file)
