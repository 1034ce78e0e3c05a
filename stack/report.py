"""What `up`, `status` and `down` say, as plain models that a person or a program can be shown."""

import time
from pathlib import Path

from pydantic import BaseModel

from stack import kept_settings, pids
from stack.folders import Layout
from stack.ports import LOOPBACK
from stack.state import PartState, Ports, StackState


class PartReport(BaseModel):
    """One part now."""

    name: str
    state: str  # a `Condition`, or `left behind` by a supervisor that was killed
    pid: int | None
    restarts: int
    memory_bytes: int | None  # resident, with child processes
    uptime_seconds: int | None
    address: str
    problem: str
    log: Path


class StackReport(BaseModel):
    """One stack now."""

    data: Path
    up: bool
    supervisor_pid: int | None
    gateway: str
    temporal: str
    temporal_ui: str
    gateway_metrics: str
    worker_metrics: str
    programme: str  # of a referral that names none
    mail: str
    parts: list[PartReport]


class UpReport(StackReport):
    """A stack that is up."""

    already: bool
    not_taken: list[str] = []  # settings of the environment that the running stack does not have


class DownReport(BaseModel):
    """A stack that is down."""

    data: Path
    was_up: bool
    stopped: list[str]


def report(layout: Layout, state: StackState) -> StackReport:
    """Compare what the supervisor wrote with what lives."""
    supervisor = pids.find(state.supervisor)
    programme, mail = kept_settings.described(state.settings)
    parts = [_part(layout, part, supervised=bool(supervisor)) for part in state.parts]
    return StackReport(
        data=layout.data,
        up=bool(parts) and all(part.state in {"ready", "done"} for part in parts),
        supervisor_pid=supervisor.pid if supervisor else None,
        **addresses(state.ports),
        programme=programme,
        mail=mail,
        parts=parts,
    )


def addresses(ports: Ports) -> dict[str, str]:
    """Return where gateway, Temporal and its UI are found."""
    return {
        "gateway": f"http://{LOOPBACK}:{ports.gateway}",
        "temporal": f"{LOOPBACK}:{ports.temporal}",
        "temporal_ui": f"http://{LOOPBACK}:{ports.ui}",
        "gateway_metrics": f"http://{LOOPBACK}:{ports.gateway_metrics}/metrics",
        "worker_metrics": f"http://{LOOPBACK}:{ports.worker_metrics}/metrics",
    }


def _part(layout: Layout, part: PartState, *, supervised: bool) -> PartReport:
    process = pids.find(part.process)
    return PartReport(
        name=part.name,
        state=_condition(part, lives=bool(process), supervised=supervised),
        pid=process.pid if process else None,
        restarts=part.restarts,
        memory_bytes=pids.memory(process) if process else None,
        uptime_seconds=int(time.time() - process.create_time()) if process else None,
        address=part.address,
        problem=part.problem,
        log=layout.log(part.name),
    )


def _condition(part: PartState, *, lives: bool, supervised: bool) -> str:
    if not supervised:
        return "left behind" if lives else "stopped"
    return "restarting" if part.condition == "ready" and not lives else part.condition
