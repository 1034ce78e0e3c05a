"""What a spreadsheet could take for a formula is one, however it is written."""

from datetime import date

import pytest

from domain.formulas import is_formula
from domain.intake.referral_columns import BadCell, read, shown

LIVE = ("=1+1", "+44", "-1", "@SUM(A1)", "|calc", "%x", "\uff1d1+1", "\uff0b44", "\uff0d1", "\uff20SUM", "\uff5ccalc")
LIVE += ("\ufe621", "\ufe66x", "\ufe6bx", "  =1", "\u3000=1", "\u00a0=1", "\ufeff=1", '"=1', "\t=1", "\r=1")
LIVE += (
    "\u2060=1",
    "\u00ad=1",
    "\u200e=1",
    "\u202e=1",
    "\u2003=1",
    "\u2028=1",
    "\x00=1",
    "\x0b=1",
    "\u034f=1",
    "\u207c1",
)


@pytest.mark.parametrize("text", LIVE)
def test_a_formula(text: str):
    """By its sign, its full-width or small form, and behind blanks: shown as text, and refused in a referral."""
    assert (True, True) == (is_formula(text), shown(text).startswith(("'", "\\u")))
    with pytest.raises(BadCell):
        read("surname", text, date(2012, 6, 1))


@pytest.mark.parametrize("text", ["", "Wren", "O'Brien", "Anne-Marie", "1-2", "a=b", "x|y", "50 %", "F-7K3Q-9D2X"])
def test_plain_text(text: str):
    """What begins with anything else is text."""
    assert (False, text) == (is_formula(text), shown(text))
