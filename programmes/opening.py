"""Opening a pack by its name or its file: the programme it makes, or every fault that stands in the way."""

from collections.abc import Iterable
from pathlib import Path

from domain.programme.programme import Programme
from programmes import PackError, build, names, own_packs
from programmes.chain import Chain, shipped
from programmes.lint.check import examine
from programmes.lint.issues import Fault, Issue, at, nearest


class UnsoundPackError(PackError):
    """A pack has faults; each stands in `faults` with its file, line, column and remedy."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.reason for fault in self.faults))


def file_of(given: str) -> Path:
    """Return the file that is meant: the one of this path, or that of the shipped pack of this name."""
    file = Path(given)
    if not file.exists() and file.name == given and not file.suffix:
        if given in names():
            own = [own for own in own_packs() if own.stem == given]
            return own[0] if own else shipped() / f"{given}.toml"
        what = f"no programme {given} is shipped or was added, and no such file is here"
        raise UnsoundPackError([at(given, 1, 1, Issue((), what, nearest(given, names())))])
    return file


def opened(given: str) -> Programme:
    """Return the programme of a name or a file; raise `UnsoundPackError` with all of its faults."""
    file = file_of(given)
    if faults := examine(file).faults:
        raise UnsoundPackError(faults)
    return build(file.stem, Chain(file).content)
