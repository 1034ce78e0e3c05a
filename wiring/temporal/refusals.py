"""What was refused at Temporal's port: counted for Prometheus, logged, and kept until it is written down."""

import re
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from wiring.telemetry.metrics import FOREIGN_PAYLOADS

OURS = re.compile(r"(journey|claim-window):[A-Za-z0-9:_-]{1,80}")
log = structlog.stdlib.get_logger("temporal-door")


@dataclass(frozen=True, slots=True)
class Refused:
    """How often something was refused for one reason, and the last time."""

    part: str  # what it came as: start, signal, update, activity, result, answer, cancel
    why: str
    times: int
    first_at: datetime
    last_at: datetime
    workflow_id: str


class Tally:
    """Counts of one process; workflows are looked at in threads, so each change is made under a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], Refused] = {}

    def add(self, part: str, why: str, workflow_id: str) -> None:
        """Count, log and keep one refusal; a workflow's id that whoever started it chose is not repeated."""
        workflow_id = workflow_id if OURS.fullmatch(workflow_id) else ""
        FOREIGN_PAYLOADS.labels(part, why).inc()
        log.warning("refused at Temporal's port", part=part, why=why, workflow_id=workflow_id)
        now = datetime.now(UTC)
        self.put(Refused(part, why, 1, now, now, workflow_id))

    def put(self, refused: Refused) -> None:
        """Keep what could not be written down, beside what came since."""
        with self._lock:
            key = refused.part, refused.why
            before = self._counts.get(key)
            self._counts[key] = _together(before, refused) if before else refused

    def take(self) -> list[Refused]:
        """Return what was kept since the last time, and forget it."""
        with self._lock:
            taken, self._counts = list(self._counts.values()), {}
        return taken


def _together(one: Refused, other: Refused) -> Refused:
    last = max(one, other, key=lambda each: each.last_at)
    return replace(last, times=one.times + other.times, first_at=min(one.first_at, other.first_at))


TALLY = Tally()
