"""Decisions in words: why a family is eligible or not, and what follows from a check that was not passed."""

from domain.journey.events import (
    AnyEvent,
    CheckRecorded,
    EventCorrected,
    FamilyAssessed,
    FamilyIdentified,
    FamilyTakenIn,
    JourneyClosed,
    MemberJoined,
    MemberLeft,
)
from domain.journey.next_steps import after_check
from domain.journey.state import Journey
from domain.programme.eligibility import Counting, HouseholdFault, Judgement
from domain.programme.local_scheme import COMPARISON
from domain.programme.programme import Programme

HOUSEHOLD: dict[HouseholdFault, str] = {
    "no-child": "the household has no child, and the programme is for families with children",
    "has-children": "the household has children, and the programme is for adults without",
    "too-few-adults": "the household has too few adults",
    "too-many-people": "the household has more people than the programme takes",
}
ONE: dict[Counting, str] = {"criteria": "criterion", "groups": "group"}
WAITS = "eligibility is decided by the needs found at assessment"


def explain(  # noqa: PLR0911 - one case an event
    journey: Journey, event: AnyEvent, programme: Programme
) -> tuple[str, ...]:
    """Say why a family was found eligible or not, or what a check offers; nothing for events that decide neither."""
    match event:
        case FamilyIdentified():
            return _identified(journey, event, programme)
        case EventCorrected():
            return explain(journey, event.replacement, programme)
        case CheckRecorded():
            return after_check(journey, event, programme)
        case MemberJoined(member=member):
            return (f"{member.id} is a member{f' from {event.on}' if member.from_ else ''} ({event.how})",)
        case MemberLeft() if not journey.present:
            return (f"nobody of {journey.reference} is left: close it, or add who is",)
        case JourneyClosed():
            return _left_open(journey)
        case FamilyTakenIn(how="merged") if event.evidence:
            return (f"evidence of {event.of} that counts on {journey.reference} from now on: {len(event.evidence)}",)
        case FamilyAssessed(judged=Judgement() as judged):
            return (_verdict(judged.eligible), *sentences(judged))
        case _:
            return ()


def sentences(judged: Judgement) -> tuple[str, ...]:
    """Say what a judgement came to, one sentence a condition; nothing where there is no rule."""
    reasons = []
    if judged.needed:
        reasons.append(_counted(judged))
    if judged.missing:
        reasons.append(f"required and not met: {', '.join(judged.missing)}")
    return (*reasons, *(HOUSEHOLD[fault] for fault in judged.household))


def _left_open(journey: Journey) -> tuple[str, ...]:
    """Say what of the case file is not done as the journey closes."""
    actions = [each.id for each in journey.case.actions if each.state == "open" and each.withdrawn is None]
    concerns = [each.id for each in journey.case.concerns if each.answer is None and each.withdrawn is None]
    left = [("actions left open", actions), ("concerns that still wait for an answer", concerns)]
    return tuple(f"{what}: {', '.join(names)}" for what, names in left if names)


def _identified(journey: Journey, event: FamilyIdentified, programme: Programme) -> tuple[str, ...]:
    judged = programme.judge(event.criteria, journey.members_on(event.on))
    waits = [WAITS] if programme.judges_needs and event.eligible else []
    group = ["in the comparison group: followed without a key worker"] if event.cohort == COMPARISON else []
    return (_verdict(event.eligible), *sentences(judged), *waits, *group)


def _verdict(eligible: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "eligible" if eligible else "not eligible"


def _counted(judged: Judgement) -> str:
    """Say how many count and which, by criteria or by the groups they stand in."""
    shown = judged.counted if judged.counting == "criteria" else judged.groups
    by = f" ({', '.join(judged.counted)})" if judged.counting == "groups" and judged.counted else ""
    what = ", ".join(shown) or "none"
    needed = ONE[judged.counting] if judged.needed == 1 else judged.counting
    return f"{judged.counting} met: {what}{by}; needs {judged.needed} {needed}"
