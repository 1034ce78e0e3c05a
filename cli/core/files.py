"""How a file is written: whole or not at all, and for its owner only where it holds names."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from cli.core.errors import BAD_INPUT, Trouble

MARK = b"\xef\xbb\xbf"  # by which Excel knows that a CSV file is UTF-8


@contextmanager
def whole(out: Path, *, private: bool) -> Iterator[BinaryIO]:
    """Open a file that takes its place only when it is whole."""
    from stack.files import EVERYBODY, OWNER_ONLY
    from stack.files import whole as written

    with ExitStack() as opened:
        try:
            file = opened.enter_context(written(out, OWNER_ONLY if private else EVERYBODY))
        except OSError as fault:
            what = f"{out} cannot be written ({fault.strerror})"
            raise Trouble(what, "check the folder", exit_code=BAD_INPUT) from fault
        yield file
