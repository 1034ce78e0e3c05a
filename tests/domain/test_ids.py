"""Ids are made and taken apart in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import JourneyId, inbox_command_id, number_of, partner_event_of, reference_of, window_id

words = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)


@given(words, st.integers(1, 99))
def test_a_journeys_id_says_what_it_was_made_of(area, number):
    """An id is read back to the area, the reference and the number that it was made of."""
    made = str(JourneyId(area, "F-7K3Q-9D2X", number))
    assert (JourneyId.read(made), reference_of(made), number_of(made)) == (
        (area, "F-7K3Q-9D2X", number),
        "F-7K3Q-9D2X",
        number,
    )


@pytest.mark.parametrize("other", ["claim-window:wirral:wirral-2012:2013-q1", "journey:wirral", ""])
def test_what_is_no_journeys_id_is_refused(other):
    """The id of something else, or part of one, is a fault of the program."""
    with pytest.raises(ValueError, match=r"journey|unpack"):
        JourneyId.read(other)


@given(words, st.text(min_size=1))
def test_a_partners_event_is_known_by_the_id_of_its_command(partner, event_id):
    """The id of the command tells whose event it records, whatever the partner called it."""
    assert partner_event_of(inbox_command_id(partner, event_id)) == (partner, event_id)


@pytest.mark.parametrize("other", ["staff:abc", "inbox:police", "inbox", "time:journey:wirral:F-7K3Q-9D2X:1"])
def test_another_command_records_no_partners_event(other):
    """The id of a command that somebody else gave names no event of a partner."""
    assert partner_event_of(other) is None


def test_a_claim_windows_id_names_its_area_programme_and_label():
    """Windows of two programmes under one label are two."""
    assert window_id("wirral", "wirral-2012", "2013-q1") == "claim-window:wirral:wirral-2012:2013-q1"
