"""Log files of the parts: appended to, never without bound."""

import shutil
from pathlib import Path
from typing import BinaryIO

LIMIT = 20 * 1024 * 1024  # bytes; with one older file kept, at most twice this per part


def open_log(path: Path) -> BinaryIO:
    """Open a part's log for appending, rotated first when it has grown past the limit."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rotate(path)
    return path.open("ab")


def rotate(path: Path, limit: int = LIMIT) -> None:
    """Keep a copy of a log that is past the limit, and begin it again.

    The file is emptied in place, because the running part keeps it open (for appending, so it goes on at the start).
    """
    if path.exists() and path.stat().st_size > limit:
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        with path.open("r+b") as log:
            log.truncate()


def tail(path: Path, lines: int = 20) -> str:
    """Return the last lines of a log; empty when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 64 * 1024))
        text = log.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])
