"""Sharing out a leaver's families among the key workers who take over, each as far as they have room."""

from collections import Counter
from collections.abc import Sequence

from domain.model import Value


class Family(Value):
    """A family that the leaver holds, and whom it is offered to already; `cap` is its programme's."""

    journey_id: str
    reference: str
    version: int
    cap: int
    offered_to: str | None = None


class Receiver(Value):
    """Who may take over: the families held by or offered to them, and their own cap; None: that of each programme."""

    name: str
    load: int
    cap: int | None = None

    def room(self, programme_cap: int) -> int:
        """Return for how many families of a programme with this cap there is room; below 0 beyond it."""
        return (programme_cap if self.cap is None else self.cap) - self.load


class Share(Value):
    """Who is to get a family; `to` None: nobody has room. `standing`: that offer is made already."""

    family: Family
    to: str | None
    offered: bool = False


def share_out(families: Sequence[Family], receivers: Sequence[Receiver]) -> tuple[Share, ...]:
    """Give each family to whoever has the most room left for it, of several the one named first.

    An offer that stands to one of them is kept, and takes no further room: their load has it.
    """
    given: Counter[str] = Counter()
    return tuple(_share(family, receivers, given) for family in families)


def _share(family: Family, receivers: Sequence[Receiver], given: Counter[str]) -> Share:
    if family.offered_to in {receiver.name for receiver in receivers}:
        return Share(family=family, to=family.offered_to, offered=True)
    left = {receiver.name: receiver.room(family.cap) - given[receiver.name] for receiver in receivers}
    to = max(left, key=left.__getitem__, default=None)
    if to is None or left[to] < 1:
        return Share(family=family, to=None)
    given[to] += 1
    return Share(family=family, to=to)
