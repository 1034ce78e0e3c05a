"""How a family is found by what somebody says."""

from datetime import date

import pytest

from domain.errors import Rejected
from domain.intake.finding import Card, as_number, keys_of, likeness, terms_of
from domain.intake.spelling import Name

TODAY = date(2012, 6, 1)
TEAL = Card(
    names=(Name(surname="O'Neill-Teal", forename="Zoë"), Name(surname="Teal", forename="Christopher")),
    births=("1988-03-14", "1999"),
    places=("12 Elm Grove", "CH41 1AA"),
)


def found(text: str) -> str | None:
    """Return how the family fits, which must not be known without a key in common for each term."""
    terms, keys = terms_of(text, TODAY), keys_of(TEAL)
    fit = likeness(terms, TEAL)
    if fit is not None:
        assert all(term.keys & keys for term in terms)
    if fit == "exact":
        assert {term.exact for term in terms} <= keys
    return fit


@pytest.mark.parametrize(
    "text",
    [
        "Zoe", "teal", "Zoë O'Neill", "ONeill-Teal", "oneillteal", "Teal, Christopher", "14/03/1988", "1988-03-14",
        "Teal 14.3.88", "Christopher 14 March 1988", "12 elm grove", "CH41 1AA", "ch411aa", "Z Teal", "Teal Teal",
    ],
)  # fmt: skip
def test_exact(text: str):
    """A family is found by any of its words, dates and places, however they are cased, accented and ordered."""
    assert found(text) == "exact"


@pytest.mark.parametrize(
    "text",
    [
        "Kristopher",
        "Teel",
        "Teall",
        "Ohneil",
        "Chritsopher",
        "Christophr",
        "Tael",
        "Teale",
        "Elm Grov",
        "14/03/1989",
        "14/03/1998",
        "3/4/1988",
    ],
)
def test_near(text: str):
    """A family is found with a letter changed, swapped, left out or put in, and with a figure of a date mistyped."""
    expected = None if text == "3/4/1988" else "near"
    assert found(text) == expected


def test_day_and_month_turned():
    """A date with day and month turned is nearly the same."""
    card = Card(births=("1988-03-04",))
    assert likeness(terms_of("3/4/1988", TODAY), card) == "near"


@pytest.mark.parametrize("text", ["Teal Smith", "Zoa", "Grove 14", "13 Elm Grove", "Teal 01/01/2001", "ch42 1aa"])
def test_not_found(text: str):
    """Each part must fit; a short word, a number and another date are not nearly anything."""
    assert found(text) is None


@pytest.mark.parametrize("text", ["", " - ", "z", "7"])
def test_too_little(text: str):
    """A letter or a figure is too little to find a family by."""
    with pytest.raises(Rejected) as fault:
        terms_of(text, TODAY)
    assert fault.value.code == "too-little-to-find-by"


def test_no_such_date():
    """What looks like a date and is none stays a word, which fits nobody."""
    assert found("31/02/1988") is None


def test_numbers():
    """A long run with figures may be an identifier, however it is spaced; a word or a house number is none."""
    assert [as_number(text) for text in ("943 476 5919", "Teal", "12", "christopher")] == [
        "9434765919",
        None,
        None,
        None,
    ]
