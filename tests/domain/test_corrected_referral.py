"""The referral can be corrected, and a correction that is none says which step does it."""

from datetime import timedelta

import pytest
from given import HELD, LATER, REFERRED_ON, Given, ask, fact

from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.evolve import as_corrected, fold

REFERRED = HELD[0]
LAST_WEEK = REFERRED_ON - timedelta(days=7)


def correct(events, version, **changes):
    """Ask to correct an event of the stream so that some of its fields read otherwise."""
    event = as_corrected(events)[version - 1]
    return ask(
        c.CorrectEvent,
        LATER,
        version=version,
        reason="misread",
        replacement=event.model_copy(update=changes) if changes else HELD[1],
        original=event if changes else None,
        named=event.type,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("on", LAST_WEEK), ("locality", "Birkenhead"), ("referrer", "schools"), ("criteria", ("crime",))],
)
def test_the_fields_of_a_referral_can_be_corrected(field, value):
    """Day, locality, referrer and criteria are superseded; who was referred, and under what, stays."""
    given = Given(*HELD).when(correct(HELD, 1, **{field: value}))
    [corrected] = given.happened
    assert getattr(corrected.replacement, field) == value
    assert corrected.replacement.at == REFERRED.at
    state = {"on": "referred_on"}.get(field, field)
    if field != "criteria":  # which the identification has set anew since
        assert getattr(fold([*HELD, corrected]), state) == value


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"referrer": "nobody"}, "unknown-referrer"),
        ({"criteria": ("noise-at-night",)}, "unknown-criterion"),
        ({"on": LATER}, "bad-dates"),
        ({"reference": "F-2222-2222"}, "other-subject"),
    ],
)
def test_a_corrected_referral_is_held_to_what_a_referral_is_held_to(changes, code):
    """A partner without an agreement, an unknown criterion, a day after the identification are refused as ever."""
    if "reference" in changes:
        changes = {"journey_id": "journey:wirral:F-2222-2222:1", **changes}
    Given(*HELD).when(correct(HELD, 1, **changes)).refused(code)


def test_a_number_without_an_event_is_told_from_an_event_that_stands():
    """Of a number that is not there the last is named; of an event that is not corrected, its type and what to do."""
    unknown = ask(c.CorrectEvent, LATER, version=99, reason="misread", replacement=HELD[1])
    Given(*HELD).when(unknown).refused("nothing-to-correct", f"no event 99; the last is {len(HELD)}")
    closed = fact(e.JourneyClosed, LATER, outcome="moved-away")
    stream = [*HELD, closed]
    Given(*stream).when(correct(stream, len(stream))).refused("nothing-to-correct", "journeys reopen")


def test_a_wrong_key_worker_is_handed_over():
    """Who holds the family is no slip of the pen: the refusal names the step that changes it."""
    version = next(place for place, event in enumerate(HELD, 1) if event.type == "key-worker-allocated")
    Given(*HELD).when(correct(HELD, version, key_worker="lee")).refused("other-subject", "offer-handover")
