"""Three-valued logic: its tables, and the law that more information only settles."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.logic import all_of, any_of, at_least

MET, NOT, OPEN, NA = "met", "not_met", "insufficient", "not_applicable"
VERDICTS = st.lists(st.sampled_from([MET, NOT, OPEN, NA]), max_size=6)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([MET, MET], MET),
        ([MET, NA], MET),
        ([MET, OPEN], OPEN),
        ([NOT, OPEN, MET], NOT),
        ([NA, OPEN], OPEN),
        ([NA, NA], NA),
        ([], NA),
    ],
)
def test_all_of(verdicts, expected):
    """One `not_met` decides, then one `insufficient`; what does not apply does not count."""
    assert all_of(verdicts) == expected


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([NOT, MET], MET),
        ([OPEN, MET], MET),
        ([NOT, OPEN], OPEN),
        ([NOT, NA], NOT),
        ([NA, NA], NA),
        ([], NA),
    ],
)
def test_any_of(verdicts, expected):
    """One `met` decides; one `insufficient` leaves it open."""
    assert any_of(verdicts) == expected


@pytest.mark.parametrize(
    ("n", "verdicts", "expected"),
    [
        (2, [MET, MET, NOT], MET),
        (2, [MET, OPEN, NOT], OPEN),
        (2, [MET, NOT, NOT], NOT),
        (2, [MET, NA, NA], NOT),
        (2, [NA, NA, NA], NA),
    ],
)
def test_at_least(n, verdicts, expected):
    """The open ones count as hope, never as success."""
    assert at_least(n, verdicts) == expected


@given(VERDICTS)
def test_the_order_of_verdicts_plays_no_part(verdicts):
    """All rules of logic give the same for any order."""
    for logic in (all_of, any_of, lambda found: at_least(2, found)):
        assert logic(verdicts) == logic(sorted(verdicts))


@given(VERDICTS)
def test_settling_what_is_open_never_overturns_a_verdict(verdicts):
    """A verdict other than `insufficient` holds for every way that the open ones may turn out."""
    open_places = [n for n, found in enumerate(verdicts) if found == OPEN]
    for logic in (all_of, any_of, lambda found: at_least(2, found)):
        before = logic(verdicts)
        for settled in product([MET, NOT], repeat=len(open_places)):
            after = list(verdicts)
            for place, found in zip(open_places, settled, strict=True):
                after[place] = found
            assert before in {OPEN, logic(after)}
