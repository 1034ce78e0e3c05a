"""Every configured rule of every shipped pack fires once, and what cannot fire turns the test red."""

import copy

import pytest
from pack_fires import silent_parts

from domain.programme.programme import Programme
from programmes import load, names

OUTCOMES = ("results", 0, "limbs", 0, "rule", "outcomes")
SCHOOL = (*OUTCOMES, 1, "rule", "rule", "rules")
SIX_MONTHS_DAYS = {"value": 185, "source": "test", "confidence": "unverified"}
NOUGHT = {"value": 0, "source": "test", "confidence": "unverified"}


@pytest.mark.parametrize("name", names())
def test_every_configured_rule_fires(name):
    """Clocks and rungs, checks, evaluations, notices, criteria, limbs, tariffs: none of them is silent."""
    assert list(silent_parts(load(name))) == []


@pytest.mark.parametrize(
    ("place", "value", "silent"),
    [
        (("clocks", 0, "ladder"), [{"at": -9}, {"at": -8}, {"at": 0}], "clock identification: remind-9"),
        (("clocks", 0, "ladder"), [{"at": 0, "escalate": True}], "clock identification: nothing is escalated"),
        (("checks",), None, "clock check: remind-10"),
        (("results",), [], "evaluation at 6 months: never falls due"),
        (("notices", 0, "event"), "family-forgotten", "notice family-forgotten: no such event"),
        (("notices", 0, "partners"), ["library"], "notice family-identified: library is never sent this"),
        (("notices", 0, "purpose"), "gossip", "notice family-identified: referrer is never sent this"),
        (("notices", 0, "categories"), ["members"], "notice family-identified: referrer is never sent this"),
        (("eligibility", "required"), ["health", "school"], "criterion domestic-abuse: never counts"),
        ((*OUTCOMES, 0, "rule", "rules", 0, "threshold"), NOUGHT, "count: never met"),
        ((*OUTCOMES, 0, "rule", "rules", 0, "threshold"), NOUGHT, "each-need crime-or-asb: never met"),
        ((*OUTCOMES, 1, "rule", "ages", "oldest"), NOUGHT, "each-child: no child is of these ages"),
        (
            (*SCHOOL, 0, "threshold", "then", 0, "value"),
            0,
            "on 2015-09-01: school each-child all-of[0] rate: never met",
        ),
        ((*OUTCOMES, 3, "rule", "rule", "rules", 1, "days"), SIX_MONTHS_DAYS, "any-of[1]: meets nothing"),
        ((*OUTCOMES, 5, "rule", "rules", 0, "rule", "rules", 0, "where"), "none", "any-of[0] any-adult: never met"),
        (("results", 1, "limbs", 0, "rule", "rule", "rules", 0, "days", "value"), 211, "any-of[0] held: never met"),
        (("results", 0, "tariffs", 0, "maximum", "value"), 700, "pays 700 instead of 800"),
        (("results", 0, "beside"), ["continuous-employment"], "pays None instead of 800"),
        (("results", 0, "tariffs", 1, "to"), "2040-03-31", "on 2040-03-31: school each-child: never met"),
        (("attachments", 1, "from"), "2020-03-31", "attachment from 2020-03-31: never the one in force"),
    ],
)
def test_what_cannot_fire_is_told(place, value, silent):
    """A pack broken in one place is silent there, and the generator says where."""
    content = load("expanded-2015").model_dump(mode="json", by_alias=True)
    broken = copy.deepcopy(content)
    part = broken
    for step in place[:-1]:
        part = part[step]
    if value == "none":
        value = {"field": "status", "none_of": ["started", "engaged", "completed", "dropped-out"]}
    part[place[-1]] = value
    told = list(silent_parts(Programme.model_validate(broken)))
    assert [line for line in told if silent in line], told
