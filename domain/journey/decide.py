"""What happens when a command meets a journey: a list of events, or a `Rejected` with a reason and a remedy."""

from collections.abc import Sequence
from typing import assert_never

from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import owed_now
from domain.journey.case import decide_case
from domain.journey.claim_decisions import decide_claim
from domain.journey.deadlines import decide_deadline
from domain.journey.evolve import evolve
from domain.journey.facts import Facts
from domain.journey.families import decide_families
from domain.journey.holder import decide_holder
from domain.journey.members import decide_member
from domain.journey.path import decide_path
from domain.journey.records import decide_record
from domain.journey.state import Journey
from domain.programme.programme import Programme


def decide(journey: Journey, command: c.AnyCommand, facts: Facts, programme: Programme) -> list[e.AnyEvent]:
    """Return what happens; an empty list when there is nothing to do. Raise `Rejected` when it does not fit."""
    return [event for event, _ in advance(journey, command, facts, programme)]


def advance(
    journey: Journey, command: c.AnyCommand, facts: Facts, programme: Programme
) -> list[tuple[e.AnyEvent, Journey]]:
    """Return what happens, each event with the journey just after it; raise `Rejected` when the command does not fit.

    What a correction changes is seen only when the journey is folded anew.
    """
    admit(journey, command)
    steps: list[tuple[e.AnyEvent, Journey]] = []
    for event in _choose(journey, command, facts, programme):
        journey = evolve(journey, event)
        steps.append((event, journey))
    for ending in endings(journey, programme, command):
        journey = evolve(journey, ending)
        steps.append((ending, journey))
    return steps


def admit(journey: Journey, command: c.AnyCommand) -> None:
    """Refuse what no journey in this state accepts, before looking at the particulars."""
    if journey.stage == "unreferred" and command.type not in {"refer", "pass-time"}:
        raise Rejected(
            "unknown-journey",
            "no such journey",
            "check the reference with journeys list, or refer the family first: journeys refer",
        )
    if journey.erased_on is not None and not command.after_erasing:
        raise Rejected(
            "erased",
            f"{journey.reference} was erased on {journey.erased_on} ({journey.erased_for})",
            "nothing more can be recorded; to work with the people again: journeys refer",
        )
    if journey.merged_into is not None and not command.after_merging:
        raise Rejected(
            "merged",
            f"{journey.reference} was merged into {journey.merged_into}",
            f"record it there: journeys show {journey.merged_into}; to undo the merge, ask a manager: "
            f"journeys families undo {journey.reference} --reason CODE",
        )
    if journey.stage == "closed" and not command.after_close:
        raise Rejected(
            "closed",
            f"{journey.reference} was closed on {journey.closed_on} ({journey.outcome})",
            f"to continue it, ask a manager: journeys reopen {journey.reference} --reason CODE; for a new journey: "
            "journeys refer. Corrections, evidence, withdrawals of consent, and contacts and checks before the close "
            "can still be recorded",
        )


def _choose(  # noqa: PLR0911 - one case a subject
    journey: Journey, command: c.AnyCommand, facts: Facts, programme: Programme
) -> Sequence[e.AnyEvent]:
    """Let each subject decide its own commands."""
    if isinstance(command, c.PathCommand):
        return decide_path(journey, command, facts, programme)
    if isinstance(command, c.MemberCommand):
        return decide_member(journey, command, facts, programme)
    if isinstance(command, c.FamilyCommand):
        return decide_families(journey, command, facts)
    if isinstance(command, c.HolderCommand):
        return decide_holder(journey, command, facts, programme)
    if isinstance(command, c.CaseCommand):
        return decide_case(journey, command, facts, programme)
    if isinstance(command, c.RecordCommand):
        return decide_record(journey, command, facts, programme)
    if isinstance(command, c.DeadlineCommand):
        return decide_deadline(journey, command, programme)
    if isinstance(command, c.ClaimCommand):
        return decide_claim(journey, command, facts)
    assert_never(command)


def endings(after: Journey, programme: Programme, command: c.AnyCommand) -> list[e.ReminderEnded]:
    """End each live reminder whose work is no longer owed, in the same transaction that ended the work.

    What a correction ends is seen once the journey is folded anew: by the next command, if only `pass-time`.
    """
    owed = {(item.work, item.generation) for item in owed_now(after, programme)}
    return [
        e.ReminderEnded(at=command.at, reminder_id=reminder.id, because=command.ends_because or command.type)
        for reminder in after.reminders
        if reminder.live and (reminder.work, reminder.generation) not in owed
    ]
