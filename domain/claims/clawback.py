"""How a claim stands on what is known today, and whether that is cause to claw it back.

Decided here:

- A claim is judged again as of its own day, on its own pack and with the earlier claims it was decided with, so that
  nothing but evidence, corrections and practice dates can make a difference. It is held against what was claimed
  with it or before it: late good news that would favour another result is no cause to claw back this one.
- A result that was given up since (rejected, found unsound, clawed back) counts for nothing: what was paid only beside
  it has lost its ground. What was claimed as the balance over it is worth more; that is a cause to claim it anew only
  while it was not billed, since a result is billed once.
- A cause is what the claim comes to and the limbs that changed, with their figures. What was raised once is not
  raised again while it is open or after it was upheld; another cause takes the place of the one that is open.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

from domain.claims.claim_file import ClaimFile, LimbReport, Pack, explain, limb_report
from domain.evidence import Observation
from domain.journey.events import (
    AnyEvent,
    ClaimEligibilityRecorded,
)
from domain.journey.state import Journey
from domain.model import Value
from domain.rules.finding import Finding
from domain.rules.logic import Verdict
from domain.rules.payment import payable

News = Literal["raise", "withdraw"]


class Change(Value):
    """A part of a claim that reads otherwise than it was recorded: a limb, or a result it was claimed beside."""

    limb: str
    before: LimbReport
    after: LimbReport


class Claimed(Value):
    """A claimed result: whole pounds by result of all claimed with it, and what became of the family's claims since.

    `given_up` are results of which no claim stands any more; `billed` whether this one was submitted; `twin` is a claim
    on the same result that goes before it, of a family that is one with this one.
    """

    result: str
    together: Mapping[str, int]
    given_up: tuple[str, ...] = ()
    billed: bool = True
    twin: str | None = None


class Reassessment(Value):
    """What a claim came to, what it comes to now, and the parts that changed their verdict.

    `given_up` names the results it was decided with that were given up since; `claim_anew` says that without them it
    is worth more, and may still be claimed for that. `twin` is the claim by which the result was claimed already.
    """

    verdict_before: Verdict
    verdict_after: Verdict
    amount_before: int
    amount_after: int
    changes: tuple[Change, ...]
    given_up: tuple[str, ...] = ()
    claim_anew: bool = False
    twin: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the claim is still met for all that was claimed, and could not be claimed for more."""
        return self.verdict_after == "met" and self.amount_after >= self.amount_before and not self.claim_anew

    @property
    def cause(self) -> str | None:
        """Return by what the cause to claw back is known, None where there is none."""
        if self.holds:
            return None
        parts = [(each.limb, each.after.verdict, each.after.figure) for each in self.changes]
        content = repr((self.verdict_after, self.amount_after, parts))
        return hashlib.sha256(content.encode()).hexdigest()[:16]


class Item(Value):
    """A piece of evidence by its codes."""

    id: str
    kind: str
    member: str | None
    source: str
    observed_on: date


class Redated(Value):
    """A practice date that reads otherwise now."""

    step: str
    before: date | None
    after: date | None


class Learned(Value):
    """What was known when a claim was recorded, what has come or been corrected since, and how the claim stands."""

    known: tuple[Item, ...]
    added: tuple[Item, ...]
    corrected: tuple[Item, ...]
    practice: tuple[Redated, ...]
    reassessment: Reassessment


def reassess(claimed: Claimed, before: Sequence[Finding], now: ClaimFile, pack: Pack) -> Reassessment:
    """Hold a claimed result against today's evidence, and against what became of the claims it was decided with."""
    after = {found.name: found for found in explain(now, pack)}
    then = {found.name: found for found in before}
    paid = {each.result: each.amount for each in now.paid}
    known = [each for each in pack.results if each.name in claimed.together or each.name in paid]
    others = [each.name for each in known if each.name != claimed.result]
    lost = tuple(name for name in others if name in claimed.given_up)
    met = [each for each in known if after[each.name].verdict == "met"]
    due = payable(met, paid | dict.fromkeys(lost, 0), now.as_of).amounts.get(claimed.result, 0)
    own = _changes(then[claimed.result].parts, after[claimed.result].parts)
    beside = _changes([then[name] for name in others if name not in lost], after.values())
    was_due = claimed.together[claimed.result]
    if claimed.twin is not None:
        return _twice(claimed, then[claimed.result])
    return Reassessment(
        verdict_before=then[claimed.result].verdict,
        verdict_after=after[claimed.result].verdict,
        amount_before=was_due,
        amount_after=due,
        changes=(*own, *(_given_up(then[name]) for name in lost), *beside),
        given_up=lost,
        claim_anew=bool(lost) and due > was_due and not claimed.billed,
    )


def learned(then: ClaimFile, now: ClaimFile, claimed: Claimed, before: Sequence[Finding], pack: Pack) -> Learned:
    """Tell what has been learned since a claim was recorded."""
    held = {item.id: _as_told(item) for item in then.evidence}
    return Learned(
        known=_items(then.evidence),
        added=_items(item for item in now.evidence if item.id not in held),
        corrected=_items(item for item in now.evidence if item.id in held and held[item.id] != _as_told(item)),
        practice=_redated(then, now),
        reassessment=reassess(claimed, before, now, pack),
    )


def news(found: Reassessment, open_cause: str | None, upheld: Collection[str]) -> News | None:
    """Tell what to do about a claim, given the cause that is open and those that a manager upheld it against."""
    if found.cause is None or found.cause in upheld:
        return None if open_cause is None else "withdraw"
    return None if found.cause == open_cause else "raise"


def review_is_due(journey: Journey, happened: Iterable[AnyEvent]) -> bool:
    """Tell whether what happened may change a claim of this family: one of this journey, or of an earlier one."""
    return bool(journey.claimed or journey.earlier or journey.links) and any(
        _unsettles(journey, event) for event in happened
    )


def _unsettles(journey: Journey, event: AnyEvent) -> bool:
    """A result that is claimed again may carry what was left without it."""
    if isinstance(event, ClaimEligibilityRecorded):
        return event.claim_id is not None and bool(journey.clawbacks)
    return event.unsettles_claims


def _changes(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[Change, ...]:
    now = {found.name: found for found in after}
    return tuple(
        Change(limb=found.name, before=limb_report(found), after=limb_report(now[found.name]))
        for found in before
        if found.name in now and now[found.name].verdict != found.verdict
    )


def _twice(claimed: Claimed, then: Finding) -> Reassessment:
    """Say that a result was claimed already, for a family that turned out to be the same: nothing is due on it."""
    before = limb_report(then)
    after = before.model_copy(update={"verdict": "not_met", "figure": f"claimed as {claimed.twin}", "evidence": ()})
    return Reassessment(
        verdict_before=then.verdict,
        verdict_after="not_met",
        amount_before=claimed.together[claimed.result],
        amount_after=0,
        changes=(Change(limb=then.name, before=before, after=after),),
        twin=claimed.twin,
    )


def _given_up(then: Finding) -> Change:
    before = limb_report(then)
    after = before.model_copy(update={"verdict": "not_met", "figure": "given up", "evidence": ()})
    return Change(limb=then.name, before=before, after=after)


def _redated(then: ClaimFile, now: ClaimFile) -> tuple[Redated, ...]:
    before, after = dict(then.practice), dict(now.practice)
    return tuple(
        Redated(step=step, before=before[step], after=day) for step, day in after.items() if before[step] != day
    )


def _as_told(item: Observation) -> Observation:
    """Return evidence as its source told it: its place in the order of recording is ours, and may move."""
    return item.model_copy(update={"recorded": None})


def _items(evidence: Iterable[Observation]) -> tuple[Item, ...]:
    found = sorted(evidence, key=lambda item: item.id)
    return tuple(
        Item(id=item.id, kind=item.kind, member=item.member, source=item.source, observed_on=item.observed_on)
        for item in found
    )
