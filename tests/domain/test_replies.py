"""What a command is answered with, and what is no command at all."""

from types import SimpleNamespace

import pytest
from given import HELD, PROGRAMME, noon

from domain.journey.evolve import evolve, fold
from domain.journey.react import given_up
from domain.journey.replies import Rejection, Reply
from tests.facts import decide


def test_a_reply_is_kept_as_it_was_given():
    """The first answer to a command is stored and read back the same, with its events or its refusal."""
    refused = Rejection(code="too-early", reason="the check falls later", remedy="record it then")
    for reply in (
        Reply(command_id="c-1", journey_id="j", version=3, stage="assessment", happened=("family-assessed",)),
        Reply(command_id="c-2", journey_id="j", version=3, stage="assessment", rejection=refused),
    ):
        assert Reply.model_validate_json(reply.model_dump_json()) == reply


def test_what_is_no_command_event_or_effect_is_a_fault_of_the_program():
    """An unknown kind cannot come through the doors; inside, it stops at once and is never taken for a refusal."""
    journey, stranger = fold(HELD), SimpleNamespace(type="dance", effect_id="j:1:1")
    for ask in (
        lambda: decide(journey, stranger, PROGRAMME),
        lambda: evolve(journey, stranger),
        lambda: given_up(stranger, noon(HELD[0].on), "no-answer"),
    ):
        with pytest.raises(AssertionError, match="unreachable"):
            ask()
