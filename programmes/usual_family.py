"""A family that a pack takes in, with as little as need be, so that its usual journeys can be walked through."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.family import Member
from domain.programme.local_scheme import COMPARISON
from domain.programme.programme import Programme

ADULT, OTHER, CHILD = Member(id="m1", role="adult"), Member(id="m2", role="adult"), Member(id="m3", role="child")
HOUSEHOLDS = ((ADULT, CHILD), (ADULT,), (ADULT, OTHER, CHILD), (CHILD,))
ANY_NEED = "debt"  # where the pack lists none


@dataclass(frozen=True, slots=True)
class UsualFamily:
    """Where it lives, who referred it, who it is, what it meets, and what its assessment finds."""

    locality: str
    referrer: str
    members: tuple[Member, ...]
    criteria: tuple[str, ...]
    needs: tuple[str, ...]
    cohort: str | None = None


def usual_family(programme: Programme, referrer: str | None = None) -> UsualFamily:
    """Return a family that the programme takes in; one that it helps, where it has a comparison group.

    It is referred by the first partner of the pack, unless another is named.
    """
    members, criteria = next(_eligible(programme), (HOUSEHOLDS[0], ()))
    return UsualFamily(
        locality=programme.localities.names[0] if programme.localities else "Anywhere",
        referrer=referrer or (programme.agreements[0].partner if programme.agreements else "nobody"),
        members=members,
        criteria=criteria,
        needs=_least(programme) if programme.judges_needs else (programme.known_needs or (ANY_NEED,))[:1],
        cohort=next((name for name in programme.cohorts.names if name != COMPARISON), None)
        if programme.cohorts
        else None,
    )


def _eligible(programme: Programme) -> Iterator[tuple[tuple[Member, ...], tuple[str, ...]]]:
    """Find households and criteria that are eligible, those with a child and with the fewest criteria first."""
    least = () if programme.judges_needs else _least(programme)
    instead = programme.household.or_criterion if programme.household else None
    for members in HOUSEHOLDS:
        for criteria in (least, (*least, instead) if instead else least):
            if programme.judge(criteria, members).eligible:
                yield members, criteria


def _least(programme: Programme) -> tuple[str, ...]:
    """Return the first criteria of the pack that are enough, its required ones among them."""
    rule = programme.eligibility
    if rule is None:
        return ()
    met = list(rule.required)
    for criterion in rule.criteria:
        if rule.judge(met).eligible:
            break
        stands_apart = rule.counting == "criteria" or criterion.group not in rule.groups_of(met)
        if criterion.id not in met and stands_apart:
            met.append(criterion.id)
    return tuple(met)
