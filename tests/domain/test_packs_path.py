"""Every shipped pack takes a family in, keeps another out and says why, and runs from referral to close."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from given import ROOM
from pack_cases import CASES, Case, Out
from pack_walk import Walk

from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey.effects import Notify
from domain.journey.events import AnyEvent, ReminderFellDue
from domain.journey.facts import PlacesTaken
from domain.programme.local_scheme import COMPARISON
from domain.programme.programme import Programme
from programmes import load, names

RUNNABLE = [name for name in names() if name in CASES and CASES[name].outs[0].by != "referrer"]
OUTS = [(name, out) for name, case in CASES.items() for out in case.outs]
UNFIT = [(name, out) for name, out in OUTS if out.by in {"criteria", "household", "needs"}]
ON_THE_WAY = {"identification", "allocation", "first-contact", "assessment", "plan", "intervention-start"} | {
    "plan-review",
    "check",
    "close",
}


def walk(name: str, case: Case | None = None) -> Walk:
    """A walk that begins when the pack's agreements hold."""
    pack = load(name)
    start = max([date(2012, 5, 1), *(held.valid_from for held in pack.agreements)])
    return Walk(pack, case or CASES[name], start)


def bounds(pack: Programme) -> set[str]:
    """Name what a pack keeps families out by."""
    judged = {"identification": "criteria", "assessment": "needs"}
    return {
        *(["locality"] if pack.localities else []),
        *(["household"] if pack.household else []),
        *([judged[pack.eligibility.judged_at]] if pack.eligibility else []),
        *(["cohort"] if pack.cohorts and COMPARISON in pack.cohorts.names else []),
        *([] if pack.agreements else ["referrer"]),
    }


@pytest.mark.parametrize("name", names())
def test_every_pack_has_a_case_for_each_bound_it_sets(name):
    """A shipped pack without a case, or with a bound that no case meets, fails: add it to `pack_cases.py`."""
    assert name in CASES, f"no case for {name}"
    assert bounds(load(name)) == {out.by for out in CASES[name].outs}


@pytest.mark.parametrize(("name", "out"), OUTS, ids=[f"{name}-{out.by}" for name, out in OUTS])
def test_a_family_is_kept_out_and_told_why(name, out: Out):
    """By locality or partner at the referral, by criteria or household when identified, by cohort, or by its needs."""
    kept = walk(name, replace(CASES[name], **out.changes))
    with pytest.raises(Rejected) as refused:
        kept.go()
    assert out.saying in str(refused.value)
    stages = {"locality": "unreferred", "referrer": "unreferred", "needs": "assessment"}
    assert kept.journey.stage == stages.get(out.by, "identification")


@pytest.mark.parametrize(
    ("name", "out"), [(name, out) for name, out in OUTS if out.by in {"criteria", "household", "needs"}]
)
def test_a_family_found_not_eligible_is_closed_as_such(name, out: Out):
    """The reason stands in the reply when it is found, the close falls due, and the journey ends as not eligible."""
    kept = walk(name, replace(CASES[name], **out.changes))
    kept.go(4 if out.by == "needs" else 2)
    assert "not eligible" in kept.told
    assert out.saying in "; ".join(kept.told)
    kept.wait("close")
    kept.give(c.CloseJourney, outcome="not-eligible")
    assert (kept.journey.stage, kept.journey.outcome) == ("closed", "not-eligible")


@pytest.mark.parametrize("name", RUNNABLE)
def test_a_family_runs_from_referral_to_close(name):
    """By the pack's own stages and clocks: each piece of work falls due, is done, and nothing is left at the end."""
    case = CASES[name]
    path = walk(name)
    stages = path.go()
    assert "eligible" in path.told
    for turn in case.turns:
        path.turn(turn)
        stages.append(path.journey.stage)
    path.close()
    assert path.pack.stages == tuple(dict.fromkeys([*stages, path.journey.stage]))
    assert [reminder for reminder in path.journey.reminders if reminder.live] == []
    assert path.journey.holder is None
    due = {event.work for event in path.events if isinstance(event, ReminderFellDue)}
    assert due == ON_THE_WAY & {clock.work for clock in path.pack.clocks}


def test_suffolk_goes_down_up_and_down_again():
    """From high intensity to low, back to high when circumstances require it, and low again."""
    path = walk("suffolk-family-networks")
    path.go()
    intensity = [path.journey.intensity]
    for turn in path.case.turns:
        path.turn(turn)
        intensity.append(path.journey.intensity)
    assert intensity == ["high", "high", "low", "high", "high", "low", "low"]
    path.close()
    assert path.journey.outcome == "sustained"


@pytest.mark.parametrize("name", RUNNABLE)
def test_the_referrer_and_every_partner_named_is_told(name):
    """The referrer hears how it begins and ends, and every partner that a notice names hears of its event."""
    path = walk(name)
    path.go()
    for turn in path.case.turns:
        path.turn(turn)
    path.close()
    notices = (effect for effect in path.effects if isinstance(effect, Notify))
    told = {(effect.about, effect.partner) for effect in notices if effect.about != "evidence-requested"}
    happened = {event.type for event in path.events}
    named = {
        (notice.event, path.case.referrer if partner == "referrer" else partner)
        for notice in path.pack.notices
        for partner in notice.partners
        if notice.event in happened
    }
    assert told == named
    assert {("family-identified", path.case.referrer), ("journey-closed", path.case.referrer)} <= told


@pytest.mark.parametrize("name", names())
def test_the_notices_of_every_pack_name_events_and_partners_that_exist(name):
    """A notice about an event that never happens, or to a partner without an agreement, would be silently lost."""
    pack = load(name)
    types = {kind.model_fields["type"].default for kind in get_args(get_args(AnyEvent)[0])}
    assert set() == {notice.event for notice in pack.notices} - types
    told = {partner for notice in pack.notices for partner in notice.partners}
    assert set() == told - {agreement.partner for agreement in pack.agreements} - {"referrer"}


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("wirral-2012", {"families": 50, "key_workers": 5, "holds": True}, "places-full"),
        ("kent-swale-2011", {"families": 20, "key_workers": 2, "holds": True}, "places-full"),
        ("kent-thanet-2011", {"families": 25, "key_workers": 2, "holds": True}, "places-full"),
        ("lincolnshire-2011", {"families": 99, "key_workers": 14, "holds": False}, "key-workers-full"),
    ],
)
def test_a_full_scheme_takes_no_further_family(name, taken, code):
    """The fifty-first family of Wirral, and the fifteenth key worker of Lincolnshire, are refused; one less is not."""
    full, room = walk(name), walk(name)
    for path in (full, room):
        path.go(2)
        path.wait("allocation")
    less = {key: value if isinstance(value, bool) else value - 1 for key, value in taken.items()}
    with pytest.raises(Rejected) as refused:
        full.give(c.AllocateKeyWorker, key_worker="kim", caseload=ROOM, places=PlacesTaken(**taken))
    assert refused.value.code == code
    room.give(c.AllocateKeyWorker, key_worker="kim", caseload=ROOM, places=PlacesTaken(**less))
    assert room.journey.key_worker == "kim"
