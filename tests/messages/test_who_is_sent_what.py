"""Who is sent what, for each step of each journey kind of every shipped pack, as the golden pages have it."""

import re

import pytest

import programmes
from cli.programmes.messages import page
from programmes.usual_family import usual_family
from tests.messages.tables import GOLDEN, WHOLE, family_of, tables, whole_page

REMEDY = "if it is meant, write the pages anew with: .venv/bin/python -m tests.messages.tables"
CHANGING = re.compile(r"\d{4}-\d\d-\d\d|(?<=journeys ack F-7K3Q-9D2X ).+")  # days, and the ids of reminders


def forms(text: str) -> set[str]:
    """The words of the messages on a page, whenever they are sent."""
    return {CHANGING.sub("...", line) for line in text.splitlines() if line.strip().startswith(">")}


def test_one_pack_word_for_word():
    """Every notification and reminder of one pack reads as on its page."""
    golden = (GOLDEN / f"{WHOLE}.md").read_text(encoding="utf-8")
    assert whole_page().splitlines() == golden.splitlines(), REMEDY


def test_who_is_sent_what_by_every_pack():
    """Partner, channel, purpose, categories, fields and day of each notification, or why not; and each reminder."""
    golden = (GOLDEN / "packs.md").read_text(encoding="utf-8")
    assert tables().splitlines() == golden.splitlines(), REMEDY


@pytest.mark.parametrize("name", programmes.names())
def test_every_pack_says_it_in_the_same_words(name):
    """What any pack sends is worded as the one page has it, but for the days and the ids of reminders."""
    assert forms(page(programmes.load(name), family_of(name))) <= forms(whole_page())


@pytest.mark.parametrize("name", programmes.names())
def test_a_family_is_found_that_each_pack_takes_in(name):
    """The command needs no case: it finds a family that is eligible and comes to the end of its journey."""
    programme = programmes.load(name)
    family = usual_family(programme)
    assert programme.judge(family.criteria, family.members).eligible
    sustained = page(programme, family).partition("## Journey: regressed")[0]
    assert "journey-closed" in sustained
    assert "Refused" not in sustained
