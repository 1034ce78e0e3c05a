"""A programme: the versioned rule pack a journey runs under, as data with a source behind every figure."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from domain.calendar import Nation
from domain.categories import Category
from domain.channels import ChannelName
from domain.claims.windows import AuditShare, ClaimWindow
from domain.evidence import EVIDENCE_KINDS
from domain.family import Member
from domain.model import Sourced, Value
from domain.programme.eligibility import Eligibility, Household, Judgement
from domain.programme.local_scheme import Cohorts, Funding, Localities, Need, Places
from domain.programme.results import Attachment, Result, SchoolTerms
from domain.stages import STAGES, Stage, faults_of

Work = Literal[
    "identification",
    "allocation",
    "first-contact",
    "assessment",
    "plan",
    "intervention-start",
    "plan-review",
    "check",
    "regression-response",
    "check-decision",
    "handover-answer",
    "clawback-decision",
    "handover-refusal",
    "close",
    "action",
    "meeting",
    "concern-answer",
    "people-changed",
]
# `offered`: whom the family is offered to; the managers are those of the two sides of a handover. `named`: the
# colleague with whom a concern was raised, or who held a family as it was merged or split.
Holder = Literal["holder", "coordinator", "manager", "offered", "receiving-manager", "giving-manager", "named"]
NAMING: tuple[Work, ...] = ("concern-answer", "people-changed")
UNSET_CAP = 10  # where a pack sets none; a house default


class Span(Sourced):
    """A length of time in exactly one unit: working days, or calendar months."""

    working_days: int | None = Field(default=None, ge=0)
    months: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.working_days is None) == (self.months is None):
            raise ValueError("give working_days or months, one of the two")
        return self


class Rung(Value):
    """A step of a reminder ladder: `at` working days from the due date (negative: before it).

    It goes `to` the clock's owner, or escalates to whom the clock says, unless it names someone itself. With `every` it
    comes again after so many working days each time, until the day `until` at the latest, as long as the work is owed.
    """

    at: int = Field(ge=-60, le=60)
    escalate: bool = False
    to: Holder | None = None
    every: int | None = Field(default=None, ge=1)
    until: int | None = Field(default=None, le=260)

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if (self.every is None) != (self.until is None):
            raise ValueError(f"rung {self.at}: give `every` and `until` together, or neither of them")
        if self.every is not None and self.until is not None and self.at + self.every > self.until:
            raise ValueError(
                f"rung {self.at}: never comes again by {self.until}; set `until` later, or leave `every` out"
            )
        return self

    @property
    def times(self) -> tuple["Rung", ...]:
        """Each time that it comes, as a rung of its own."""
        if self.every is None or self.until is None:
            return (self,)
        days = range(self.at, self.until + 1, self.every)
        return tuple(Rung.model_construct(at=day, escalate=self.escalate, to=self.to) for day in days)


class Clock(Value):
    """By when a piece of work is owed, by whom, and who hears of it before, on and after the day.

    A check has no `within`: its days come from `checks`. An `urgent` clock knows no office hours: its rungs count
    every day, at the hour at which the work became known, and nothing of it waits for the morning.
    """

    work: Work
    within: Span | None = None
    owner: Holder
    escalate_to: Holder
    ladder: tuple[Rung, ...] = Field(min_length=1)
    urgent: bool = False

    @model_validator(mode="after")
    def _has_a_span(self) -> Self:
        if (self.within is None) != (self.work == "check"):
            raise ValueError(f"clock {self.work}: give `within`, except for check, whose days come from `checks`")
        return self

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        named = {self.owner, self.escalate_to, *(rung.to for rung in self.ladder)}
        if "named" in named and self.work not in NAMING:
            why = "only a concern and a change of people name somebody; use holder, coordinator or manager"
            raise ValueError(f"clock {self.work}: {why}")
        return self

    @model_validator(mode="after")
    def _distinct_rungs(self) -> Self:
        if len(set(self.rungs)) < len(self.rungs):
            raise ValueError(f"clock {self.work}: a rung stands twice in its ladder; remove one")
        return self

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """Return the ladder with every repeated rung as often as it comes, the first at the foot."""
        return tuple(sorted((each for rung in self.ladder for each in rung.times), key=lambda rung: rung.at))


class Months(Sourced):
    """A number of calendar months."""

    value: int = Field(ge=1)


class Checks(Sourced):
    """When sustained-outcome checks fall, in months after step-down, and the grace after an insufficient one.

    `ask_months_before` a check, evidence is asked of the partners; without it nobody is asked.
    """

    months: tuple[int, ...] = Field(min_length=1)
    grace_months: int = Field(ge=1)
    ask_months_before: Months | None = None

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if list(self.months) != sorted(set(self.months)) or self.months[0] < 1:
            raise ValueError("check months must be positive and ascending, such as [6, 12]")
        return self


class Cap(Sourced):
    """How many open families one key worker may hold."""

    families: int = Field(ge=1)


class Evaluations(Sourced):
    """Months after the start of the intervention as of which the results are evaluated of their own accord.

    The evaluation itself comes `lag_months` later: until partners have sent their returns for the window, nothing
    can be concluded from it.
    """

    months: tuple[int, ...] = ()
    lag_months: int = Field(default=0, ge=0)


class Agreement(Sourced):
    """A sharing agreement: what a partner may send us, and what we may tell it, for which purpose and how."""

    partner: str = Field(pattern=r"^[a-z0-9-]+$")
    kinds: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    lawful_basis: str
    valid_from: date
    valid_to: date | None = None
    channel: ChannelName | None = None

    @model_validator(mode="after")
    def _known_kinds(self) -> Self:
        unknown = sorted(set(self.kinds) - set(EVIDENCE_KINDS))
        if unknown:
            raise ValueError(f"unknown evidence kinds {', '.join(unknown)}; known: {', '.join(EVIDENCE_KINDS)}")
        return self

    def holds_on(self, day: date) -> bool:
        """Tell whether the agreement is in force on `day`; both its ends are."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Notice(Sourced):
    """Which partners are told of an event of the path; `referrer` stands for whoever referred the family."""

    event: str
    partners: tuple[str, ...]
    purpose: str
    categories: tuple[Category, ...]


class Programme(Value):
    """A resolved rule pack; `hash` is the SHA-256 of its canonical content."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    version: str
    title: str
    source: str
    hash: str = ""
    area: str = "any"
    nation: Nation = "ENG"
    stages: tuple[Stage, ...] = STAGES
    localities: Localities | None = None
    household: Household | None = None
    eligibility: Eligibility | None = None
    cohorts: Cohorts | None = None
    needs: tuple[Need, ...] = ()
    caseload: Cap | None = None
    places: Places | None = None
    funding: Funding | None = None
    clocks: tuple[Clock, ...] = ()
    checks: Checks | None = None
    evaluations: Evaluations | None = None
    agreements: tuple[Agreement, ...] = ()
    notices: tuple[Notice, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    results: tuple[Result, ...] = ()
    terms: tuple[SchoolTerms, ...] = ()
    windows: tuple[ClaimWindow, ...] = ()
    audit: AuditShare | None = None

    @model_validator(mode="after")
    def _audited_windows(self) -> Self:
        labels = [window.label for window in self.windows]
        repeated = sorted({label for label in labels if labels.count(label) > 1})
        if repeated:
            raise ValueError(f"more than one claim window {', '.join(repeated)}")
        if labels and self.audit is None:
            raise ValueError("claim windows need `audit`: what share of the claims internal audit looks at")
        return self

    @model_validator(mode="after")
    def _one_clock_a_work(self) -> Self:
        works = [clock.work for clock in self.clocks]
        repeated = sorted({work for work in works if works.count(work) > 1})
        if repeated:
            raise ValueError(f"more than one clock for {', '.join(repeated)}")
        return self

    @model_validator(mode="after")
    def _one_agreement_a_day(self) -> Self:
        held = sorted(self.agreements, key=lambda agreement: (agreement.partner, agreement.valid_from))
        for earlier, later in pairwise(held):
            if earlier.partner == later.partner and earlier.holds_on(later.valid_from):
                raise ValueError(f"two agreements with {later.partner} hold on {later.valid_from}; end the first")
        return self

    @model_validator(mode="after")
    def _stages_of_the_path(self) -> Self:
        if faults := faults_of(self.stages):
            raise ValueError("; ".join(faults))
        return self

    def judge(self, criteria: Sequence[str], members: Sequence[Member]) -> Judgement:
        """Judge a family at identification: its household, and its criteria unless they wait for the assessment."""
        judged = Judgement() if self.judges_needs else self.judge_needs(criteria)
        faults = self.household.faults(members, criteria) if self.household else ()
        return judged.model_copy(update={"household": faults, "eligible": judged.eligible and not faults})

    def judge_needs(self, met: Iterable[str]) -> Judgement:
        """Hold what a family meets against the rule; without a rule, every family is eligible."""
        return Judgement() if self.eligibility is None else self.eligibility.judge(met)

    @property
    def judges_needs(self) -> bool:
        """Whether the needs found at assessment, and not the criteria of the referral, decide who is eligible."""
        return self.eligibility is not None and self.eligibility.judged_at == "assessment"

    @property
    def known_criteria(self) -> tuple[str, ...] | None:
        """The criteria that may be named of a family; None where there is no rule and any may."""
        if self.eligibility is None:
            return None
        instead = self.household.or_criterion if self.household else None
        listed = [criterion.id for criterion in self.eligibility.criteria]
        return tuple(dict.fromkeys([*listed, *([instead] if instead else [])]))

    @property
    def known_needs(self) -> tuple[str, ...] | None:
        """The needs that may be found at assessment; None where the pack lists none and any may."""
        if not self.needs:
            return None
        return tuple(dict.fromkeys([*(need.id for need in self.needs), *(self.known_criteria or ())]))

    def goes_through(self, stage: Stage) -> bool:
        """Tell whether a journey of this programme can come to `stage`."""
        return stage in self.stages

    def attachment_on(self, day: date) -> Attachment | None:
        """Return what attaching a family pays on `day`, None where that pays nothing."""
        return next((paid for paid in self.attachments if paid.from_ <= day <= paid.to), None)

    def needs_an_outcome(self, need: str) -> bool:
        """Tell whether `need` is a problem; what stands in place of children, such as a pregnancy, is none."""
        if self.household is None or need != self.household.or_criterion:
            return True
        return self.eligibility is not None and need in {criterion.id for criterion in self.eligibility.criteria}

    @property
    def cap(self) -> int:
        """How many open families a key worker without a cap of their own may hold."""
        return self.caseload.families if self.caseload else UNSET_CAP

    def clock(self, work: Work) -> Clock | None:
        """Return the clock of `work`, or None where the pack sets none; the case file has clocks of the house."""
        return next((clock for clock in (*self.clocks, *HOUSE_CLOCKS) if clock.work == work), None)

    def agreement(self, partner: str, day: date) -> Agreement | None:
        """Return the agreement in force with `partner` on `day`."""
        return next((held for held in self.agreements if held.partner == partner and held.holds_on(day)), None)

    @property
    def referrers(self) -> str:
        """Say who may refer a family, as the remedy of a refusal."""
        known = ", ".join(dict.fromkeys(held.partner for held in self.agreements))
        return f"use one of {known}" if known else "it names no partner: use a programme that extends it"

    def knows_referrer(self, partner: str) -> bool:
        """Tell whether `partner` is named by any agreement of the pack."""
        return any(held.partner == partner for held in self.agreements)


def _house(work: Work, owner: Holder, *ladder: Rung, urgent: bool = False) -> Clock:
    """Return a clock for work whose day is said with it; what it would be without one is never read."""
    day = Span(working_days=1, source="house default: its day is agreed with it", confidence="unverified")
    return Clock(work=work, within=day, owner=owner, escalate_to="manager", ladder=ladder, urgent=urgent)


# For packs that set none: journeys run for years on a pack from before there was such work.
HOUSE_CLOCKS = (
    _house("action", "holder", Rung(at=-1), Rung(at=0), Rung(at=3, escalate=True)),
    _house("meeting", "holder", Rung(at=-2), Rung(at=0), Rung(at=3, escalate=True)),
    _house("concern-answer", "named", Rung(at=0), Rung(at=1, every=1, until=14, escalate=True), urgent=True),
    _house("people-changed", "named", Rung(at=0), Rung(at=5, escalate=True)),
)
