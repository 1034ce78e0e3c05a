"""How a file is written: whole or not at all, and for its owner only where it holds names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cli.core.errors import BAD_INPUT, Trouble

MARK = b"\xef\xbb\xbf"  # by which Excel knows that a CSV file is UTF-8


@contextmanager
def whole(out: Path, *, private: bool) -> Iterator[BinaryIO]:
    """Open a file that takes its place only when it is whole."""
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    except OSError as fault:
        raise Trouble(f"{out} cannot be written ({fault.strerror})", "check the folder", exit_code=BAD_INPUT) from fault
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)
