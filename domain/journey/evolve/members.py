"""How the people of a family and its home change on the journey."""

from typing import assert_never

from domain.family import Member
from domain.journey import events as e
from domain.journey.evolve.changes import with_changes
from domain.journey.state import Journey


def evolve_members(journey: Journey, event: e.MemberEvent) -> Journey:
    """Return the journey after a member joined, left or was corrected, or the family moved."""
    match event:
        case e.MemberJoined():
            expected = (event.member.id,) if event.how == "expected" else ()
            return _with(with_changes(journey, unborn=(*journey.unborn, *expected)), event.member)
        case e.MemberCorrected():
            born = event.member.id if "date-of-birth" in event.fields else ""
            unborn = tuple(name for name in journey.unborn if name != born)
            return _with(with_changes(journey, unborn=unborn), event.member)
        case e.MemberLeft():
            return _left(journey, event)
        case e.HouseholdMoved():
            return with_changes(journey, locality=event.locality or journey.locality)
        case e.IdentifierChanged() | e.ContactsChanged():
            return journey  # the vault holds the numbers
        case _:
            assert_never(event)


def _left(journey: Journey, event: e.MemberLeft) -> Journey:
    """Who left is shown as having left; who never belonged is no member any more."""
    if event.why == "never-belonged":
        others = tuple(member for member in journey.members if member.id != event.member_id)
        return with_changes(journey, members=others)
    return with_changes(
        journey,
        members=tuple(
            member.model_copy(update={"to": event.on}) if member.id == event.member_id else member
            for member in journey.members
        ),
    )


def _with(journey: Journey, member: Member) -> Journey:
    others = (other for other in journey.members if other.id != member.id)
    return with_changes(journey, members=tuple(sorted((*others, member), key=lambda each: int(each.id[1:]))))
