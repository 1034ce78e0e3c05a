"""Sharing out a leaver's families."""

from domain.leave import Family, Receiver, share_out


def family(number, offered_to=None, cap=10):
    return Family(journey_id=f"j{number}", reference=f"F-{number}", version=3, cap=cap, offered_to=offered_to)


def capped(**room):
    """Receivers with a cap of their own who hold nothing yet."""
    return [Receiver(name=name, load=0, cap=cap) for name, cap in room.items()]


def told(shares):
    return [(share.family.reference, share.to, share.offered) for share in shares]


def test_each_goes_to_whoever_has_the_most_room_left():
    """Families are shared out evenly by room, of several the one named first."""
    shares = share_out([family(number) for number in range(4)], capped(lee=2, max=3))
    assert told(shares) == [("F-0", "max", False), ("F-1", "lee", False), ("F-2", "max", False), ("F-3", "lee", False)]


def test_what_nobody_has_room_for_is_told():
    """A family beyond all room goes to nobody, and so do all where nobody is named."""
    assert told(share_out([family(1), family(2)], capped(lee=1))) == [("F-1", "lee", False), ("F-2", None, False)]
    assert told(share_out([family(1)], [])) == [("F-1", None, False)]


def test_an_offer_that_stands_is_kept():
    """Run again, a family that is offered to one of them stays with that offer; one offered elsewhere is shared out."""
    shares = share_out([family(1, "lee"), family(2, "far"), family(3)], capped(lee=0, max=2))
    assert told(shares) == [("F-1", "lee", True), ("F-2", "max", False), ("F-3", "max", False)]


def test_room_is_by_the_cap_of_each_family_s_programme():
    """Who has no cap of their own has room for a family of a wide programme and none for one of a narrow programme."""
    shares = share_out([family(1, cap=5), family(2, cap=20), family(3, cap=6)], [Receiver(name="lee", load=5)])
    assert told(shares) == [("F-1", None, False), ("F-2", "lee", False), ("F-3", None, False)]
