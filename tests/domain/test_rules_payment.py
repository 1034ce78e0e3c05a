"""Payment: the best combination, once, within the year's maximum."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.programme.results import Result, SchoolTerms, Tariff
from domain.rules.payment import payable
from programmes import load

CRIME, PROGRESS, WORK = RESULTS = load("troubled-families-2012").results
AS_OF = date(2013, 5, 20)


def due(met, paid=None, as_of=AS_OF):
    found = payable(met, paid or {}, as_of)
    return found.amount, list(found.amounts)


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        ([], (0, [])),
        ([PROGRESS], (0, [])),
        ([CRIME], (1500, ["crime-asb-education"])),
        ([CRIME, PROGRESS], (1600, ["crime-asb-education", "progress-to-work"])),
        ([WORK], (1600, ["continuous-employment"])),
        ([PROGRESS, WORK], (1600, ["continuous-employment"])),
        ([CRIME, WORK], (1600, ["continuous-employment"])),
        ([CRIME, PROGRESS, WORK], (1600, ["continuous-employment"])),
    ],
)
def test_the_best_combination_pays(met, expected):
    """Progress pays only beside the first result, work pays instead of both."""
    assert due(met) == expected


@pytest.mark.parametrize(
    ("as_of", "amount"),
    [
        ("2012-03-31", 0),
        ("2012-04-01", 800),
        ("2013-03-31", 800),
        ("2013-04-01", 1600),
        ("2014-03-31", 1600),
        ("2014-04-01", 2400),
        ("2015-03-31", 2400),
        ("2015-04-01", 0),
    ],
)
def test_the_tariff_is_that_of_the_financial_year_of_as_of(as_of, amount):
    """A year runs from 1 April to 31 March; outside the tariff nothing is payable."""
    assert due([CRIME, PROGRESS], as_of=date.fromisoformat(as_of))[0] == amount
    assert due([WORK], as_of=date.fromisoformat(as_of))[0] == amount


@pytest.mark.parametrize(
    ("met", "paid", "expected"),
    [
        ([CRIME], {CRIME.name: 1500}, (0, [])),
        ([CRIME], {CRIME.name: 700}, (0, [])),
        ([CRIME, PROGRESS], {CRIME.name: 1500}, (100, [PROGRESS.name])),
        ([PROGRESS], {CRIME.name: 1500}, (0, [])),
        ([WORK], {CRIME.name: 1500}, (100, [WORK.name])),
        ([WORK], {CRIME.name: 700}, (900, [WORK.name])),
        ([WORK], {CRIME.name: 700, PROGRESS.name: 100}, (800, [WORK.name])),
        ([WORK], {CRIME.name: 1500, PROGRESS.name: 100}, (0, [])),
        ([WORK], {WORK.name: 800}, (0, [])),
        ([CRIME, PROGRESS], {WORK.name: 800}, (800, [CRIME.name, PROGRESS.name])),
        ([CRIME, PROGRESS], {WORK.name: 1600}, (0, [])),
        ([CRIME, PROGRESS, WORK], {CRIME.name: 1500}, (100, [WORK.name])),
        ([WORK], {CRIME.name: 9999}, (0, [])),
    ],
)
def test_a_result_is_paid_once_and_another_instead_of_it_pays_the_balance(met, paid, expected):
    """What was paid is never paid again; what replaces it pays what is missing."""
    assert due(met, paid) == expected


@given(
    st.sets(st.sampled_from([0, 1, 2])),
    st.dictionaries(st.sampled_from([result.name for result in RESULTS]), st.integers(0, 2000)),
    st.dates(date(2012, 1, 1), date(2015, 12, 31)),
)
def test_what_was_and_is_paid_never_exceeds_the_years_maximum(chosen, paid, as_of):
    """A claim adds at most what the family's maximum leaves, and nothing for a result paid before."""
    found = payable([RESULTS[n] for n in sorted(chosen)], paid, as_of)
    tariff = WORK.tariff_on(as_of)
    room = max(0, tariff.maximum.value - sum(paid.values())) if tariff else 0
    assert 0 <= found.amount <= room
    assert not set(found.amounts) & set(paid)
    assert all(amount > 0 for amount in found.amounts.values())


def tariff(first, last):
    pounds = {"value": 1, "source": "test", "confidence": "verified"}
    return {"from": first, "to": last, "pays": pounds, "maximum": pounds}


@pytest.mark.parametrize(
    "changes",
    [
        {"limbs": [CRIME.limbs[0], CRIME.limbs[0]]},
        {"limbs": [CRIME.limbs[0].model_copy(update={"name": "practice"})]},
        {"limbs": []},
        {"tariffs": [tariff("2013-04-01", "2014-03-31"), tariff("2012-04-01", "2013-04-01")]},
        {"tariffs": [tariff("2013-04-01", "2013-03-31")]},
    ],
)
def test_a_result_that_cannot_be_told_apart_or_priced_is_refused(changes):
    """Limb names repeat nowhere and tariff periods do not overlap."""
    with pytest.raises(ValidationError):
        Result.model_validate({"name": "x", "title": "x", "limbs": CRIME.limbs} | changes)


def test_periods_come_back_as_they_are_written():
    """Tariffs and terms write `from` as `from`, so a pack's hash is that of its content."""
    written = Tariff.model_validate(tariff("2013-04-01", "2014-03-31")).model_dump(mode="json")
    assert written["from"] == "2013-04-01"
    terms = SchoolTerms.model_validate(
        {
            "area": "default",
            "school_year": "2012-13",
            "source": "test",
            "confidence": "verified",
            "terms": [{"from": "2012-09-04", "to": "2012-12-21"}],
        }
    )
    assert terms.model_dump(mode="json")["terms"] == [{"from": "2012-09-04", "to": "2012-12-21"}]


def test_a_result_that_was_paid_nothing_carries_no_other():
    """After the first result was rejected, progress does not pay beside it; after it was paid, it does."""
    assert due([CRIME, PROGRESS], {CRIME.name: 0}) == (0, [])
    assert due([CRIME, PROGRESS], {CRIME.name: 1500}) == (100, ["progress-to-work"])
