"""Bring the one-machine stack up, tell how it is, and take it down."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack import kept_settings, packs, pids, postgres, state, survivors
from stack.errors import PartFailed, StackError
from stack.folders import Layout, default_data, make
from stack.logs import open_log, tail
from stack.ports import free_ports, is_free, require_free
from stack.process import ROOT
from stack.report import DownReport, StackReport, UpReport, report
from stack.state import METRICS, Ports, StackState, flag
from stack.supervisor import EXIT_LOCKED

SUPERVISOR = (sys.executable, "-m", "stack.supervisor")
TOO_MANY_FAILURES = 3
POLL = 0.1


def up(  # noqa: PLR0913  # each is a flag of the command
    data: Path | None = None,
    *,
    gateway_port: int | None = None,
    temporal_port: int | None = None,
    ui_port: int | None = None,
    wait: float = 180.0,
    supervisor: Sequence[str] = SUPERVISOR,
) -> UpReport:
    """Start the stack in the background and wait until the gateway is healthy; do nothing if it is up already.

    Ports, programme and mail settings not given are those of the last time. Raises `StackError` with the reason, and
    leaves nothing running then.
    """
    layout = Layout(make((data or default_data()).expanduser().resolve()))
    before = state.read(layout.state)
    if before.supervised:
        now = _came_up(layout, None, wait, already=True)
        return now.model_copy(update={"not_taken": kept_settings.differing(before.settings, os.environ)})
    settings = kept_settings.kept(before.settings, os.environ)
    kept_settings.require_programme(settings, packs.known(layout))
    postgres.require_reachable(layout.postgres)
    survivors.end(before)
    wanted = {"gateway": gateway_port, "temporal": temporal_port, "ui": ui_port}
    ports = before.ports.model_copy(update={name: port for name, port in wanted.items() if port})
    _require_free(ports)
    ports = _elsewhere_where_taken(ports)
    return _came_up(layout, _detach(layout, ports, settings, supervisor), wait, already=False)


def status(data: Path | None = None) -> StackReport:
    """Tell how each part of the stack is."""
    layout = Layout((data or default_data()).expanduser().resolve())
    return report(layout, state.read(layout.state))


def down(data: Path | None = None) -> DownReport:
    """Stop the stack in order, and whatever a killed supervisor left behind; do nothing if it is down."""
    layout = Layout((data or default_data()).expanduser().resolve())
    before = state.read(layout.state)
    names = [part.name for part in reversed(before.parts) if pids.find(part.process)]
    supervisor = pids.find(before.supervisor)
    if supervisor:
        patience = 10 + sum(part.stop_within for part in before.parts)
        pids.end(supervisor, signal.SIGTERM, patience)
    survivors.end(state.read(layout.state))
    return DownReport(data=layout.data, was_up=bool(supervisor or names), stopped=names)


def _require_free(ports: Ports) -> None:
    for name, what in {"gateway": "the gateway", "temporal": "Temporal", "ui": "Temporal's UI"}.items():
        require_free(getattr(ports, name), what, flag(name))


def _elsewhere_where_taken(ports: Ports) -> Ports:
    """Give the figures of Prometheus other ports where theirs are taken, also by a part of this stack."""
    ours = [port for name, port in ports if name not in METRICS]
    taken = [name for name in METRICS if getattr(ports, name) in ours or not is_free(getattr(ports, name))]
    return ports.model_copy(update=dict(zip(taken, free_ports(len(taken)), strict=True)))


def _detach(
    layout: Layout, ports: Ports, settings: Mapping[str, str], supervisor: Sequence[str]
) -> subprocess.Popen[bytes]:
    flags = [word for name, port in ports for word in (flag(name), str(port))]
    with open_log(layout.log("supervisor")) as log:
        return subprocess.Popen(
            (*supervisor, "--data", str(layout.data), *flags),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=kept_settings.over(os.environ, settings),
            start_new_session=True,  # it outlives the terminal
        )


def _came_up(layout: Layout, started: subprocess.Popen[bytes] | None, wait: float, *, already: bool) -> UpReport:
    """Wait until all parts can be used; when one cannot, stop the stack (if we started it) and raise why."""
    try:
        now = _wait(layout, started, wait)
    except StackError:
        if not already:
            down(layout.data)
        raise
    finally:
        if started:
            started.returncode = started.poll() or 0  # it is on its own now; else Popen warns of a child still running
    return UpReport(**report(layout, now).model_dump(), already=already)


def _wait(layout: Layout, started: subprocess.Popen[bytes] | None, wait: float) -> StackState:
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline:
        now = state.read(layout.state)
        if now.supervised and now.up:
            return now
        _raise_failure(layout, now, started)
        time.sleep(POLL)
    late = next((part.name for part in now.parts if part.condition not in {"ready", "done"}), "supervisor")
    raise PartFailed(late, f"it was not ready after {wait:.0f} s", tail(layout.log(late)))


def _raise_failure(layout: Layout, now: StackState, started: subprocess.Popen[bytes] | None) -> None:
    code = started.poll() if started else None
    if code not in {None, EXIT_LOCKED}:
        raise PartFailed("supervisor", f"it ended with code {code}", tail(layout.log("supervisor")))
    if not started and not now.supervised:
        raise PartFailed("supervisor", "it has just ended", tail(layout.log("supervisor")))
    for part in now.parts if now.supervised else []:
        if part.failures >= TOO_MANY_FAILURES and part.condition != "ready":
            raise PartFailed(part.name, part.problem, tail(layout.log(part.name)))
