"""Keep one part running: start it, watch it, and start it again when it dies."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from stack.errors import PartFailed, StackError
from stack.process import Child
from stack.state import Condition, PartState

log = logging.getLogger(__name__)

SOUND = 60.0  # seconds a part must run before its earlier failures are forgotten
SHORTEST_PAUSE = 0.25
LONGEST_PAUSE = 30.0  # a part that cannot run is tried twice a minute, for ever


def pause(failures: int) -> float:
    """Return how many seconds to wait before the next start, after so many failures in a row."""
    return min(LONGEST_PAUSE, SHORTEST_PAUSE * 2.0 ** min(failures, 16))


class Keeper:
    """One part and its story so far; `changed` is called at each turn of it."""

    def __init__(self, child: Child, changed: Callable[[], None]) -> None:
        part = child.part
        self.child = child
        self.state = PartState(
            name=part.name, address=part.address, stop_signal=part.stop_signal, stop_within=part.stop_within
        )
        self.up = asyncio.Event()
        self._changed = changed
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start keeping the part; `up` is set when it is ready for the first time."""
        self._task = asyncio.create_task(self._keep())

    async def end(self) -> None:
        """Stop keeping the part, and stop it."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.child.stop()
        self.state.process = None
        self._turn("stopped")

    async def _keep(self) -> None:
        while True:
            started = time.monotonic()
            self.state.problem = await self._run_once()
            if not self.state.problem:
                return
            self.state.failures = 1 if time.monotonic() - started > SOUND else self.state.failures + 1
            self.state.restarts += 1
            self._turn("restarting")
            seconds = pause(self.state.failures)
            log.warning("%s: %s; starting it again in %.1f s", self.state.name, self.state.problem, seconds)
            await asyncio.sleep(seconds)

    async def _run_once(self) -> str:
        """Run the part until it ends; return why that is a problem, or nothing when a one-off command is done."""
        try:
            self._turn("starting")
            await self.child.start()
            self.state.process = self.child.identity
            self._turn("starting")
            await self.child.until_ready()
        except (StackError, OSError) as problem:
            await self.child.stop()
            return problem.why if isinstance(problem, PartFailed) else str(problem)
        return await self._watch()

    async def _watch(self) -> str:
        self.up.set()
        if self.child.part.once:
            self.state.process = None
            self._turn("done")
            return ""
        self._turn("ready")
        return f"it ended with code {await self.child.wait()}"

    def _turn(self, condition: Condition) -> None:
        self.state.condition = condition
        log.info("%s: %s", self.state.name, condition)
        self._changed()
