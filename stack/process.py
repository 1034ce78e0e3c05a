"""One part of a stack, and the child process that runs it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from stack import pids
from stack.errors import PartFailed
from stack.logs import open_log, tail
from stack.pids import Identity

ROOT = Path(__file__).resolve().parent.parent
TETHER = Path(__file__).with_name("tether.py")
POLL = 0.05


async def at_once() -> bool:
    """Tell that a part is ready as soon as it runs."""
    return True


async def nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Part:
    """What to run, how to know that it is ready, and how to stop it."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    user: str = ""  # run as this user; empty: as we are
    once: bool = False  # a command that ends, not a server; ready when it ends with 0
    address: str = ""
    prepare: Callable[[], Awaitable[None]] = nothing  # before each start
    ready: Callable[[], Awaitable[bool]] = at_once  # asked again and again until it says yes
    ready_within: float = 60.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0


class Child:
    """The process of one part: started, stopped and started again under one name and one log."""

    def __init__(self, part: Part, log: Path) -> None:
        self.part = part
        self.log = log
        self.process: asyncio.subprocess.Process | None = None
        self.identity: Identity | None = None

    @property
    def running(self) -> bool:
        """Whether the process is there now."""
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Prepare and start the process; use `until_ready` to wait for it."""
        if self.running:
            return
        await self.part.prepare()
        with open_log(self.log) as log:
            self.process = await asyncio.create_subprocess_exec(
                *self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.part.env},
                cwd=ROOT,
                umask=0o077,  # others may pass through the data folder, but read nothing in it
                start_new_session=True,  # a Ctrl-C in the terminal is for us; we stop the parts in order
            )
        self.identity = pids.identify(self.process.pid)

    async def until_ready(self) -> None:
        """Wait until the part can be used; raise `PartFailed` with the end of its log when it cannot."""
        try:
            async with asyncio.timeout(self.part.ready_within):
                await self._poll_until_ready()
        except TimeoutError:
            raise self._failed(f"it was not ready within {self.part.ready_within:.0f} s") from None

    async def wait(self) -> int:
        """Wait for the process to end, and return its exit code."""
        return await self.process.wait() if self.process else 0

    async def stop(self) -> None:
        """Stop the process as its part asks, and kill it if it does not stop in time."""
        await self._end(self.part.stop_signal)

    async def kill(self) -> None:
        """Kill the process (SIGKILL), as a crash would."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        process = psutil.Process(self.process.pid)
        await asyncio.to_thread(pids.end, process, how, self.part.stop_within)
        await self.process.wait()

    async def _poll_until_ready(self) -> None:
        while True:
            if not self.running:
                return self._check_exit(await self.wait())
            if not self.part.once and await self.part.ready():
                return None
            await asyncio.sleep(POLL)

    def _check_exit(self, code: int) -> None:
        if not self.part.once or code != 0:
            raise self._failed(f"it ended with code {code}")

    def _failed(self, why: str) -> PartFailed:
        return PartFailed(self.part.name, why, tail(self.log))

    def _command(self) -> tuple[str, ...]:
        on_death = str(int(self.part.stop_signal))
        tether = (sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), on_death, self.part.user)
        return (*tether, *self.part.argv)
