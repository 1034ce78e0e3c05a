"""Processes we started, known by pid and creation time, so that a recycled pid is never mistaken for one."""

import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil
from pydantic import BaseModel

SAME_MOMENT = 2.0  # seconds: creation times are derived from the boot time, which moves a little with the clock


class Identity(BaseModel, frozen=True):
    """One process, for as long as it lives."""

    pid: int
    created: float


def identify(pid: int) -> Identity | None:
    """Return who `pid` is now, or None when nobody."""
    try:
        return Identity(pid=pid, created=psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def find(identity: Identity | None) -> psutil.Process | None:
    """Return the living process that `identity` names; a zombie is not living."""
    if identity is None:
        return None
    try:
        process = psutil.Process(identity.pid)
        same = abs(process.create_time() - identity.created) < SAME_MOMENT
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def family(process: psutil.Process) -> list[psutil.Process]:
    """Return a process with all its descendants."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def gone(processes: Iterable[psutil.Process], within: float) -> list[psutil.Process]:
    """Wait until `processes` have ended, at most `within` seconds; return those that have not.

    Looks, and does not wait on them: `psutil.wait_procs` would take the exit code of our own children from asyncio.
    A zombie that nobody reaps counts as ended.
    """
    deadline = time.monotonic() + within
    alive = [each for each in processes if _lives(each)]
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = [each for each in alive if _lives(each)]
    return alive


def end(process: psutil.Process, how: signal.Signals, within: float) -> None:
    """Ask a process to end, give it `within` seconds, then kill it and whatever it leaves behind."""
    members = family(process)
    _send([process], how)
    if not gone([process], within):
        members = gone(members, 5)  # a killed Postgres leaves its children a moment to notice
    _send(members, signal.SIGKILL)
    gone(members, 5)


def memory(process: psutil.Process) -> int:
    """Return the resident bytes of a process and its descendants; shared pages count once for each."""
    return sum(_resident(each) for each in family(process))


def _send(processes: Iterable[psutil.Process], what: signal.Signals) -> None:
    for each in processes:
        try:
            each.send_signal(what)
        except psutil.NoSuchProcess:
            continue


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def peak_memory(process: psutil.Process) -> int:
    """Return the most resident bytes a process ever had, without its descendants; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except FileNotFoundError:
        return 0
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(peak.split()[1]) * 1024
