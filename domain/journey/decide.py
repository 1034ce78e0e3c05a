"""What happens when a command meets a journey: a list of events, or a `Rejected` with a reason and a remedy."""

from collections.abc import Sequence
from typing import assert_never

from domain.errors import Rejected
from domain.journey.agenda import owed_now
from domain.journey.claim_decisions import decide_clawback, record_eligibility, record_review
from domain.journey.commands import (
    AcceptHandover,
    AcknowledgeReminder,
    AgreePlan,
    AllocateKeyWorker,
    AnyCommand,
    AssessFamily,
    CancelDeadline,
    CloseJourney,
    CorrectEvent,
    DecideClawback,
    EraseFamily,
    IdentifyFamily,
    MoveDeadline,
    OfferHandover,
    PassTime,
    PauseDeadline,
    RecordCheck,
    RecordConsent,
    RecordContact,
    RecordEligibility,
    RecordEvidence,
    RecordNotification,
    RecordReminder,
    RecordReview,
    ReferFamily,
    RefuseHandover,
    ResumeDeadline,
    RetryMessage,
    ReviewPlan,
    StartIntervention,
    StepDown,
    StepUp,
    WithdrawConsent,
    WithdrawHandover,
)
from domain.journey.deadlines import cancel_deadline, move_deadline, pause_deadline, resume_deadline
from domain.journey.erasure import erase
from domain.journey.events import AnyEvent, ReminderEnded
from domain.journey.evolve import evolve
from domain.journey.holder import accept_handover, allocate, offer_handover, refuse_handover, withdraw_handover
from domain.journey.messages import retry_message
from domain.journey.path import (
    agree_plan,
    assess,
    close,
    consent,
    identify,
    record_check,
    record_contact,
    refer,
    review_plan,
    start_intervention,
    step_down,
    step_up,
    withdraw_consent,
)
from domain.journey.records import (
    acknowledge,
    correct,
    pass_time,
    record_evidence,
    record_notification,
    record_reminder,
)
from domain.journey.state import Journey
from domain.programme.programme import Programme

# What a closed journey still accepts, on any way in. Consent may be withdrawn at any time: messages may be waiting.
AFTER_CLOSE = (
    "withdraw-consent",
    "correct",
    "record-evidence",
    "record-reminder",
    "record-notification",
    "record-eligibility",
    "record-review",
    "decide-clawback",
    "acknowledge",
    "retry-message",
    "pass-time",
    "erase",
)
# Of an erased family: what became of messages under way, and of its claims, which stay.
AFTER_ERASING = (
    "record-reminder",
    "record-notification",
    "record-eligibility",
    "record-review",
    "decide-clawback",
    "acknowledge",
    "pass-time",
    "erase",
)


def decide(journey: Journey, command: AnyCommand, programme: Programme) -> list[AnyEvent]:
    """Return what happens; an empty list when there is nothing to do. Raise `Rejected` when it does not fit."""
    admit(journey, command)
    happened = _choose(journey, command, programme)
    return [*happened, *_endings(journey, happened, programme, command)]


def admit(journey: Journey, command: AnyCommand) -> None:
    """Refuse what no journey in this state accepts, before looking at the particulars."""
    if journey.stage == "unreferred" and command.type not in {"refer", "pass-time"}:
        raise Rejected("unknown-journey", "no such journey", "check the reference, or refer the family first")
    if journey.erased_on is not None and command.type not in AFTER_ERASING:
        raise Rejected(
            "erased",
            f"{journey.reference} was erased on {journey.erased_on} ({journey.erased_for})",
            "nothing more can be recorded of it; refer the people anew, as a family of their own",
        )
    if journey.stage == "closed" and command.type not in (*AFTER_CLOSE, "refer"):
        raise Rejected(
            "closed",
            f"{journey.reference} was closed on {journey.closed_on} ({journey.outcome})",
            "it takes corrections, evidence and withdrawals of consent only; refer the family again for a new journey",
        )


def _choose(journey: Journey, command: AnyCommand, programme: Programme) -> Sequence[AnyEvent]:  # noqa: C901, PLR0911, PLR0912 - one case a command, in the order of the path
    match command:
        case ReferFamily():
            return refer(journey, command, programme)
        case RecordConsent():
            return consent(journey, command)
        case WithdrawConsent():
            return withdraw_consent(journey, command)
        case IdentifyFamily():
            return identify(journey, command, programme)
        case AllocateKeyWorker():
            return allocate(journey, command, programme)
        case OfferHandover():
            return offer_handover(journey, command)
        case WithdrawHandover():
            return withdraw_handover(journey, command)
        case AcceptHandover():
            return accept_handover(journey, command, programme)
        case RefuseHandover():
            return refuse_handover(journey, command)
        case RecordContact():
            return record_contact(journey, command)
        case AssessFamily():
            return assess(journey, command, programme)
        case AgreePlan():
            return agree_plan(journey, command, programme)
        case StartIntervention():
            return start_intervention(journey, command)
        case ReviewPlan():
            return review_plan(journey, command)
        case StepDown():
            return step_down(journey, command, programme)
        case StepUp():
            return step_up(journey, command)
        case RecordCheck():
            return record_check(journey, command, programme)
        case CloseJourney():
            return close(journey, command, programme)
        case EraseFamily():
            return erase(journey, command)
        case CorrectEvent():
            return correct(journey, command, programme)
        case RecordEvidence():
            return record_evidence(journey, command)
        case AcknowledgeReminder():
            return acknowledge(journey, command)
        case MoveDeadline():
            return move_deadline(journey, command, programme)
        case PauseDeadline():
            return pause_deadline(journey, command, programme)
        case ResumeDeadline():
            return resume_deadline(journey, command, programme)
        case CancelDeadline():
            return cancel_deadline(journey, command, programme)
        case PassTime():
            return pass_time(journey, command, programme)
        case RecordReminder():
            return record_reminder(journey, command)
        case RecordNotification():
            return record_notification(journey, command)
        case RetryMessage():
            return retry_message(journey, command)
        case RecordEligibility():
            return record_eligibility(command)
        case RecordReview():
            return record_review(command)
        case DecideClawback():
            return decide_clawback(journey, command)
        case _:
            assert_never(command)


def _endings(
    journey: Journey, happened: Sequence[AnyEvent], programme: Programme, command: AnyCommand
) -> list[ReminderEnded]:
    """End each live reminder whose work is no longer owed, in the same transaction that ended the work.

    What a correction ends is seen once the journey is folded anew: by the next command, if only `pass-time`.
    """
    after = journey
    for event in happened:
        after = evolve(after, event)
    owed = {(item.work, item.generation) for item in owed_now(after, programme)}
    return [
        ReminderEnded(at=command.at, reminder_id=reminder.id, because=command.type)
        for reminder in after.reminders
        if reminder.live and (reminder.work, reminder.generation) not in owed
    ]
