"""Who is told what, for each step of each journey kind of every shipped pack, as the golden pages have it."""

import pytest

import programmes
from tests.messages.telling import GOLDEN, page

REMEDY = "if it is meant, write the pages anew with: .venv/bin/python -m tests.messages.telling"


@pytest.mark.parametrize("name", programmes.names())
def test_who_is_told_what(name):
    """Partner, channel, purpose, categories and words of each message, and each reminder, are as on the page."""
    golden = GOLDEN / f"{name}.md"
    assert golden.is_file(), REMEDY
    assert page(name).splitlines() == golden.read_text(encoding="utf-8").splitlines(), REMEDY


def test_there_is_a_page_for_every_pack_and_no_other():
    """A pack that is gone leaves no page behind."""
    assert sorted(path.stem for path in GOLDEN.glob("*.md")) == programmes.names()
