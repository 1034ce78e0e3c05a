"""What the staff of a time-lapse find fits whatever programme it runs."""

import pytest

from domain.journey.guards import known_cohort, known_needs
from programmes import load, names
from timelapse.story import Household, cohort_of, needs_of


@pytest.mark.parametrize("name", names())
def test_what_an_assessment_finds_is_known_to_the_programme(name: str) -> None:
    """Every family is found to have at least three needs, all of them known to its programme, and a cohort of it."""
    programme = load(name)
    criteria = tuple(programme.known_criteria or ())[:2]
    for number in range(20):
        household = Household(str(number), "F-0000-0000", criteria)
        needs, cohort = needs_of(household, programme), cohort_of(household, programme)
        known_needs(tuple(needs), programme)
        known_cohort(cohort, programme)
        assert (len(needs) >= 3, cohort is None) == (True, programme.cohorts is None)
