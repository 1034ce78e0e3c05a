"""Sharing out a leaver's families among the key workers who take over, each as far as they have room."""

from collections.abc import Mapping, Sequence

from domain.model import Value


class Family(Value):
    """A family that the leaver holds, and whom it is offered to already."""

    journey_id: str
    reference: str
    version: int
    offered_to: str | None = None


class Share(Value):
    """Who is to get a family; `to` None: nobody has room. `standing`: that offer is made already."""

    family: Family
    to: str | None
    standing: bool = False


def share_out(families: Sequence[Family], room: Mapping[str, int]) -> tuple[Share, ...]:
    """Give each family to whoever has the most room left, of several the one named first.

    `room` is by receiver, in the order they were named, without what is offered to them: an offer that stands to one
    of them is kept, and takes no further room.
    """
    left = dict(room)
    return tuple(_share(family, left) for family in families)


def _share(family: Family, left: dict[str, int]) -> Share:
    if family.offered_to in left:
        return Share(family=family, to=family.offered_to, standing=True)
    to = max(left, key=left.__getitem__, default=None)
    if to is None or left[to] < 1:
        return Share(family=family, to=None)
    left[to] -= 1
    return Share(family=family, to=to)
