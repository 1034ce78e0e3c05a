"""A programme refuses what cannot be meant, and answers what a journey asks of it."""

import json
from datetime import date
from typing import get_args

import pytest
from given import PROGRAMME, Given, ask, identified, referred
from pydantic import ValidationError

from domain.journey.commands import IdentifyFamily
from domain.journey.events import AnyEvent
from domain.programme.agreements import Agreement
from domain.programme.clocks import Clock, Rung, Span, Work
from domain.programme.eligibility import Eligibility
from domain.programme.programme import Checks, Evaluations, Programme
from programmes import load

SOURCED = {"source": "the tests", "confidence": "verified"}
DAYS = {"working_days": 5, **SOURCED}
RUNGS = [{"at": 0}]
BASIS = {"lawful_basis": "public-task", **SOURCED}


def fault(model, **fields):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(fields)
    return caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("model", "fields", "message"),
    [
        (Eligibility, {"at_least": 1, "criteria": [], **SOURCED}, "at_least is 1 but only 0 criteria are listed"),
        (Span, SOURCED, "give working_days or months, one of the two"),
        (Span, {"months": 1, **DAYS}, "give working_days or months, one of the two"),
        (Clock, {"work": "plan", "owner": "holder", "escalate_to": "manager", "ladder": RUNGS}, "clock plan: give"),
        (
            Clock,
            {"work": "check", "within": DAYS, "owner": "holder", "escalate_to": "manager", "ladder": RUNGS},
            "clock check: give",
        ),
        (
            Clock,
            {"work": "check", "owner": "holder", "escalate_to": "manager", "ladder": RUNGS * 2},
            "clock check: a rung is listed twice",
        ),
        (
            Clock,
            {
                "work": "check",
                "owner": "holder",
                "escalate_to": "manager",
                "ladder": [{"at": 5}, {"at": 0, "every": 5, "until": 10}],
            },
            "clock check: a rung is listed twice",
        ),
        (Rung, {"at": 5, "every": 5}, "rung 5: give `every` and `until` together"),
        (Rung, {"at": 5, "until": 20}, "rung 5: give `every` and `until` together"),
        (Rung, {"at": 5, "every": 5, "until": 9}, "rung 5: never comes again by 9"),
        (Checks, {"months": [12, 6], "grace_months": 1, **SOURCED}, "check months must be positive and ascending"),
        (Checks, {"months": [6, 6], "grace_months": 1, **SOURCED}, "check months must be positive and ascending"),
        (Checks, {"months": [0, 6], "grace_months": 1, **SOURCED}, "check months must be positive and ascending"),
        (
            Agreement,
            {"partner": "police", "kinds": ["gossip"], "valid_from": "2012-01-01", **BASIS},
            "unknown evidence kinds gossip",
        ),
    ],
)
def test_a_pack_that_cannot_be_meant_is_refused(model, fields, message):
    """Each contradiction in a pack is refused when it is read, in words that name it."""
    assert message in fault(model, **fields)


@pytest.mark.parametrize("months", [[9, 6], [0, 6], [6, 6]])
def test_a_pack_that_was_used_still_loads(months):
    """Evaluations in any order were taken once, so a kept pack with them is read; `check` tells of a new one."""
    told = PROGRAMME.model_dump(mode="json", by_alias=True) | {"evaluations": {"months": months, **SOURCED}}
    assert Programme.model_validate_json(json.dumps(told)).evaluations == Evaluations(months=months, **SOURCED)


def test_a_pack_with_two_answers_is_refused():
    """Two clocks for one piece of work, or two agreements with a partner on one day, leave no single answer."""
    pack = PROGRAMME.model_dump(by_alias=True)
    clock, police = pack["clocks"][0], pack["agreements"][0]
    twice = {**police, "valid_from": date(2015, 1, 1)}
    assert "more than one clock for identification" in fault(Programme, **pack | {"clocks": [clock, clock]})
    assert "two agreements with police hold on 2015-01-01" in fault(Programme, **pack | {"agreements": [police, twice]})


def test_agreements_may_follow_one_another():
    """A renewed agreement begins after the old one ends, and the day says which of them holds."""
    pack = PROGRAMME.model_dump(by_alias=True)
    old = {**pack["agreements"][0], "valid_to": date(2014, 12, 31)}
    new = {**pack["agreements"][0], "valid_from": date(2015, 1, 1), "purposes": ("audit",)}
    renewed = Programme.model_validate({**pack, "agreements": [new, old]})
    purposes = [
        held.purposes if (held := renewed.agreement("police", day)) else None
        for day in (date(2011, 12, 31), date(2014, 12, 31), date(2015, 1, 1))
    ]
    assert purposes == [None, ("family-support",), ("audit",)]


def test_a_programme_knows_its_clocks_and_referrers():
    """A clock is found by its work and a referrer by any agreement; what is not there is not made up."""
    bare = PROGRAMME.model_copy(update={"clocks": PROGRAMME.clocks[:1]})
    assert (PROGRAMME.clocks[0], None) == (bare.clock("identification"), bare.clock("close"))
    assert (PROGRAMME.knows_referrer("police"), PROGRAMME.knows_referrer("library")) == (True, False)


def test_the_shipped_pack_runs_the_path():
    """The pack `wirral-2012` sets every clock, ten families a key worker, and checks at six and twelve months."""
    pack = load("wirral-2012")
    assert [work for work in get_args(Work) if pack.clock(work) is None] == []
    assert (pack.caseload.families, pack.checks.months, bool(pack.results)) == (10, (6, 12), True)
    ask_again = ask(IdentifyFamily, identified.on, criteria=("poverty", "addiction"))
    Given(referred, programme=pack).when(ask_again).then(
        identified.model_copy(update={"criteria": ("poverty", "addiction")})
    )


def test_the_shipped_notices_name_events_and_partners_that_exist():
    """A notice about an event that never happens, or to a partner without an agreement, would be silently lost."""
    pack = load("wirral-2012")
    types = {kind.model_fields["type"].default for kind in get_args(get_args(AnyEvent)[0])}
    assert set() == {notice.event for notice in pack.notices} - types
    told = {partner for notice in pack.notices for partner in notice.partners}
    assert {"referrer"} == told - {agreement.partner for agreement in pack.agreements}
