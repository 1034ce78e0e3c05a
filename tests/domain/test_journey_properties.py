"""Laws of the journey: they hold for every history, however odd."""

from datetime import datetime, timedelta

import pytest
from arbitrary import commands, events
from given import HELD, PROGRAMME, SUSTAINED
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from test_calendar import NATIONS, within_hours

from domain.calendar import calendar_of
from domain.errors import Rejected
from domain.journey.agenda import agenda
from domain.journey.commands import COMMAND
from domain.journey.events import EVENT, EventCorrected
from domain.journey.evolve import as_corrected, evolve, fold
from domain.journey.react import react
from domain.journey.state import UNREFERRED
from tests.facts import apart, decide

histories = st.lists(events, max_size=25)
bare = commands.map(lambda order: apart(order)[0])


def stepwise(history):
    journey = UNREFERRED
    for event in history:
        journey = evolve(journey, event)
    return journey


def attempt(journey, command):
    try:
        return decide(journey, command, PROGRAMME)
    except Rejected as fault:
        assert all([fault.code, fault.reason, fault.remedy])  # noqa: PT017 - what a refusal must always carry
        return []


# Every history, also those that no decision would ever write


@given(histories)
def test_evolve_never_raises_and_counts_every_event(history):
    """Any events in any order make a journey whose version is their number."""
    assert stepwise(history).version == len(history)


@given(histories)
def test_folding_is_deterministic(history):
    """The same events make the same journey."""
    assert fold(history) == fold(tuple(history))


@given(histories)
def test_folding_is_evolving_step_by_step_where_nothing_was_corrected(history):
    """Without corrections, a journey kept up event by event is the one read from the journal."""
    uncorrected = [event for event in history if not isinstance(event, EventCorrected)]
    assert fold(uncorrected) == stepwise(uncorrected)


@given(histories)
def test_a_corrected_event_reads_as_its_latest_correction(history):
    """Folding the corrected history is folding the history with each replacement in its place."""
    assert fold(history) == stepwise(as_corrected(history))
    assert len(as_corrected(history)) == len(history)


@given(histories)
def test_the_agenda_can_be_asked_of_any_history(history):
    """No state, however odd, breaks the agenda; it is sorted, its ids differ, none has fired before."""
    journey = fold(history)
    due = agenda(journey, PROGRAMME, calendar_of("ENG"))
    ids = [deadline.id for deadline in due]
    assert sorted(deadline.at for deadline in due) == [deadline.at for deadline in due]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {reminder.id for reminder in journey.reminders}


@given(histories, events)
def test_react_can_be_asked_of_any_history(history, event):
    """Once referred, no state breaks the effects; their ids are the same each time and never shared."""
    journey = fold([HELD[0], *history, event])
    ids = [effect.effect_id for effect in react(journey, event, PROGRAMME)]
    assert ids == [effect.effect_id for effect in react(journey, event, PROGRAMME)]
    assert len(set(ids)) == len(ids)


@given(events, bare)
def test_events_and_commands_survive_the_journey_through_json(event, command):
    """What is written is what is read, for every event and every command."""
    assert EVENT.validate_json(EVENT.dump_json(event)) == event
    assert COMMAND.validate_json(COMMAND.dump_json(command)) == command


@given(events | bare)
def test_a_moment_without_a_time_zone_is_refused(said):
    """A naive moment could mean two hours of the year, so no event and no command takes one."""
    naive = said.model_dump(by_alias=True) | {"at": datetime(2012, 10, 28, 1, 30)}  # noqa: DTZ001 - the point
    with pytest.raises(ValidationError, match="timezone"):
        type(said).model_validate(naive)


@given(histories, commands)
@settings(max_examples=300)
def test_decide_accepts_or_refuses_but_never_breaks(history, command):
    """In any state, any command makes events or is refused; nothing else is ever raised."""
    if fold(history).stage != "unreferred":
        history = [*HELD, *history]
    happened = attempt(fold(history), command)
    assert fold([*history, *happened]).version == len(history) + len(happened)


@given(st.dates(HELD[0].on, SUSTAINED[-1].on + timedelta(days=4000)), st.sampled_from(NATIONS))
def test_every_deadline_lies_within_working_hours(day, nation):
    """On any day of the year, in each nation, every deadline of every stage falls between 08:00 and 18:00."""
    programme = PROGRAMME.model_copy(update={"nation": nation})
    moved = day - HELD[0].on
    for length in range(1, len(SUSTAINED) + 1):
        stream = [
            event.model_copy(update={"on": event.on + moved, "at": event.at + moved}) for event in SUSTAINED[:length]
        ]
        for deadline in agenda(fold(stream), programme, calendar_of(nation)):
            assert within_hours(deadline.at, nation)
