"""A further referral of a family whose journey is open: kept beside the first, and answered."""

from datetime import date

import pytest
from given import AT_WORK, IDENTIFIED_ON, LATER, MEMBERS, PROGRAMME, REFERRAL, Given, ask, fact, referred, stepped_down

from domain.family import Member
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.evolve import fold
from domain.journey.react import react
from domain.journey.state import JoinedReferral
from domain.programme.agreements import Notice

BABY = Member(id="m9", role="child")
JOIN = {"referrer": "health", "criteria": ("crime",), "members": (*MEMBERS, BABY)}
JOINED = fact(e.ReferralJoined, IDENTIFIED_ON, **JOIN)


def test_it_is_kept():
    """Day, partner and criteria are kept beside those of the first referral, and whoever is new is of the family."""
    Given(referred).when(ask(c.JoinReferral, IDENTIFIED_ON, **JOIN)).then(JOINED)
    journey = fold([referred, JOINED])
    told = JoinedReferral(on=IDENTIFIED_ON, referrer="health", criteria=("crime",))
    assert (journey.joined, journey.members) == ((told,), (*MEMBERS, BABY))
    assert journey.referrers == (REFERRAL["referrer"], "health")
    assert journey.criteria == REFERRAL["criteria"]


def test_the_same_again_changes_nothing():
    """The very referral that is there already, of nobody new, is no news; with somebody new it is."""
    Given(referred, JOINED).when(ask(c.JoinReferral, IDENTIFIED_ON, **JOIN)).then()
    more = JOIN | {"members": (Member(id="m8", role="child"),)}
    Given(referred, JOINED).when(ask(c.JoinReferral, IDENTIFIED_ON, **more)).then(
        fact(e.ReferralJoined, IDENTIFIED_ON, **more)
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on": date(2040, 1, 1)}, "future-date"),
        ({"referrer": "nobody"}, "unknown-referrer"),
        ({"criteria": ("luck",)}, "unknown-criterion"),
        ({"members": (BABY, BABY)}, "repeated-member"),
    ],
)
def test_it_is_held_to_what_a_referral_is_held_to(changes: dict, code: str):
    """A day to come, a partner or a criterion nobody knows, and one id for two people are refused."""
    Given(referred).when(ask(c.JoinReferral, IDENTIFIED_ON, **(JOIN | changes))).refused(code)


def test_a_closed_journey_takes_none():
    """A further referral of a closed journey is a new journey, and not this one's."""
    closed = fact(e.JourneyClosed, LATER, outcome="moved-away")
    Given(*AT_WORK, closed).when(ask(c.JoinReferral, LATER, **JOIN)).refused("closed")


def told(event: e.AnyEvent, programme=PROGRAMME) -> list[tuple[str, str]]:
    before = [each for each in (referred, JOINED) if each is not event]
    effects = react(fold([*before, event]), event, programme)
    return [(effect.partner, effect.about) for effect in effects if effect.type == "notify"]


def test_the_partner_is_told():
    """Whoever referred the family second is told that the referral was joined, and from then on what a referrer is."""
    assert told(JOINED) == [("health", "referral-joined")]
    notice = Notice.model_validate(
        {
            "event": "stepped-down", "partners": ["referrer"], "purpose": "family-support", "categories": ["stage"],
            "source": "the tests", "confidence": "verified",
        }
    )  # fmt: skip
    programme = PROGRAMME.model_copy(update={"notices": (notice,)})
    assert told(stepped_down, programme) == [(REFERRAL["referrer"], "stepped-down"), ("health", "stepped-down")]
    own = notice.model_copy(update={"event": "referral-joined", "partners": ("schools",)})
    assert told(JOINED, PROGRAMME.model_copy(update={"notices": (own,)})) == [("schools", "referral-joined")]
