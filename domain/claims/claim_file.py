"""The claim file: one family's claim with all its evidence, and the report on what it may be paid for.

The same file, pack and as-of date give the same report, byte for byte, in whatever order the evidence stands.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from pydantic import Field

from domain.calendar import Nation
from domain.claims.school_terms import spans_of, terms_of
from domain.evidence import Day, Evidence, Text
from domain.model import Code, Value
from domain.programme.results import Limb, Period, Result, SchoolTerms
from domain.rules.case import Case, known
from domain.rules.evaluate import evaluate
from domain.rules.finding import Dates, Finding, gather
from domain.rules.logic import Verdict, all_of
from domain.rules.member import FamilyMember
from domain.rules.payment import Payable, payable


class Family(Value):
    """The household of the claim."""

    members: tuple[FamilyMember, ...] = Field(min_length=1)


class Practice(Value):
    """When each step of the work with the family was taken."""

    lawful_basis_on: Day | None = None
    key_worker_from: Day | None = None
    assessed_on: Day | None = None
    plan_on: Day | None = None
    first_contact_on: Day | None = None


class Paid(Value):
    """Whole pounds paid earlier for a result of this family."""

    result: Text
    amount: int = Field(ge=0, strict=True)


class ClaimFile(Value):
    """All that a claim is decided from; a file that was exported names the very pack it was decided under."""

    programme: Text
    programme_hash: Text | None = None
    as_of: Day
    engaged_from: Day
    family: Family
    evidence: tuple[Evidence, ...] = ()
    needs: tuple[Code, ...] = ()
    practice: Practice = Practice()
    paid: tuple[Paid, ...] = ()
    terms: tuple[Period, ...] | None = Field(default=None, min_length=1)


class LimbReport(Value):
    """One limb: what was looked at, found, demanded and concluded."""

    limb: str
    verdict: Verdict
    figure: str | None
    threshold: str | None
    window: Dates | None
    evidence: tuple[str, ...]
    note: str


class ResultReport(Value):
    """One result: its verdict, the pounds it adds to this claim, and its limbs."""

    result: str
    verdict: Verdict
    amount: int
    limbs: tuple[LimbReport, ...]


class PayableReport(Value):
    """What may be claimed now, and for which results."""

    amount: int
    results: tuple[str, ...]


class ClaimReport(Value):
    """The answer to a claim file."""

    programme: str
    programme_hash: str
    as_of: date
    results: tuple[ResultReport, ...]
    payable: PayableReport


class Pack(Protocol):
    """What a claim needs of a programme."""

    @property
    def name(self) -> str:
        """Return the name of the pack."""

    @property
    def hash(self) -> str:
        """Return the hash of its content."""

    @property
    def results(self) -> tuple[Result, ...]:
        """Return what it pays for."""

    @property
    def terms(self) -> tuple[SchoolTerms, ...]:
        """Return its school terms."""

    @property
    def area(self) -> str:
        """Return the area whose school terms it takes."""

    @property
    def nation(self) -> Nation:
        """Return the nation whose bank holidays are no school days."""


def explain(claim: ClaimFile, pack: Pack) -> tuple[Finding, ...]:
    """Judge each result of the pack; the parts of a finding are the limbs, in the order of the pack, then practice."""
    case = case_of(claim, pack)
    return tuple(_result(result, case) for result in pack.results)


def case_of(claim: ClaimFile, pack: Pack) -> Case:
    """Return all that the rules of the pack may look at of this claim."""
    return Case(
        as_of=claim.as_of,
        engaged_from=claim.engaged_from,
        members=tuple(sorted(claim.family.members, key=_id)),
        terms=spans_of(claim.terms) if claim.terms else terms_of(pack),
        practice=dict(claim.practice),
        needs=tuple(sorted(set(claim.needs))),
        known=known(claim.evidence),
        nation=pack.nation,
    )


def check(claim: ClaimFile, pack: Pack) -> ClaimReport:
    """Report what the claim may be paid for under the pack, and why."""
    return report(claim, pack, explain(claim, pack))


def report(claim: ClaimFile, pack: Pack, findings: tuple[Finding, ...]) -> ClaimReport:
    """Report the findings of `explain` and what they add up to."""
    met = [result for result, found in zip(pack.results, findings, strict=True) if found.verdict == "met"]
    due = payable(met, _paid(claim.paid), claim.as_of)
    return ClaimReport(
        programme=pack.name,
        programme_hash=pack.hash,
        as_of=claim.as_of,
        results=tuple(_result_report(found, due) for found in findings),
        payable=PayableReport(amount=due.amount, results=tuple(due.amounts)),
    )


def _result(result: Result, case: Case) -> Finding:
    """A result applies where a limb does: practice alone earns nothing."""
    limbs = [_limb(limb, case) for limb in result.limbs]
    applies = {limb.verdict for limb in limbs} != {"not_applicable"}
    practice = [evaluate(result.practice, case).model_copy(update={"name": "practice"})] if result.practice else []
    verdict = all_of([limb.verdict for limb in (*limbs, *practice)]) if applies else "not_applicable"
    return gather(result.name, verdict, [*limbs, *practice])


def _limb(limb: Limb, case: Case) -> Finding:
    return evaluate(limb.rule, case).model_copy(update={"name": limb.name})


def _result_report(found: Finding, due: Payable) -> ResultReport:
    return ResultReport(
        result=found.name,
        verdict=found.verdict,
        amount=due.amounts.get(found.name, 0),
        limbs=tuple(limb_report(limb) for limb in found.parts),
    )


def limb_report(limb: Finding) -> LimbReport:
    """Report one finding: what was looked at, found, demanded and concluded."""
    return LimbReport(
        limb=limb.name,
        verdict=limb.verdict,
        figure=limb.figure,
        threshold=limb.threshold,
        window=limb.window,
        evidence=limb.evidence,
        note=limb.note,
    )


def _paid(paid: Iterable[Paid]) -> Mapping[str, int]:
    totals: defaultdict[str, int] = defaultdict(int)
    for item in paid:
        totals[item.result] += item.amount
    return totals


def _id(member: FamilyMember) -> str:
    return member.id
