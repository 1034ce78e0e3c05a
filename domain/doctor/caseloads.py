"""What is wrong with who holds families: too many, or held by somebody who is away."""

from collections.abc import Iterable, Mapping

from domain.doctor.finding import Finding
from domain.model import Value


class Holding(Value):
    """A key worker as the doctor sees them: what they hold and may hold, and whether they take families at all."""

    name: str
    held: int
    cap: int
    by_waiver: int = 0
    leaving: bool = False
    latest: str | None = None


def caseloads(workers: Iterable[Holding], room: Mapping[str, int]) -> list[Finding]:
    """Tell of key workers over their cap without waivers for it, and of leavers who hold families."""
    found = []
    for worker in workers:
        if worker.leaving and worker.held:
            found.append(_leaver(worker, room))
        elif worker.held - worker.by_waiver > worker.cap:
            found.append(_over(worker, room))
    return found


def _leaver(worker: Holding, room: Mapping[str, int]) -> Finding:
    to = _receivers(worker.held, room)
    named = "".join(f" --to {name}" for name in to)
    return Finding(
        code="leaver-holds",
        reference=None,
        what=f"{worker.name} is on leave but holds {worker.held} families",
        remedy=f"journeys staff leave {worker.name}{named}",
    )


def _over(worker: Holding, room: Mapping[str, int]) -> Finding:
    most = max(room, key=room.__getitem__, default=None)
    away = f"journeys offer-handover {worker.latest} --to {most}"
    return Finding(
        code="over-cap",
        reference=worker.latest,
        what=f"{worker.name} holds {worker.held} families ({worker.by_waiver} by waiver), the cap is {worker.cap}",
        remedy=away if most else f"journeys staff cap {worker.name} {worker.held - worker.by_waiver}",
    )


def _receivers(families: int, room: Mapping[str, int]) -> list[str]:
    """Return as many of those with room, the most first, as these families need."""
    chosen: list[str] = []
    for name in sorted(room, key=lambda name: (-room[name], name)):
        if sum(room[each] for each in chosen) < families:
            chosen.append(name)
    return chosen
