"""The steps of the path: each done in its place, each refused out of it with a reason."""

from datetime import date, timedelta
from typing import get_args

import pytest
from given import (
    ALLOCATED_ON,
    ASSESSED_ON,
    AT_WORK,
    BARE,
    HELD,
    IDENTIFIED_ON,
    LATER,
    LOWERED,
    MEMBERS,
    PLANNED,
    PLANNED_ON,
    REFERRAL,
    REFERRED_ON,
    ROOM,
    SIX_MONTHS_ON,
    STARTED_ON,
    STEPPED_DOWN_ON,
    SUSTAINED,
    TWELVE_MONTHS_ON,
    Given,
    allocated,
    ask,
    assessed,
    fact,
    identified,
    not_eligible,
    planned,
    referred,
    six_months,
    started,
    stepped_down,
)

from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.commands import AnyCommand
from domain.journey.evolve import fold
from domain.journey.facts import Caseload

DAY = timedelta(days=1)
closed = fact(e.JourneyClosed, LATER, outcome="sustained")
offered = fact(e.HandoverOffered, ASSESSED_ON, to="lee")
reviewed = fact(e.PlanReviewed, date(2012, 9, 10), outcome="on-track")
stepped_up = fact(e.SteppedUp, date(2013, 2, 4), reason="relapse")

STEPS = {
    "refer": ((), ask(c.ReferFamily, REFERRED_ON, **REFERRAL), referred),
    "identify": ((referred,), ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=("poverty", "crime")), identified),
    "identify with too few criteria": (
        (referred,),
        ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=("poverty", "poverty")),
        not_eligible,
    ),
    "identify a family found not eligible before": (
        (referred, not_eligible),
        ask(c.IdentifyFamily, ALLOCATED_ON, criteria=("crime", "poverty", "crime")),
        fact(e.FamilyIdentified, ALLOCATED_ON, criteria=("crime", "poverty"), eligible=True),
    ),
    "allocate": (
        (referred, identified),
        ask(c.AllocateKeyWorker, ALLOCATED_ON, key_worker="kim", caseload=ROOM),
        allocated,
    ),
    "offer a handover": (HELD, ask(c.OfferHandover, ASSESSED_ON, to="lee", caseload=ROOM), offered),
    "offer it to another": (
        (*HELD, offered),
        ask(c.OfferHandover, ASSESSED_ON, to="max", caseload=ROOM),
        fact(e.HandoverOffered, ASSESSED_ON, to="max"),
    ),
    "accept a handover": (
        (*HELD, offered),
        ask(c.AcceptHandover, PLANNED_ON, key_worker="lee", caseload=ROOM),
        fact(e.HandoverAccepted, PLANNED_ON, key_worker="lee"),
    ),
    "refuse a handover": (
        (*HELD, offered),
        ask(c.RefuseHandover, PLANNED_ON, reason="too-far"),
        fact(e.HandoverRefused, PLANNED_ON, reason="too-far"),
    ),
    "record a contact": (
        HELD,
        ask(c.RecordContact, ASSESSED_ON, kind="call"),
        fact(e.ContactRecorded, ASSESSED_ON, kind="call"),
    ),
    "assess": (HELD, ask(c.AssessFamily, ASSESSED_ON, needs=("debt", "school", "debt")), assessed),
    "assess again": (
        AT_WORK,
        ask(c.AssessFamily, STARTED_ON, needs=("debt",)),
        fact(e.FamilyAssessed, STARTED_ON, needs=("debt",)),
    ),
    "agree the plan": ((*HELD, assessed), ask(c.AgreePlan, PLANNED_ON, needs=("debt", "debt")), planned),
    "start the intervention": (PLANNED, ask(c.StartIntervention, STARTED_ON), started),
    "review the plan": (AT_WORK, ask(c.ReviewPlan, date(2012, 9, 10)), reviewed),
    "review at low intensity": (
        LOWERED,
        ask(c.ReviewPlan, SIX_MONTHS_ON, outcome="off-track"),
        fact(e.PlanReviewed, SIX_MONTHS_ON, outcome="off-track"),
    ),
    "step down": (AT_WORK, ask(c.StepDown, STEPPED_DOWN_ON), stepped_down),
    "step up": (LOWERED, ask(c.StepUp, date(2013, 2, 4), reason="relapse"), stepped_up),
    "step down again": (
        (*LOWERED, stepped_up),
        ask(c.StepDown, SIX_MONTHS_ON),
        fact(e.SteppedDown, SIX_MONTHS_ON),
    ),
    "check": (LOWERED, ask(c.RecordCheck, SIX_MONTHS_ON, verdict="sustained"), six_months),
    "check late": (
        (*LOWERED, six_months),
        ask(c.RecordCheck, LATER, on=TWELVE_MONTHS_ON, verdict="sustained"),
        fact(e.CheckRecorded, LATER, on=TWELVE_MONTHS_ON, months=12, verdict="sustained"),
    ),
    "close": (SUSTAINED, ask(c.CloseJourney, LATER, outcome="sustained"), closed),
    "close a family found not eligible": (
        (referred, not_eligible),
        ask(c.CloseJourney, ALLOCATED_ON, outcome="not-eligible"),
        fact(e.JourneyClosed, ALLOCATED_ON, outcome="not-eligible"),
    ),
    "close before the checks with another outcome": (
        LOWERED,
        ask(c.CloseJourney, SIX_MONTHS_ON, outcome="moved-away"),
        fact(e.JourneyClosed, SIX_MONTHS_ON, outcome="moved-away"),
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_in_its_place_happens(name):
    """Every step of the path, in its place, makes exactly its own event."""
    before, command, expected = STEPS[name]
    Given(*before).when(command).then(expected)


REFUSED = {
    "a step on an unknown journey": ((), ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=()), "unknown-journey"),
    "evidence for an unknown journey": (
        (),
        ask(c.AcknowledgeReminder, IDENTIFIED_ON, reminder_id="x"),
        "unknown-journey",
    ),
    "a second referral": ((referred,), ask(c.ReferFamily, IDENTIFIED_ON, **REFERRAL), "already-referred"),
    "a referral of a closed journey": (
        (*SUSTAINED, closed),
        ask(c.ReferFamily, LATER, **REFERRAL),
        "already-referred",
    ),
    "a referral in the future": (
        (),
        ask(c.ReferFamily, REFERRED_ON, on=REFERRED_ON + DAY, **REFERRAL),
        "future-date",
    ),
    "a referral a thousand years ago": (
        (),
        ask(c.ReferFamily, REFERRED_ON, on=date(1012, 5, 1), **REFERRAL),
        "bad-dates",
    ),
    "an unknown referrer": (
        (),
        ask(c.ReferFamily, REFERRED_ON, **REFERRAL | {"referrer": "library"}),
        "unknown-referrer",
    ),
    "an unknown criterion at referral": (
        (),
        ask(c.ReferFamily, REFERRED_ON, **REFERRAL | {"criteria": ("noise",)}),
        "unknown-criterion",
    ),
    "a member twice": (
        (),
        ask(c.ReferFamily, REFERRED_ON, **REFERRAL | {"members": (MEMBERS[0], MEMBERS[0])}),
        "repeated-member",
    ),
    "an unknown criterion": (
        (referred,),
        ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=("crime", "noise")),
        "unknown-criterion",
    ),
    "an identification before the referral": (
        (referred,),
        ask(c.IdentifyFamily, IDENTIFIED_ON, on=REFERRED_ON - DAY, criteria=()),
        "bad-dates",
    ),
    "a second look dated before the first": (
        (referred, not_eligible),
        ask(c.IdentifyFamily, ALLOCATED_ON, on=IDENTIFIED_ON - DAY, criteria=()),
        "bad-dates",
    ),
    "identifying an eligible family again": (
        (referred, identified),
        ask(c.IdentifyFamily, ALLOCATED_ON, criteria=()),
        "out-of-order",
    ),
    "identifying a family at work": (AT_WORK, ask(c.IdentifyFamily, LATER, criteria=()), "out-of-order"),
    "allocating before identifying": (
        (referred,),
        ask(c.AllocateKeyWorker, ALLOCATED_ON, key_worker="kim", caseload=ROOM),
        "out-of-order",
    ),
    "allocating a family not eligible": (
        (referred, not_eligible),
        ask(c.AllocateKeyWorker, ALLOCATED_ON, key_worker="kim", caseload=ROOM),
        "out-of-order",
    ),
    "allocating a family that is held": (
        HELD,
        ask(c.AllocateKeyWorker, ASSESSED_ON, key_worker="lee", caseload=ROOM),
        "out-of-order",
    ),
    "allocating before it was identified": (
        (referred, identified),
        ask(c.AllocateKeyWorker, ALLOCATED_ON, on=REFERRED_ON, key_worker="kim", caseload=ROOM),
        "bad-dates",
    ),
    "an eleventh family": (
        (referred, identified),
        ask(
            c.AllocateKeyWorker,
            ALLOCATED_ON,
            key_worker="kim",
            caseload=Caseload(known=True, held=10, cap=10),
        ),
        "caseload-full",
    ),
    "an unknown key worker": (
        (referred, identified),
        ask(
            c.AllocateKeyWorker,
            ALLOCATED_ON,
            key_worker="kim",
            caseload=Caseload(known=False, held=0, cap=10),
        ),
        "unknown-key-worker",
    ),
    "a key worker whose caseload was not counted": (
        (referred, identified),
        ask(c.AllocateKeyWorker, ALLOCATED_ON, key_worker="kim"),
        "unknown-key-worker",
    ),
    "a handover of a family nobody holds": (
        (referred, identified),
        ask(c.OfferHandover, ALLOCATED_ON, to="lee", caseload=ROOM),
        "out-of-order",
    ),
    "a handover to its holder": (HELD, ask(c.OfferHandover, ASSESSED_ON, to="kim", caseload=ROOM), "same-holder"),
    "a handover before the holder held": (
        HELD,
        ask(c.OfferHandover, ASSESSED_ON, on=IDENTIFIED_ON, to="lee", caseload=ROOM),
        "bad-dates",
    ),
    "accepting what was not offered": (
        HELD,
        ask(c.AcceptHandover, ASSESSED_ON, key_worker="lee", caseload=ROOM),
        "out-of-order",
    ),
    "accepting what was offered to another": (
        (*HELD, offered),
        ask(c.AcceptHandover, PLANNED_ON, key_worker="max", caseload=ROOM),
        "not-offered",
    ),
    "accepting an eleventh family": (
        (*HELD, offered),
        ask(
            c.AcceptHandover,
            PLANNED_ON,
            key_worker="lee",
            caseload=Caseload(known=True, held=10, cap=10),
        ),
        "caseload-full",
    ),
    "accepting before the offer": (
        (*HELD, offered),
        ask(c.AcceptHandover, PLANNED_ON, on=ALLOCATED_ON, key_worker="lee", caseload=ROOM),
        "bad-dates",
    ),
    "refusing what was not offered": (HELD, ask(c.RefuseHandover, ASSESSED_ON, reason="too-far"), "out-of-order"),
    "refusing before the offer": (
        (*HELD, offered),
        ask(c.RefuseHandover, PLANNED_ON, on=ALLOCATED_ON, reason="too-far"),
        "bad-dates",
    ),
    "a contact by nobody": ((referred, identified), ask(c.RecordContact, ALLOCATED_ON), "out-of-order"),
    "a contact before the referral": (
        HELD,
        ask(c.RecordContact, ASSESSED_ON, on=REFERRED_ON - DAY),
        "bad-dates",
    ),
    "assessing before identifying": ((referred,), ask(c.AssessFamily, ASSESSED_ON, needs=("debt",)), "out-of-order"),
    "assessing in the future": (
        HELD,
        ask(c.AssessFamily, ASSESSED_ON, on=ASSESSED_ON + DAY, needs=("debt",)),
        "future-date",
    ),
    "assessing before it was identified": (
        HELD,
        ask(c.AssessFamily, ASSESSED_ON, on=REFERRED_ON, needs=("debt",)),
        "bad-dates",
    ),
    "an older assessment after a newer one": (
        (*HELD, assessed),
        ask(c.AssessFamily, PLANNED_ON, on=ALLOCATED_ON, needs=("health",)),
        "bad-dates",
    ),
    "a plan before the assessment": (HELD, ask(c.AgreePlan, PLANNED_ON, needs=("debt",)), "out-of-order"),
    "a plan by nobody": ((referred,), ask(c.AgreePlan, PLANNED_ON, needs=("debt",)), "out-of-order"),
    "a plan dated before the assessment": (
        (*HELD, assessed),
        ask(c.AgreePlan, PLANNED_ON, on=ALLOCATED_ON, needs=("debt",)),
        "bad-dates",
    ),
    "an older plan after a newer one": (
        AT_WORK,
        ask(c.AgreePlan, LATER, on=PLANNED_ON - DAY, needs=("debt",)),
        "bad-dates",
    ),
    "a plan for a need not found": (
        (*HELD, assessed),
        ask(c.AgreePlan, PLANNED_ON, needs=("debt", "health")),
        "unknown-need",
    ),
    "a start by nobody": ((referred,), ask(c.StartIntervention, STARTED_ON), "out-of-order"),
    "a start without a plan": ((*HELD, assessed), ask(c.StartIntervention, STARTED_ON), "out-of-order"),
    "a second start": (AT_WORK, ask(c.StartIntervention, LATER), "out-of-order"),
    "a start before the plan": (PLANNED, ask(c.StartIntervention, STARTED_ON, on=ASSESSED_ON), "bad-dates"),
    "a review before the start": (PLANNED, ask(c.ReviewPlan, STARTED_ON), "out-of-order"),
    "a review dated before the start": (AT_WORK, ask(c.ReviewPlan, LATER, on=PLANNED_ON), "bad-dates"),
    "a review dated before the last": (
        (*AT_WORK, reviewed),
        ask(c.ReviewPlan, LATER, on=STARTED_ON),
        "bad-dates",
    ),
    "a review dated before the step up": (
        (*AT_WORK, reviewed, stepped_down, stepped_up),
        ask(c.ReviewPlan, LATER, on=STEPPED_DOWN_ON),
        "bad-dates",
    ),
    "a step down before the start": (PLANNED, ask(c.StepDown, STARTED_ON), "out-of-order"),
    "a double step down": (LOWERED, ask(c.StepDown, LATER), "out-of-order"),
    "a step down dated before the start": (AT_WORK, ask(c.StepDown, LATER, on=PLANNED_ON), "bad-dates"),
    "a step up before a step down": (AT_WORK, ask(c.StepUp, LATER, reason="relapse"), "out-of-order"),
    "a double step up": ((*LOWERED, stepped_up), ask(c.StepUp, LATER, reason="relapse"), "out-of-order"),
    "a step up dated before the step down": (
        LOWERED,
        ask(c.StepUp, LATER, on=STARTED_ON, reason="relapse"),
        "bad-dates",
    ),
    "a step up dated before the last check": (
        (*LOWERED, six_months),
        ask(c.StepUp, LATER, on=STEPPED_DOWN_ON, reason="relapse"),
        "bad-dates",
    ),
    "a check before the step down": (AT_WORK, ask(c.RecordCheck, LATER, verdict="sustained"), "out-of-order"),
    "a check too early": (
        LOWERED,
        ask(c.RecordCheck, SIX_MONTHS_ON - DAY, verdict="sustained"),
        "too-early",
    ),
    "a check in the future": (
        LOWERED,
        ask(c.RecordCheck, SIX_MONTHS_ON - DAY, on=SIX_MONTHS_ON, verdict="sustained"),
        "future-date",
    ),
    "a check dated before an earlier one": (
        (*LOWERED, fact(e.CheckRecorded, LATER, months=6, verdict="sustained")),
        ask(c.RecordCheck, LATER, on=TWELVE_MONTHS_ON, verdict="sustained"),
        "bad-dates",
    ),
    "a check too many": (SUSTAINED, ask(c.RecordCheck, LATER, verdict="sustained"), "out-of-order"),
    "closing in the future": (
        SUSTAINED,
        ask(c.CloseJourney, LATER, on=LATER + DAY, outcome="sustained"),
        "future-date",
    ),
    "closing before the last check": (
        SUSTAINED,
        ask(c.CloseJourney, LATER, on=SIX_MONTHS_ON, outcome="sustained"),
        "bad-dates",
    ),
    "closing before the last review": (
        (*AT_WORK, reviewed),
        ask(c.CloseJourney, LATER, on=STARTED_ON, outcome="declined"),
        "bad-dates",
    ),
    "closing before the last contact": (
        (*HELD, fact(e.ContactRecorded, PLANNED_ON, kind="visit")),
        ask(c.CloseJourney, LATER, on=ASSESSED_ON, outcome="declined"),
        "bad-dates",
    ),
    "closing before it was identified": (
        (referred, identified),
        ask(c.CloseJourney, LATER, on=REFERRED_ON, outcome="declined"),
        "bad-dates",
    ),
    "closing before it was allocated": (
        HELD,
        ask(c.CloseJourney, LATER, on=IDENTIFIED_ON, outcome="declined"),
        "bad-dates",
    ),
    "closing before the assessment": (
        (*HELD, assessed),
        ask(c.CloseJourney, LATER, on=ALLOCATED_ON, outcome="declined"),
        "bad-dates",
    ),
    "closing before the plan": (
        PLANNED,
        ask(c.CloseJourney, LATER, on=ASSESSED_ON, outcome="declined"),
        "bad-dates",
    ),
    "closing before the start": (
        AT_WORK,
        ask(c.CloseJourney, LATER, on=PLANNED_ON, outcome="declined"),
        "bad-dates",
    ),
    "closing an eligible family as not eligible": (
        HELD,
        ask(c.CloseJourney, LATER, outcome="not-eligible"),
        "not-found-ineligible",
    ),
    "closing as sustained before the step down": (
        AT_WORK,
        ask(c.CloseJourney, LATER, outcome="sustained"),
        "out-of-order",
    ),
    "closing as sustained with a check missing": (
        (*LOWERED, six_months),
        ask(c.CloseJourney, LATER, outcome="sustained"),
        "not-sustained",
    ),
    "closing twice": ((*SUSTAINED, closed), ask(c.CloseJourney, LATER, outcome="sustained"), "closed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_step_out_of_its_place_is_refused(name):
    """Every wrong move is refused with its own code, and nothing happens."""
    before, command, code = REFUSED[name]
    Given(*before).when(command).refused(code)


SAME_AGAIN = {
    "allocate": (HELD, ask(c.AllocateKeyWorker, LATER, key_worker="kim", caseload=ROOM)),
    "offer": ((*HELD, offered), ask(c.OfferHandover, LATER, to="lee", caseload=ROOM)),
    "accept": (
        (*HELD, offered, fact(e.HandoverAccepted, PLANNED_ON, key_worker="lee")),
        ask(c.AcceptHandover, LATER, key_worker="lee", caseload=ROOM),
    ),
    "assess": (AT_WORK, ask(c.AssessFamily, LATER, on=ASSESSED_ON, needs=("debt", "school"))),
}


@pytest.mark.parametrize("name", SAME_AGAIN)
def test_the_same_fact_again_is_nothing_new(name):
    """A step told a second time, under another command id, makes no event."""
    before, command = SAME_AGAIN[name]
    Given(*before).when(command).then()


def test_a_refusal_says_why_and_what_to_do():
    """A refusal names the family, what is wrong and the remedy in one sentence."""
    early = ask(c.RecordCheck, SIX_MONTHS_ON - DAY, verdict="sustained")
    Given(*LOWERED).when(early).refused(
        "too-early",
        saying="the 6-month check of F-7K3Q-9D2X falls on 2013-06-03; record it on 2013-06-03 or later",
    )


def test_the_checks_still_missing_are_named():
    """Closing as sustained too soon names the checks that are left."""
    early = ask(c.CloseJourney, SIX_MONTHS_ON, outcome="sustained")
    Given(*LOWERED).when(early).refused("not-sustained", saying="still has checks to pass (6 months, 12 months)")


@pytest.mark.parametrize("verdict", ["regressed", "insufficient"])
def test_a_check_not_passed_is_made_again_after_the_grace(verdict):
    """The same check is due again two months of grace after one that was not sustained, and not before."""
    failed = fact(e.CheckRecorded, SIX_MONTHS_ON, months=6, verdict=verdict)
    again, due = date(2013, 8, 2), date(2013, 8, 3)
    Given(*LOWERED, failed).when(ask(c.RecordCheck, again, verdict="sustained")).refused("too-early")
    Given(*LOWERED, failed).when(ask(c.RecordCheck, due, verdict="sustained")).then(
        fact(e.CheckRecorded, due, months=6, verdict="sustained")
    )


def test_the_checks_start_again_after_a_second_step_down():
    """A family stepped up after a passed check has every check to pass again from the new step-down."""
    again = (
        *LOWERED,
        six_months,
        fact(e.SteppedUp, SIX_MONTHS_ON, reason="relapse"),
        fact(e.SteppedDown, date(2013, 7, 1)),
    )
    Given(*again).when(ask(c.RecordCheck, TWELVE_MONTHS_ON, verdict="sustained")).refused("too-early")
    Given(*again).when(ask(c.RecordCheck, date(2014, 1, 1), verdict="sustained")).then(
        fact(e.CheckRecorded, date(2014, 1, 1), months=6, verdict="sustained")
    )


def test_a_programme_without_rules_lets_every_family_in_and_out():
    """Without an eligibility rule any family is eligible; without checks a step-down is enough to close."""
    Given(referred, programme=BARE).when(ask(c.IdentifyFamily, IDENTIFIED_ON, criteria=("noise",))).then(
        fact(e.FamilyIdentified, IDENTIFIED_ON, criteria=("noise",), eligible=True)
    )
    Given(*LOWERED, programme=BARE).when(ask(c.RecordCheck, LATER, verdict="sustained")).refused("out-of-order")
    Given(*LOWERED, programme=BARE).when(ask(c.CloseJourney, LATER, outcome="sustained")).then(closed)


def test_closing_ends_everything_that_was_open():
    """A closed journey has no holder, no offered handover and owes no work, but remembers its key worker."""
    journey = fold([*AT_WORK, offered, fact(e.JourneyClosed, LATER, outcome="declined")])
    assert (journey.holder, journey.handover_to, journey.key_worker) == (None, None, "kim")
    assert [owed for owed in journey.owed if not owed.done] == []


def test_a_handover_moves_the_family_and_a_refusal_does_not():
    """The holder changes only when the offer is accepted; either answer settles it."""
    taken = fact(e.HandoverAccepted, PLANNED_ON, key_worker="lee")
    declined = fact(e.HandoverRefused, PLANNED_ON)
    journeys = [fold([*HELD, *more]) for more in ((), (offered,), (offered, taken), (offered, declined))]
    assert [journey.holder for journey in journeys] == ["kim", "kim", "lee", "kim"]
    assert [journey.owes("handover-answer") is not None for journey in journeys] == [False, True, False, False]


def test_an_attempted_contact_is_no_contact():
    """Only a contact that came about settles the first contact, whichever order contacts are recorded in."""
    tried = fact(e.ContactRecorded, ASSESSED_ON, kind="attempted")
    met = fact(e.ContactRecorded, PLANNED_ON, kind="visit")
    before = fact(e.ContactRecorded, LATER, on=ASSESSED_ON, kind="call")
    assert fold([*HELD, tried]).owes("first-contact") is not None
    journey = fold([*HELD, tried, met, before])
    assert (
        journey.owes("first-contact"),
        journey.first_contact_on,
        journey.last_contact_on,
    ) == (None, ASSESSED_ON, PLANNED_ON)


def test_the_first_assessment_and_plan_are_remembered():
    """Work done again moves the current dates; a claim looks at the first ones, which stay."""
    again = (
        fact(e.FamilyAssessed, LATER, needs=("debt",)),
        fact(e.PlanAgreed, LATER, needs=("debt",)),
    )
    journey = fold([*AT_WORK, *again])
    assert (journey.first_assessed_on, journey.first_plan_on) == (ASSESSED_ON, PLANNED_ON)
    assert (journey.assessed_on, journey.plan_on) == (LATER, LATER)


def test_a_response_to_a_regressed_check_is_a_step_up_or_a_better_check():
    """A regressed check is owed a response until the family is stepped up or checked again."""
    regressed = fact(e.CheckRecorded, SIX_MONTHS_ON, months=6, verdict="regressed")
    better = fact(e.CheckRecorded, LATER, months=6, verdict="sustained")
    raised = fact(e.SteppedUp, LATER, reason="relapse")
    waiting = [
        fold([*LOWERED, regressed, *more]).owes("regression-response") is not None
        for more in ((), (better,), (raised,))
    ]
    assert waiting == [True, False, False]


def test_what_a_closed_and_an_erased_journey_accept():
    """What an erased family's journey accepts, a closed one does; few steps of the path are among it."""
    kinds = get_args(get_args(AnyCommand)[0])
    assert {kind for kind in kinds if kind.after_erasing} - {kind for kind in kinds if kind.after_close} == set()
    late = [c.WithdrawConsent, c.RecordContact, c.RecordCheck, c.ReopenJourney]
    assert [kind for kind in kinds if kind.action and kind.after_close] == late
