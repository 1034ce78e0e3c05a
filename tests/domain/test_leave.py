"""Sharing out a leaver's families."""

from domain.leave import Family, share_out


def family(number, offered_to=None):
    return Family(journey_id=f"j{number}", reference=f"F-{number}", version=3, offered_to=offered_to)


def told(shares):
    return [(share.family.reference, share.to, share.standing) for share in shares]


def test_each_goes_to_whoever_has_the_most_room_left():
    """Families are shared out evenly by room, of several the one named first."""
    shares = share_out([family(number) for number in range(4)], {"lee": 2, "max": 3})
    assert told(shares) == [("F-0", "max", False), ("F-1", "lee", False), ("F-2", "max", False), ("F-3", "lee", False)]


def test_what_nobody_has_room_for_is_told():
    """A family beyond all room goes to nobody, and so do all where nobody is named."""
    assert told(share_out([family(1), family(2)], {"lee": 1})) == [("F-1", "lee", False), ("F-2", None, False)]
    assert told(share_out([family(1)], {})) == [("F-1", None, False)]


def test_an_offer_that_stands_is_kept():
    """Run again, a family that is offered to one of them stays with that offer; one offered elsewhere is shared out."""
    shares = share_out([family(1, "lee"), family(2, "far"), family(3)], {"lee": 0, "max": 2})
    assert told(shares) == [("F-1", "lee", True), ("F-2", "max", False), ("F-3", "max", False)]
