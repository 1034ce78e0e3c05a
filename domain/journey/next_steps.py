"""What may be done next on a journey, in words: one sentence for each piece of work that is owed."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.calendar import calendar_of
from domain.journey.agenda import owed_now, set_day
from domain.journey.events import CheckRecorded
from domain.journey.state import EXTENSIONS, Journey
from domain.programme.clocks import Work
from domain.programme.programme import Programme

STEPS: Mapping[Work, str] = MappingProxyType(
    {
        "identification": "identify the family by the criteria it meets",
        "allocation": "allocate a key worker",
        "first-contact": "record the first contact",
        "assessment": "assess the family",
        "plan": "agree a plan for the needs found",
        "intervention-start": "start the intervention",
        "plan-review": "review the plan, or step the family down",
        "check": "record the check",
        "regression-response": "step the family up, or close it as regressed and refer it again",
        "check-decision": "decide on the check: record it as sustained or regressed, step the family up, or close it",
        "handover-answer": "accept or refuse the handover",
        "clawback-decision": "uphold the claim or claw it back",
        "handover-refusal": "offer the handover to somebody else, or acknowledge that the holder keeps the family",
        "close": "close the journey",
        "action": "do what was agreed, and record it as done or dropped",
        "meeting": "hold the next meeting, and record it",
        "people-changed": "see who is of the family now, and acknowledge the reminder: journeys ack REF REMINDER",
        "concern-answer": "answer the concern: no emergency call (999) and no referral to the front door is made by it",
    }
)


def next_steps(journey: Journey, programme: Programme) -> tuple[str, ...]:
    """Return what answers each piece of work that is owed now."""
    return tuple(
        step_about(owed.work, owed.about) if owed.about else _step(journey, owed.work, programme)
        for owed in owed_now(journey, programme)
    )


def _step(journey: Journey, work: Work, programme: Programme) -> str:
    """Say what answers a piece of work; a family found not eligible may be looked at again instead of the close."""
    if work == "close" and journey.eligible is False:
        if journey.stage == "identification":
            return "identify the family again if more is known, or close it as not-eligible"
        if programme.judges_needs:
            return "assess the family again if more is known, or close it as not-eligible"
    return STEPS[work]


def step_about(work: Work, about: str | None) -> str:
    """Return what answers a piece of work, with the entry of the case file that it is about."""
    return f"{STEPS[work]} ({about})" if about else STEPS[work]


def after_check(journey: Journey, event: CheckRecorded, programme: Programme) -> tuple[str, ...]:
    """Say what follows from a check that was not passed."""
    if event.verdict == "sustained":
        return ()
    if event.verdict == "regressed":
        return ("regressed", STEPS["regression-response"])
    if journey.insufficient_in_a_row > EXTENSIONS:
        return ("insufficient for the second time, with no further extension", STEPS["check-decision"])
    owed = journey.owes("check")
    again = set_day(journey, owed, programme, calendar_of(programme.nation)) if owed else None
    return (f"insufficient: to be repeated once, on {again}",) if again else ()
