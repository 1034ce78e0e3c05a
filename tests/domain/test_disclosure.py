"""What a message tells: the fields of its categories, and no others."""

from itertools import chain, combinations
from typing import get_args

import pytest
from given import ALLOCATED_ON, HELD, LATER, allocated, assessed, contacted, fact

from domain.categories import Category
from domain.journey.disclosure import disclosed, payload
from domain.journey.effects import Notify
from domain.journey.events import JourneyClosed
from domain.journey.evolve import as_of_version, fold

closed = fact(JourneyClosed, LATER, outcome="moved-away")
JOURNEY = fold([*HELD, contacted, assessed, closed])
FIELDS = {
    "stage": {"about": "journey-closed", "stage": "closed"},
    "dates": {"on": "2013-12-20"},
    "key-worker": {"key_worker": "kim"},
    "criteria": {"criteria": ["poverty", "crime"]},
    "needs": {"needs": ["debt", "school"]},
    "outcome": {"outcome": "moved-away"},
    "members": {"adults": 1, "children": 1},
}
CATEGORIES = get_args(Category)
SUBSETS = list(chain.from_iterable(combinations(CATEGORIES, size) for size in range(len(CATEGORIES) + 1)))


def message(*categories):
    return Notify(
        effect_id="e1",
        partner="police",
        about="journey-closed",
        on=LATER,
        purpose="family-support",
        categories=categories,
    )


@pytest.mark.parametrize("categories", SUBSETS, ids="+".join)
def test_each_category_opens_its_own_fields(categories):
    """For every set of categories, what is told is the reference and exactly the fields of these."""
    expected = {"reference": JOURNEY.reference}
    for category in categories:
        expected |= FIELDS[category]
    assert disclosed(message(*categories), JOURNEY) == expected


def test_a_category_that_nobody_knows_opens_nothing():
    """A slip in a name never opens more."""
    assert disclosed(message("names", "everything"), JOURNEY) == {"reference": JOURNEY.reference}


def test_the_type_of_a_webhook_tells_no_more_than_its_body():
    """What happened says where the family stands: without `stage` the type says only that there is news."""
    assert payload(message("dates"), JOURNEY)["type"] == "family-journeys.update"
    assert payload(message("stage"), JOURNEY) == {
        "type": "family-journeys.journey-closed",
        "reference": JOURNEY.reference,
        "stage": "closed",
    }


def test_a_message_tells_of_the_journey_as_it_was():
    """The journey just after an event is read off the events up to it."""
    assert as_of_version([*HELD, contacted, closed], 3) == fold(HELD)
    assert as_of_version([*HELD, contacted], 0) == fold([*HELD, contacted])
    assert as_of_version(HELD, 2).key_worker is None
    assert allocated.on == ALLOCATED_ON
