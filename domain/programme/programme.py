"""A programme: the versioned rule pack a journey runs under, as data with a source behind every figure."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from domain.calendar import Nation
from domain.claims.windows import AuditShare, ClaimWindow
from domain.family import Member
from domain.model import Sourced, Value
from domain.programme.agreements import Agreement, Notice
from domain.programme.clocks import HOUSE_CLOCKS, Clock, Work
from domain.programme.eligibility import Eligibility, Household, Judgement
from domain.programme.local_scheme import Cohorts, Funding, Localities, Need, Places
from domain.programme.results import Attachment, Result, SchoolTerms
from domain.stages import STAGES, Stage, faults_of

UNSET_CAP = 10  # where a pack sets none; a house default


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
