"""The one process that starts a stack's parts, watches them and stops them in order: `python -m stack.supervisor`."""

import argparse
import asyncio
import fcntl
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stack import kept_settings, pids, secrets, state, survivors
from stack.errors import StackError
from stack.folders import Layout, make
from stack.keeper import Keeper
from stack.logs import rotate
from stack.process import Child, Part
from stack.state import Ports, StackState, flag

log = logging.getLogger(__name__)

EXIT_LOCKED = 3  # another supervisor has this data folder
ROTATE_EVERY = 60.0  # seconds


class Supervisor:
    """A stack's parts in the order of their start."""

    def __init__(self, layout: Layout, ports: Ports, parts: Sequence[Part]) -> None:
        self.layout = layout
        self.stopping = asyncio.Event()
        self.keepers = [Keeper(Child(part, layout.log(part.name)), self._write) for part in parts]
        self.state = StackState(
            supervisor=pids.identify(os.getpid()),
            ports=ports,
            parts=[each.state for each in self.keepers],
            settings=kept_settings.kept({}, os.environ),
        )

    async def run(self) -> None:
        """Start each part when the one before it is ready, keep them until told to stop, and stop the last first."""
        self._write()
        self._listen()
        rotating = asyncio.create_task(self._rotate())
        try:
            await self._start()
            await self.stopping.wait()
        finally:
            rotating.cancel()
            for keeper in reversed(self.keepers):
                await keeper.end()

    async def _start(self) -> None:
        stopping = asyncio.create_task(self.stopping.wait())
        for keeper in self.keepers:
            keeper.begin()
            up = asyncio.create_task(keeper.up.wait())
            await asyncio.wait((up, stopping), return_when=asyncio.FIRST_COMPLETED)
            up.cancel()
            if self.stopping.is_set():
                return
        stopping.cancel()

    def _listen(self) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, self.stopping.set)

    def _write(self) -> None:
        state.write(self.layout.state, self.state)

    async def _rotate(self) -> None:
        while True:
            await asyncio.sleep(ROTATE_EVERY)
            for name in ("supervisor", *(keeper.state.name for keeper in self.keepers)):
                await asyncio.to_thread(rotate, self.layout.log(name))


def supervise(data: Path, ports: Ports, parts: Sequence[Part]) -> None:
    """Run a stack in the foreground until SIGTERM; first end what an earlier supervisor left behind."""
    layout = Layout(make(data))
    with _only_one(layout.lock):
        for name in survivors.end(state.read(layout.state)):
            log.warning("%s: outlived its supervisor, ended", name)
        secrets.ensure(layout.secrets)
        asyncio.run(Supervisor(layout, ports, parts).run())


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Hold the data folder; the kernel lets go of it when we die, however we die."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("another supervisor has %s", lock.parent)
            sys.exit(EXIT_LOCKED)
        yield


def main(parts: Callable[[Path, Ports], Sequence[Part]]) -> None:
    """Run the parts of a stack, as the command line says where."""
    start_logging()
    data, ports = _arguments()
    try:
        supervise(data, ports, parts(make(data), ports))
    except StackError as problem:
        log.error("%s", problem)  # noqa: TRY400  # the message says it all; `up` shows it to people
        sys.exit(1)


def _arguments() -> tuple[Path, Ports]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    for name, field in Ports.model_fields.items():
        parser.add_argument(flag(name), type=int, default=field.default, dest=name)
    given = parser.parse_args()
    return given.data.resolve(), Ports(**{name: getattr(given, name) for name in Ports.model_fields})


def start_logging() -> None:
    """Log to standard error, in UTC."""
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(level=logging.INFO, format="%(asctime)sZ %(levelname)s %(message)s")


if __name__ == "__main__":
    from stack.catalog import daily

    main(daily)
