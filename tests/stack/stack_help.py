"""What the tests of the stack do again and again."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from stack import commands
from stack.ports import free_ports
from stack.report import UpReport

T = TypeVar("T")
STUBS = (sys.executable, str(Path(__file__).with_name("stub_parts.py")))


def eventually(ask: Callable[[], T], within: float = 20.0) -> T:
    """Ask until the answer is true, and return it."""
    deadline = time.monotonic() + within
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.05)
    return answer


def up(folder: Path, **options) -> UpReport:
    """Bring up a stack with stub parts, on free ports unless told otherwise."""
    gateway, temporal, ui = free_ports(3)
    ports = {"gateway_port": gateway, "temporal_port": temporal, "ui_port": ui}
    return commands.up(folder, supervisor=STUBS, wait=50, **{**ports, **options})
