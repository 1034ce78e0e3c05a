"""Who of one family is who in another: weighed as a referral is, and asked where that is in doubt."""

from collections.abc import Collection, Sequence

from domain.errors import Rejected
from domain.intake.known_families import KnownFamily, Pair, Referred, compare
from domain.intake.questions import Question, Reader
from domain.journey.commands import Same
from gateway.http.problems import IdentityQuestion
from store.people import FamilyRecord


def who_is_who(
    of: FamilyRecord, into: FamilyRecord, members: Collection[str], said: Sequence[Same], apart: Collection[str]
) -> tuple[Same, ...]:
    """Return who of `members` of one family is somebody of another: what was said, and what nothing contradicts.

    Raise `IdentityQuestion` where somebody may be, and nobody said whether.
    """
    spoken = {each.member for each in said}
    if both := sorted(spoken & set(apart)):
        raise Rejected("contradicting-answers", f"{both[0]} cannot be both", "give --same or --apart for a member")
    taken = {each.here for each in said}
    left = [each for each in of.people if each.member_id in set(members) - spoken - set(apart)]
    referred = Referred(
        people=tuple(each.facts.model_copy(update={"key": each.member_id.removeprefix("m")}) for each in left)
    )
    known = KnownFamily(
        reference=into.reference,
        people=tuple(each.facts for each in into.people if each.member_id not in taken),
        members=frozenset(each.member_id for each in into.people),
    )
    comparison = compare(referred, known)
    doubtful = tuple(pair for pair in comparison.pairs if pair.weighing.verdict != "same")
    if doubtful:
        asked = comparison.model_copy(update={"pairs": doubtful, "verdict": "ask", "missing": (), "added": ()})
        raise _asked(Reader(referred, known, names=True).question(asked, "to be merged or split"), doubtful)
    return (*said, *(Same(member=f"m{pair.line}", here=pair.member) for pair in comparison.pairs))


def _asked(question: Question, doubtful: Sequence[Pair]) -> IdentityQuestion:
    answers = [
        answer for pair in doubtful for answer in (f"--same m{pair.line}={pair.member}", f"--apart m{pair.line}")
    ]
    told = question.model_copy(update={"answers": tuple(answers)})
    remedy = f"say who they are: {' or '.join(answers)}"
    return IdentityQuestion("possible-match", told.reason, remedy, [told])
