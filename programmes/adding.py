"""A council's own pack put where every process finds it: checked, with the packs that it extends, or not at all."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.programme.programme import Programme
from programmes import build
from programmes.chain import Chain, shipped
from programmes.lint.check import examine
from programmes.lint.issues import Fault, Issue, at
from programmes.opening import UnsoundPackError


def add(file: Path, folder: Path) -> tuple[Programme, tuple[Fault, ...], bool]:
    """Copy a pack and its own parents into `folder`; return it, what may be meant otherwise, and whether it is new.

    Raise `UnsoundPackError` where it has faults, has the name of a shipped pack, or changes a version that is there.
    """
    found = examine(file)
    if found.faults:
        raise UnsoundPackError(found.faults)
    files = files_of(file)
    for each in files:
        _may_be_added(each, folder)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    _leaves_others_as_they_are(files, folder)
    fresh = [each for each in files if not _same(each, folder / each.name)]
    for each in reversed(fresh):  # what is extended first: a pack is never there without it
        place = folder / f".{each.name}.fresh"
        shutil.copyfile(each, place)
        place.replace(folder / each.name)
    return build(file.stem, Chain(file).content), found.warnings, bool(fresh)


def files_of(file: Path) -> list[Path]:
    """Return a pack file and those that it extends, without the shipped ones."""
    ours = shipped().resolve()
    return [source.file for source in Chain(file).sources if source.file.resolve().parent != ours]


def _may_be_added(file: Path, folder: Path) -> None:
    kept = folder / file.name
    if (shipped() / file.name).exists():
        _refuse(file, f"{file.stem} is the name of a shipped pack", "give your pack and its file a name of its own")
    if not kept.exists() or _same(file, kept):
        return
    before, now = Chain(kept).content.get("version"), Chain(file).content.get("version")
    if before == now:
        what = f"version {now} of {file.stem} was added before, and says something else"
        _refuse(file, what, "give the changed pack a new version: families stay on the one they were referred under")


def _leaves_others_as_they_are(files: Sequence[Path], folder: Path) -> None:
    """Refuse a new version of a pack that others in the folder extend, where it would change one of those unseen."""
    new = {file.name for file in files}
    others = [pack for pack in sorted(folder.glob("*.toml")) if pack.name not in new]
    with TemporaryDirectory() as trial:
        for each in (*others, *files):
            shutil.copyfile(each, Path(trial) / each.name)
        for pack in others:
            then = Path(trial) / pack.name
            if new & {source.file.name for source in Chain(pack).sources} and _hash(then) != _hash(pack):
                what = f"{pack.stem}, which was added before, extends it and would say something else under its version"
                _refuse(files[-1], what, "give the changed pack a new name, and extend that one in new versions")


def _hash(file: Path) -> str:
    """Return the hash of a pack, and nothing for one that has faults."""
    return "" if examine(file).faults else build(file.stem, Chain(file).content).hash


def _refuse(file: Path, what: str, remedy: str) -> None:
    raise UnsoundPackError([at(str(file), 1, 1, Issue((), what, remedy))])


def _same(file: Path, other: Path) -> bool:
    return other.exists() and file.read_bytes() == other.read_bytes()
