"""A file that is written beside its place and put there once it is whole: nobody ever reads half of one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY = 0o600
EVERYBODY = 0o644


@contextmanager
def whole(path: Path, mode: int = OWNER_ONLY) -> Iterator[BinaryIO]:
    """Open a file that takes its place when the block ends well; what was at its place stays if it does not."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)  # of a process that had our number and was killed
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
