"""The decision on a further referral of a family whose journey is open: it is kept beside the first."""

from collections.abc import Sequence

from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.guards import known_criteria
from domain.journey.refusals import happened
from domain.journey.state import Journey
from domain.programme.programme import Programme


def join(journey: Journey, command: c.JoinReferral, programme: Programme) -> Sequence[e.AnyEvent]:
    """Add the referral; the very referral that is there already, of nobody new, changes nothing."""
    happened(command.on, command.at, None, "referred on")
    if not programme.knows_referrer(command.referrer):
        raise Rejected("unknown-referrer", f"no sharing agreement with {command.referrer}", programme.referrers)
    known_criteria(command.criteria, programme)
    if len({member.id for member in command.members}) < len(command.members):
        raise Rejected("repeated-member", "two members of the family have the same id", "give each an id of its own")
    referral = e.JoinedReferral(on=command.on, referrer=command.referrer, criteria=command.criteria)
    known = {member.id for member in journey.members}
    if referral in journey.joined and all(member.id in known for member in command.members):
        return []
    return [e.ReferralJoined(at=command.at, **referral.model_dump(), members=command.members)]
