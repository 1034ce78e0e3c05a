"""What counts of evidence that was replaced or withdrawn: the one place that rules, claims and clawbacks ask.

Decided here:

- Evidence is replaced or withdrawn by its own source alone; what names another's changes nothing. (A withdrawal that
  the council decides is recorded in the name of the source whose evidence it withdraws.)
- What was replaced stays replaced, also where what stands in its place is replaced or withdrawn in its turn: whoever
  withdraws the last word on something withdraws that something.
- A withdrawal counts for nothing itself, and is not withdrawn: evidence that was right is reported again.
- Evidence that replaces itself, also by way of others, replaces nothing. An id that nothing has is no fault here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from domain.evidence import Evidence, Withdrawal


@dataclass(frozen=True, slots=True)
class SetAside:
    """Evidence that no longer counts, and what says so."""

    item: Evidence
    by: Evidence

    def __str__(self) -> str:
        if isinstance(self.by, Withdrawal):
            return f"{self.item.id} is withdrawn by {self.by.id}"
        return f"{self.item.id} is replaced by {self.by.id}"


def effective(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence that counts, by id, each id once."""
    listed = _by_id(evidence)
    gone = {aside.item.id for aside in _set_aside(listed)}
    return tuple(item for item in listed.values() if item.id not in gone and not isinstance(item, Withdrawal))


def set_aside(evidence: Iterable[Evidence]) -> tuple[SetAside, ...]:
    """Return the evidence that was replaced or withdrawn, by id."""
    return tuple(sorted(_set_aside(_by_id(evidence)), key=lambda aside: (aside.item.id, aside.by.id)))


def _by_id(evidence: Iterable[Evidence]) -> Mapping[str, Evidence]:
    return dict(sorted({item.id: item for item in evidence}.items()))


def _set_aside(listed: Mapping[str, Evidence]) -> Iterator[SetAside]:
    for item in listed.values():
        aimed = item.withdraws if isinstance(item, Withdrawal) else item.replaces
        target = listed.get(aimed) if aimed is not None else None
        if target is None or target.source != item.source or isinstance(target, Withdrawal):
            continue
        if isinstance(item, Withdrawal) or not goes_round(item, listed):
            yield SetAside(target, item)


def goes_round(item: Evidence, listed: Mapping[str, Evidence]) -> bool:
    """Tell whether what an item replaces comes back to the item itself."""
    seen: set[str] = set()
    step: Evidence | None = item
    while step is not None and step.id not in seen:
        seen.add(step.id)
        step = listed.get(step.replaces) if step.replaces is not None else None
    return step is not None and step.id == item.id
