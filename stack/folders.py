"""Where a stack keeps its data, and what may lie there."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from stack.errors import StackError

NAME = "family-journeys"


@dataclass(frozen=True)
class Layout:
    """The files of one stack, under one data folder."""

    data: Path

    @property
    def postgres(self) -> Path:
        """The database cluster."""
        return self.data / "postgres"

    @property
    def temporal(self) -> Path:
        """The Temporal dev server's database."""
        return self.data / "temporal.db"

    @property
    def secrets(self) -> Path:
        """Keys; nobody else may look in."""
        return self.data / "secrets"

    @property
    def heads(self) -> Path:
        """Where workers keep the ends of journals, outside the database."""
        return self.data / "heads"

    @property
    def packs(self) -> Path:
        """A council's own rule packs."""
        return self.data / "programmes"

    @property
    def state(self) -> Path:
        """What the supervisor says of itself and its parts."""
        return self.data / "stack.json"

    @property
    def lock(self) -> Path:
        """Held by the supervisor while it lives."""
        return self.data / "supervisor.lock"

    def log(self, part: str) -> Path:
        """The log of a part."""
        return self.data / "logs" / f"{part}.log"

    def ready(self, part: str) -> Path:
        """A file that a part writes when it can be used."""
        return self.data / "run" / f"{part}.ready"


def default_data() -> Path:
    """Return the data folder: `JOURNEYS_DATA`, else a place that needs no private folder opened.

    Root gets a system folder, because Postgres will not run as root, and the user that it runs as may not enter /root.
    Anyone else runs Postgres as themselves, so their own data folder is right.
    """
    chosen = os.environ.get("JOURNEYS_DATA")
    if chosen:
        return Path(chosen).expanduser().resolve()
    return Path("/var/lib") / NAME if os.geteuid() == 0 else platformdirs.user_data_path(NAME)


def make(folder: Path) -> Path:
    """Create a data folder that others may pass through (Postgres' user must) but not list; keep one that exists."""
    try:
        for each in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
            each.mkdir()
            each.chmod(0o711)
    except OSError as problem:
        raise StackError(
            f"The data folder {folder} cannot be made ({problem}); choose another with --data."
        ) from problem
    return folder


def closed_to_others(folder: Path) -> Path | None:
    """Return the first folder on the way to `folder`, itself included, that other users may not enter."""
    for each in (*reversed(folder.parents), folder):
        if each.exists() and not each.stat().st_mode & stat.S_IXOTH:
            return each
    return None


@contextmanager
def temporary() -> Iterator[Path]:
    """Make a data folder that is removed afterwards, in the first temporary place that other users may enter."""
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108  # mkdtemp makes it safe
    open_places = [each for each in places if each.is_dir() and not (os.geteuid() == 0 and closed_to_others(each))]
    folder = Path(tempfile.mkdtemp(prefix="journeys-", dir=(open_places or places)[0])).resolve()
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
