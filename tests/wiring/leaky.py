"""A process in which whatever goes wrong quotes a name; `test_log_lines.py` runs it with one way to go wrong."""

import asyncio
import gc
import logging
import sys
import threading
import warnings

import structlog

from wiring.telemetry.logging import start_logging

NAME = "Quillfeather"
log = structlog.stdlib.get_logger("ours")


def fail() -> None:
    try:
        int(NAME)
    except ValueError as cause:
        raise KeyError(NAME) from cause


async def forget() -> None:
    async def failing() -> None:
        fail()

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()


class Unclean:
    """Fails where nobody can catch it."""

    def __del__(self) -> None:
        fail()


def caught(write: object) -> None:
    try:
        fail()
    except KeyError as fault:
        write(fault)


def beside(text: str) -> None:
    logging.getLogger("library").exception(text)  # noqa: LOG004 - called while the fault is handled


WAYS = {
    "ours": lambda: caught(lambda fault: log.error("it failed", exc_info=fault)),
    "ours by value": lambda: caught(lambda fault: log.error("it failed", fault=fault)),
    "a library's": lambda: caught(lambda _: beside("it failed")),
    "quoted": lambda: caught(lambda fault: logging.getLogger("library").error("it failed: %s", fault)),
    "quoted beside": lambda: caught(lambda fault: beside(f"it failed: {fault}")),
    "as text": lambda: logging.getLogger("library").error(f"it failed\nTraceback: {NAME}"),  # noqa: G004
    "as extra": lambda: caught(lambda f: logging.getLogger("library").error("it failed", extra={"fault": f})),
    "debug": lambda: logging.getLogger("library").debug("sending %s", NAME),
    "a warning": lambda: warnings.warn(f"strange {NAME}", stacklevel=1),
    "a task": lambda: asyncio.run(forget()),
    "a thread": lambda: threading.Thread(target=fail).start(),
    "a destructor": lambda: Unclean() and None,
    "the end": fail,
}

if __name__ == "__main__":
    start_logging("DEBUG")
    log.debug("begun")
    WAYS[sys.argv[1]]()
