"""The state of one journey: what its events have made of it, and nothing that can be read off the programme."""

from datetime import date, datetime, timedelta
from typing import Literal

from domain.evidence import Evidence
from domain.family import Consent, Member
from domain.journey.case_file import CaseFile
from domain.journey.events import CheckVerdict, Counterpart, ErasureReason, JoinedReferral, Outcome, ReviewOutcome
from domain.journey.events.claim_decisions import Verdict
from domain.journey.events.families import Change
from domain.model import Value
from domain.programme.clocks import Work
from domain.stages import Stage

Intensity = Literal["high", "low"]
DeadlineState = Literal["moved", "paused", "cancelled"]
ReminderState = Literal["due", "sent", "not-sent", "acknowledged", "escalated", "ended"]

UNHEARD = timedelta(days=90)  # a child who was not heard for longer is named
EXTENSIONS = 1  # how often an insufficient check is made again by itself


class Changed(Value):
    """What people made of the deadline of `work`: another day, a clock that stands still, or no deadline at all."""

    work: Work
    state: DeadlineState
    on: date
    due_on: date | None
    reason: str


class Owed(Value):
    """A piece of work on the journey, owed `since` a day and `known` to us from the moment that was recorded.

    Its `generation` is the version of the event that made it owed: a new one each time, and one that no correction
    of another event can move. `about` is an entry of the case file, `by` the day that was agreed for it, and `who` has
    to do it, where it is not for whoever the clock names.
    """

    work: Work
    since: date
    known: datetime
    generation: int
    done: bool = False
    changed: Changed | None = None
    about: str | None = None
    by: date | None = None
    who: str | None = None


class Reminder(Value):
    """Where a reminder stands in its chain; `told` once it is known what became of its message.

    `unsent` is why the message could not go out, known from `unsent_at`.
    """

    id: str
    work: Work
    generation: int
    state: ReminderState = "due"
    told: bool = False
    due_on: date | None = None
    escalation: bool = False
    unsent: str | None = None
    unsent_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether the reminder still waits for an answer."""
        return self.state in {"due", "sent", "not-sent"}

    @property
    def wanted(self) -> bool:
        """Whether its message should still go out: also when it was escalated before, as after an outage."""
        return self.live or self.state == "escalated"


class Check(Value):
    """A sustained-outcome check made since the last step-down."""

    months: int
    on: date
    verdict: CheckVerdict


class Found(Value):
    """A need found at an assessment, and on which day first."""

    need: str
    on: date


def withdrawal_id(evidence_id: str) -> str:
    """Return the id of the withdrawal that people make of an observation; no partner's event has an id like it."""
    return f"withdrawn:{evidence_id}"


class TakenIn(Value):
    """People of another family who were taken in by event `version`, at a moment, with what came with them.

    `before` is how members that were known here read until then; `evidence` are the ids of what was new here.
    """

    of: str
    how: Change
    at: datetime
    version: int
    people: tuple[Counterpart, ...]
    before: tuple[Member, ...] = ()
    referrals: tuple[JoinedReferral, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def added(self) -> frozenset[str]:
        """Who of them was not known here before, by their ids here."""
        return frozenset(each.here for each in self.people if not each.known)


class Link(Value):
    """Another family of the same people since a moment: what either claims counts as claimed for both.

    Once that was undone (`until`), only what was claimed meanwhile does.
    """

    other: str
    at: datetime
    until: datetime | None = None


class BeforeClose(Value):
    """Where a closed journey stood, so that it can go on there when the close is taken back."""

    stage: Stage
    intensity: Intensity | None
    handover_to: str | None
    owed: tuple[Owed, ...]


class LastVerdict(Value):
    """What the last evaluation found of a result that has no claim."""

    result: str
    verdict: Verdict
    as_of: date


class Journey(Value):
    """One family's path; `version` counts its events."""

    version: int = 0
    stage: Stage = "unreferred"
    journey_id: str = ""
    reference: str = ""
    area: str = ""
    locality: str = ""
    programme: str = ""
    programme_version: str = ""
    programme_hash: str = ""
    members: tuple[Member, ...] = ()
    unborn: tuple[str, ...] = ()
    referrer: str = ""
    referred_on: date | None = None
    criteria: tuple[str, ...] = ()
    joined: tuple[JoinedReferral, ...] = ()
    earlier: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    identified_on: date | None = None
    eligible: bool | None = None
    cohort: str | None = None
    key_worker: str | None = None
    key_worker_from: date | None = None
    held_from: date | None = None
    waiver: str | None = None
    handover_to: str | None = None
    first_contact_on: date | None = None
    last_contact_on: date | None = None
    assessed_on: date | None = None
    first_assessed_on: date | None = None
    needs: tuple[str, ...] = ()
    needs_found: tuple[Found, ...] = ()
    plan_on: date | None = None
    first_plan_on: date | None = None
    intervention_from: date | None = None
    first_intervention_from: date | None = None
    reviewed_on: date | None = None
    review_outcome: ReviewOutcome | None = None
    intensity: Intensity | None = None
    stepped_down_on: date | None = None
    checks: tuple[Check, ...] = ()
    closed_on: date | None = None
    outcome: Outcome | Literal["merged"] | None = None
    before_close: BeforeClose | None = None
    erased_on: date | None = None
    erased_for: ErasureReason | None = None
    owed: tuple[Owed, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    evaluations: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    settled_effects: tuple[str, ...] = ()
    retried: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    verdicts: tuple[LastVerdict, ...] = ()
    clawbacks: tuple[str, ...] = ()
    case: CaseFile = CaseFile()
    merged_into: str | None = None
    merged_people: tuple[Counterpart, ...] = ()
    taken: tuple[TakenIn, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the journey was referred and not yet closed."""
        return self.stage not in {"unreferred", "closed"}

    def members_on(self, day: date | None) -> tuple[Member, ...]:
        """The people of the family on a day; without one, everybody who ever was on this journey."""
        return tuple(member for member in self.members if day is None or member.belongs(day))

    @property
    def present(self) -> tuple[Member, ...]:
        """The people of the family who have not left."""
        return tuple(member for member in self.members if member.to is None)

    @property
    def referrers(self) -> tuple[str, ...]:
        """Every partner that referred the family, the first one first."""
        return tuple(dict.fromkeys((self.referrer, *(referral.referrer for referral in self.joined))))

    @property
    def holder(self) -> str | None:
        """Who holds this family: its key worker from allocation to close, else nobody by name."""
        return self.key_worker if self.open else None

    @property
    def sustained_months(self) -> tuple[int, ...]:
        """The checks passed since the last step-down, in months."""
        return tuple(check.months for check in self.checks if check.verdict == "sustained")

    def needs_by(self, day: date) -> tuple[str, ...]:
        """Every need known by `day`: the criteria met at identification and all that an assessment found, ever.

        A need that a later assessment no longer finds stays: a result is about every problem the family had.
        """
        identified = self.criteria if self.identified_on is not None and self.identified_on <= day else ()
        return tuple(sorted({*identified, *(found.need for found in self.needs_found if found.on <= day)}))

    def unheard(self, today: date, longer_than: timedelta) -> tuple[str, ...]:
        """The children of the family, held by a key worker, who were not heard for that long."""
        return tuple(name for name, since in self.heard_since().items() if today - since > longer_than)

    def heard_since(self) -> dict[str, date]:
        """Since when each child who is of the family has not been heard: since it was, or since it could have been."""
        if not self.open or self.held_from is None:
            return {}
        return {
            member.id: max(filter(None, (self.held_from, member.from_, self.case.heard_on(member.id))))
            for member in self.present
            if member.role == "child" and member.id not in self.unborn
        }

    def waits_for_answer(self, concern: str) -> bool:
        """Tell whether a concern of this name waits for its answer."""
        return any(each.id == concern and each.answer is None for each in self.case.concerns)

    def withdrawal_of(self, evidence_id: str) -> Evidence | None:
        """Return the withdrawal by which we ourselves, not its source, set an observation aside; None without one."""
        return next((held for held in self.evidence if held.id == withdrawal_id(evidence_id)), None)

    @property
    def insufficient_in_a_row(self) -> int:
        """How often the check that is still to pass was insufficient, one time after the other."""
        made = [check.verdict for check in self.checks]
        return next((number for number, verdict in enumerate(reversed(made)) if verdict != "insufficient"), len(made))

    def owes(self, work: Work) -> Owed | None:
        """Return the piece of work if it is owed now."""
        return next((owed for owed in self.owed if owed.work == work and not owed.done), None)

    def reminder(self, reminder_id: str) -> Reminder | None:
        """Return a reminder that fell due, by its id."""
        return next((reminder for reminder in self.reminders if reminder.id == reminder_id), None)


UNREFERRED = Journey()
