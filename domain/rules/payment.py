"""What may be claimed now: the best combination of results that are met, less what was paid before.

Decided here:

- A combination holds only results met as of the claim. One that pays `beside` another needs it in the combination;
  one that pays `instead_of` another excludes it.
- A result in `paid` was paid once for ever: it may stand in a combination and adds nothing. One that was paid 0, as
  after a rejection, carries no other result that pays only beside it. Where the combination
  leaves out a result that was paid, the new one replaces it and only the balance is due.
- What was paid before and what is claimed now never exceed the year's maximum together.
- Of combinations worth the same, the one of fewer results wins, then that of results named earlier in the pack.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from domain.programme.results import Result


@dataclass(frozen=True, slots=True)
class Payable:
    """The pounds that each result adds to the claim, in the order of the pack."""

    amounts: Mapping[str, int]

    @property
    def amount(self) -> int:
        """Return the pounds of the whole claim."""
        return sum(self.amounts.values())


def payable(met: Sequence[Result], paid: Mapping[str, int], as_of: date) -> Payable:
    """Return the best that the results met may be claimed for on `as_of`, given what was paid by result."""
    paying = [result for result in met if result.tariff_on(as_of)]
    fallen = {name for name, amount in paid.items() if not amount}
    groups = [
        group for n in range(1, len(paying) + 1) for group in combinations(paying, n) if _may_stand(group, fallen)
    ]
    claims = [_claim(group, paid, as_of) for group in groups]
    return max(claims, key=lambda claim: claim.amount, default=Payable({}))


def _may_stand(group: Collection[Result], fallen: Collection[str]) -> bool:
    names = {result.name for result in group}
    kept = names.difference(fallen)
    return all(kept.issuperset(result.beside) and names.isdisjoint(result.instead_of) for result in group)


def _claim(group: Sequence[Result], paid: Mapping[str, int], as_of: date) -> Payable:
    tariffs = {result.name: tariff for result in group if (tariff := result.tariff_on(as_of)) is not None}
    replaced = sum(amount for name, amount in paid.items() if name not in tariffs)
    room = min(tariff.maximum.value for tariff in tariffs.values()) - sum(paid.values())
    amounts = {}
    for name, tariff in tariffs.items():
        if name in paid:
            continue
        due = max(0, min(tariff.pays.value - replaced, room))
        replaced = max(0, replaced - tariff.pays.value)
        room -= due
        if due:
            amounts[name] = due
    return Payable(amounts)
