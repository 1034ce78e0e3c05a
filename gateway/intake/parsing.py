"""Work on a file that somebody sent, in a child process with bounds of memory and time: over them it is killed.

The child is a fresh interpreter without our secrets, our connections and our memory. What it returns is read back with
nothing but our own values in it.
"""

import asyncio
import builtins
import io
import os
import pickle
import resource
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from domain.intake.referral import Fault
from domain.intake.referral_csv import BadFile
from wiring.telemetry.redaction import told

MEMORY = 1024 * 1024 * 1024  # bytes of address space; a file of a hundred thousand rows is judged in 700 MiB
SECONDS = 60  # of work; twice as many pass at most, for others work too
LARGEST_ANSWER = 256 * 1024 * 1024  # bytes; what is told of a file may be larger than the file
OUT_OF_MEMORY = 3
PLAIN = frozenset(["frozenset", "set", "tuple", "list", "dict", "bytearray", "complex"])
SMALLER = "split the file, or save the table alone as CSV UTF-8"

P = ParamSpec("P")
T = TypeVar("T")


class ChildFailedError(Exception):
    """The work itself has a fault of ours; `where` names it and quotes nothing."""

    def __init__(self, where: object) -> None:
        super().__init__("the work in the child process failed")
        self.where = where


async def bounded(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do `work`, a function of a module, in a child; raise what it raises as `BadFile`, and `BadFile` over a bound."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.intake.parsing"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ.get("PATH", "")},
    )
    try:
        async with asyncio.timeout(2 * SECONDS):
            answer = await _asked(child, pickle.dumps((work, args, named)))
    except TimeoutError:
        raise _over(f"it takes longer than {2 * SECONDS} s to read") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if not answer:
        raise _over(f"it takes more memory or work to read than a file may ({MEMORY // 2**20} MiB, {SECONDS} s)")
    state, told_back = await asyncio.to_thread(_Ours(io.BytesIO(answer)).load)
    if state == "bad":
        raise BadFile(told_back)
    if state == "failed":
        raise ChildFailedError(told_back)
    result: T = told_back
    return result


async def _asked(child: asyncio.subprocess.Process, question: bytes) -> bytearray:
    """Return the child's answer; empty when it ended without one, by whatever it ran into."""
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 - both were asked for
    telling = asyncio.create_task(_told(child.stdin, question))
    answer = bytearray()
    while part := await child.stdout.read(1024 * 1024):
        answer += part
        if len(answer) > LARGEST_ANSWER:
            telling.cancel()
            raise _over("it has more faults than one answer can list")
    await telling
    return answer if await child.wait() == 0 else bytearray()


async def _told(pipe: asyncio.StreamWriter, question: bytes) -> None:
    try:
        pipe.write(question)
        await pipe.drain()
        pipe.close()
    except (BrokenPipeError, ConnectionResetError):
        return  # it ended before it had heard everything: its exit code says so


def _over(reason: str) -> BadFile:
    return BadFile(Fault(line=1, field="", value="", reason=reason, remedy=SMALLER, code="too-costly"))


class _Ours(pickle.Unpickler):
    """Reads our own values back, and whatever else the bytes ask for not at all."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "domain" or (module, name) in {("datetime", "date"), ("decimal", "Decimal")}:
            return super().find_class(module, name)
        if module == "builtins" and name in PLAIN:
            return getattr(builtins, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not one of ours")


def main() -> None:
    """Do what is asked on standard input within the bounds, and answer on standard output."""
    for bound, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(bound, (most, most))
    os.nice(5)  # people who wait for a step go first
    try:
        work, args, named = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the gateway, which made it
        answer = pickle.dumps(_done(work, args, named))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)


def _done(work: Callable[..., Any], args: Any, named: Any) -> tuple[str, Any]:
    try:
        return "done", work(*args, **named)
    except BadFile as bad:
        return "bad", bad.fault
    except MemoryError:
        raise
    except Exception as fault:  # noqa: BLE001 - it is told to the gateway, which fails by it
        return "failed", told(fault)


if __name__ == "__main__":
    main()
