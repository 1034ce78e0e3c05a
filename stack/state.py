"""What the supervisor writes down about itself and its parts, for `status`, `down` and the next `up`."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from stack import pids
from stack.files import EVERYBODY, whole
from stack.pids import Identity

Condition = Literal["waiting", "starting", "ready", "done", "restarting", "stopped"]


class Ports(BaseModel, frozen=True):
    """The loopback ports of one stack."""

    gateway: int = 8470
    temporal: int = 7243
    ui: int = 8243
    gateway_metrics: int = 8471
    worker_metrics: int = 8472


METRICS = ("gateway_metrics", "worker_metrics")  # nobody types these: where one is taken, another is as good


def flag(name: str) -> str:
    """Return the flag of a port."""
    return f"--{name.replace('_', '-')}-port"


class PartState(BaseModel):
    """One part as its keeper last saw it."""

    name: str
    condition: Condition = "waiting"
    process: Identity | None = None
    address: str = ""
    restarts: int = 0
    failures: int = 0  # deaths since the part last ran for a while
    problem: str = ""  # why it last ended when it should not have
    stop_signal: int
    stop_within: float


class StackState(BaseModel):
    """One stack; kept after `down`, so that the next `up` takes the same ports and settings."""

    supervisor: Identity | None = None
    ports: Ports = Ports()
    parts: list[PartState] = []
    settings: dict[str, str] = {}  # the programme and mail, by their variables

    @property
    def supervised(self) -> bool:
        """Whether the supervisor that wrote this lives."""
        return pids.find(self.supervisor) is not None

    @property
    def up(self) -> bool:
        """Whether every part can be used."""
        return bool(self.parts) and all(part.condition in {"ready", "done"} for part in self.parts)


def read(path: Path) -> StackState:
    """Return what was last written, or an empty state when nothing (readable) was."""
    try:
        return StackState.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return StackState()


def write(path: Path, state: StackState) -> None:
    """Replace the file at once, so that a reader never sees half of it."""
    with whole(path, EVERYBODY) as file:
        file.write(state.model_dump_json(indent=2).encode())
