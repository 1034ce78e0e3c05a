"""Who a programme is for: criteria or groups of them, and the household; and what judging a family by them came to."""

from collections.abc import Iterable, Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from domain.family import Member
from domain.model import Code, Sourced, Value

Counting = Literal["criteria", "groups"]
JudgedAt = Literal["identification", "assessment"]
HouseholdFault = Literal["no-child", "has-children", "too-few-adults", "too-many-people"]


class Judgement(Value):
    """What came of holding a family against the rule, in codes, so that an event can carry it.

    `counted` are the criteria met that count, `groups` the groups they stand in, `needed` how many of the one or the
    other are needed, `missing` the required criteria not met.
    """

    eligible: bool = True
    counting: Counting = "criteria"
    needed: int = 0
    counted: tuple[Code, ...] = ()
    groups: tuple[Code, ...] = ()
    missing: tuple[Code, ...] = ()
    household: tuple[HouseholdFault, ...] = ()


class Criterion(Sourced):
    """A reason to be eligible; `group` is the headline it stands under."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    group: Code | None = None


class Eligibility(Sourced):
    """How many of the criteria, or of their groups, a family must meet, which it must meet, and when that is judged.

    Judged at assessment, the criteria are held against the needs found; identification then takes the family in.
    """

    at_least: int = Field(ge=1)
    criteria: tuple[Criterion, ...]
    counting: Counting = "criteria"
    required: tuple[str, ...] = ()
    judged_at: JudgedAt = "identification"

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        ids = [criterion.id for criterion in self.criteria]
        alone = [criterion.id for criterion in self.criteria if criterion.group is None]
        if len(set(ids)) < len(ids):
            raise ValueError("a criterion is listed twice; give each an id of its own")
        if unknown := [name for name in self.required if name not in ids]:
            raise ValueError(f"required {', '.join(unknown)} is no criterion; use {', '.join(ids)}")
        if self.counting == "groups" and alone:
            raise ValueError(f"groups are counted but {', '.join(alone)} is in none; give it a group")
        countable = len(ids) if self.counting == "criteria" else len(self.groups_of(ids))
        if self.at_least > countable:
            raise ValueError(f"at_least is {self.at_least} but only {countable} {self.counting} are listed")
        return self

    def judge(self, met: Iterable[str]) -> Judgement:
        """Hold what a family meets against the rule; what is no criterion of it does not count."""
        met = set(met)
        counted = tuple(criterion.id for criterion in self.criteria if criterion.id in met)
        groups = self.groups_of(counted)
        missing = tuple(name for name in self.required if name not in met)
        figure = len(counted) if self.counting == "criteria" else len(groups)
        return Judgement(
            eligible=figure >= self.at_least and not missing,
            counting=self.counting,
            needed=self.at_least,
            counted=counted,
            groups=groups,
            missing=missing,
        )

    def groups_of(self, met: Sequence[str]) -> tuple[str, ...]:
        """Return the groups these criteria stand in, each once."""
        stood_in = (criterion.group for criterion in self.criteria if criterion.id in met)
        return tuple(dict.fromkeys(group for group in stood_in if group is not None))


class Household(Sourced):
    """Whom the household must hold; meeting `or_criterion` stands in place of children."""

    children: Literal["required", "none", "any"] = "any"
    adults_at_least: int = Field(default=0, ge=0)
    people_at_most: int | None = Field(default=None, ge=1)
    or_criterion: Code | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.or_criterion is not None and self.children != "required":
            raise ValueError("or_criterion is allowed in place of children; set children = 'required', or leave it out")
        needed = self.adults_at_least + (self.children == "required" and self.or_criterion is None)
        if self.people_at_most is not None and needed > self.people_at_most:
            raise ValueError(f"people_at_most is {self.people_at_most} but {needed} are needed; no family can be both")
        return self

    def faults(self, members: Sequence[Member], met: Iterable[str]) -> tuple[HouseholdFault, ...]:
        """Return which conditions a family that meets these criteria does not fulfil."""
        children = sum(member.role == "child" for member in members)
        adults = len(members) - children
        excused = self.or_criterion is not None and self.or_criterion in set(met)
        failing: dict[HouseholdFault, bool] = {
            "no-child": self.children == "required" and not children and not excused,
            "has-children": self.children == "none" and children > 0,
            "too-few-adults": adults < self.adults_at_least,
            "too-many-people": self.people_at_most is not None and len(members) > self.people_at_most,
        }
        return tuple(fault for fault, fails in failing.items() if fails)
