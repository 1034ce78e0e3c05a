"""One family's claims over the years: never paid twice, never above the year's maximum, in any shipped pack."""

import random
from datetime import date, timedelta

import pytest
from claim_random import claim_of
from hypothesis import given
from hypothesis import strategies as st

from domain.claims.claim_file import ClaimFile, check
from domain.rules.payment import payable
from programmes import load, names

PAYING = [name for name in names() if any(result.tariffs for result in load(name).results)]
FIRST_PROGRAMME = load("troubled-families-2012")
AS_OF = [date(2012, 9, 30), date(2013, 3, 31), date(2013, 4, 1), date(2014, 2, 28), date(2014, 4, 1), date(2015, 3, 31)]


def maximum(pack, day):
    """The most that the results of a pack pay a family in the period of a day."""
    return max((t.maximum.value for result in pack.results if (t := result.tariff_on(day))), default=0)


def paid_over(pack, days, decide):
    """Claim on each day, book what is payable as paid, and hold every claim against the law."""
    paid = {}
    for day in days:
        before = sum(paid.values())
        amounts = decide(day, paid)
        assert all(amount > 0 for amount in amounts.values())
        assert not amounts.keys() & paid.keys(), "a result is paid twice"
        if amounts:
            assert before + sum(amounts.values()) <= maximum(pack, day)
        paid |= amounts
    names_paid = {result.name for result in pack.results if result.name in paid}
    assert names_paid == paid.keys()
    return paid


@pytest.mark.parametrize("name", PAYING)
@given(data=st.data())
def test_no_sequence_of_verdicts_pays_twice_or_above_the_maximum(name, data):
    """Whatever is met on whatever days, each result is paid once and the family's pounds stay within the year's."""
    pack = load(name)
    ends = sorted({day for result in pack.results for t in result.tariffs for day in (t.from_, t.to)})
    near = [day + timedelta(days=n) for day in ends for n in (-1, 0, 1)]
    days = sorted(data.draw(st.lists(st.sampled_from(near), min_size=1, max_size=5)))
    results = {day: data.draw(st.sets(st.sampled_from(range(len(pack.results))))) for day in days}

    def decide(day, paid):
        return payable([pack.results[n] for n in sorted(results[day])], paid, day).amounts

    paid = paid_over(pack, days, decide)
    assert sum(paid.values()) <= max(maximum(pack, day) for day in days)


@given(st.integers(0, 2**32))
def test_no_history_of_evidence_pays_twice_or_above_the_maximum(seed):
    """Evidence that grows from claim to claim, with paid results booked, never earns more than the year's maximum."""
    rng = random.Random(seed)
    raw = claim_of(seed) | {"paid": []}
    raw["engaged_from"] = min(raw["engaged_from"], str(AS_OF[0]))
    raw["practice"] = dict.fromkeys(raw["practice"], raw["engaged_from"])
    growing = [item for item in raw["evidence"] if rng.random() < 0.7]

    def decide(day, paid):
        growing.extend(item for item in raw["evidence"] if item not in growing and rng.random() < 0.5)
        booked = [{"result": result, "amount": amount} for result, amount in paid.items()]
        claim = raw | {"as_of": str(day), "evidence": growing, "paid": booked}
        report = check(ClaimFile.model_validate(claim), FIRST_PROGRAMME)
        return {result.result: result.amount for result in report.results if result.amount}

    paid_over(FIRST_PROGRAMME, rng.sample(AS_OF, len(AS_OF)), decide)
