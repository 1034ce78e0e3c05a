"""How a family is found by what somebody says on the telephone: words of names and addresses, or a date of birth."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Literal

from domain.errors import Rejected
from domain.intake.bad_cell import BadCell
from domain.intake.spelling import Name, near, near_days, plain, words
from domain.intake.written_days import birth_year, written_day
from domain.model import Value

Likeness = Literal["exact", "near"]

SPELLED = 4  # letters: a shorter word is found only as it is written
MOST_TERMS = 8
EARLIEST = 1900  # no year of birth is before it
NUMBER = 6  # letters and figures: a shorter number is a house's
# What sounds alike in English names: Stephen and Steven, Christopher and Kristopher, Smith and Smyth.
_SOUNDS = (("ph", "f"), ("ck", "k"), ("ch", "k"), ("c", "k"), ("q", "k"), ("v", "f"), ("z", "s"), ("y", "i"))
_APART = re.compile(r"[\s\-\u2010-\u2015_./,;]+")
_DAYS = re.compile(
    r"\b\d{4}([-/.])\d{1,2}\1\d{1,2}\b|\b\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})\b"
    r"|\b\d{1,2}[- ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ]\d{4}\b",
    re.IGNORECASE,
)


class Card(Value):
    """What one family is found by; `places` are the lines of its address and its postcode."""

    names: tuple[Name, ...] = ()
    births: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """Every plain word of its names and its address."""
        named = frozenset(word for name in self.names for word in words(name))
        return named | frozenset(word for line in self.places for word in _words(line))


class Term(Value):
    """One part of what was asked: a plain word, or a day."""

    word: str = ""
    day: date | None = None

    @property
    def exact(self) -> str:
        """The key that it is found by as it is written."""
        return f"word {self.word}" if self.day is None else f"born {self.day}"

    @property
    def keys(self) -> frozenset[str]:
        """Every key that it is found by, as it is written and nearly so."""
        if self.day is None:
            return frozenset(f"word {each}" for each in _nearly(self.word))
        return frozenset(f"born {each}" for each in (self.day, *_mistyped(self.day)))


def keys_of(card: Card) -> frozenset[str]:
    """Return the keys under which a family is looked up. They are personal: hash them before they are kept."""
    spelled = {f"word {each}" for word in card.words for each in _nearly(word)}
    return frozenset(spelled | {f"born {day}" for day in card.births})


def terms_of(text: str, today: date) -> tuple[Term, ...]:
    """Return the parts of what was asked, each of which must fit; raise `Rejected` where there is too little."""
    days: list[Term] = []
    rest = _DAYS.sub(lambda found: _day_or_words(found[0], today, days), text)
    asked = dict.fromkeys(word for part in _APART.split(rest) if (word := plain(part)))
    said = [Term(word=word) for word in asked if len(word) > 1 or word.isdigit()]
    terms = (*days, *said)[:MOST_TERMS]
    if not any(term.day or len(term.word) > 1 for term in terms):
        raise Rejected(
            "too-little-to-find-by",
            "that is too little to find a family by",
            "give a name, a date of birth, an identifier, a postcode or words of the address",
        )
    return terms


def as_number(text: str) -> str | None:
    """Return what was asked as it would be if it is an identifier, or None where it cannot be one."""
    joined = "".join(text.split())
    return joined if len(joined) >= NUMBER and any(symbol.isdigit() for symbol in joined) else None


def likeness(terms: Sequence[Term], card: Card) -> Likeness | None:
    """Tell how a family fits what was asked: in every part as it is written, nearly so, or not at all."""
    fits = {_fit(term, card) for term in terms}
    if None in fits:
        return None
    return "near" if "near" in fits else "exact"


def _fit(term: Term, card: Card) -> Likeness | None:
    if term.day is not None:
        return _fit_day(term.day, card)
    if term.word in card.words:
        return "exact"
    alike = any(_spelled(word) and _alike(term.word, word) for word in card.words)
    return "near" if alike and _spelled(term.word) else None


def _alike(one: str, other: str) -> bool:
    return near(one, other) or _sound(one) == _sound(other)


def _sound(word: str) -> str:
    """Return a word as it sounds, roughly: letters that sound alike are one, and a doubled letter is single."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return re.sub(r"(.)\1", r"\1", word).removesuffix("e")


def _fit_day(day: date, card: Card) -> Likeness | None:
    if str(day) in card.births:
        return "exact"
    return "near" if any(str(other) in card.births for other in _mistyped(day)) else None


def _day_or_words(text: str, today: date, days: list[Term]) -> str:
    """Take a date out of what was asked; what is no date after all stays as words."""
    with suppress(BadCell):
        days.append(Term(day=written_day(text, birth_year(today))))
        return " "
    return text


def _words(line: str) -> frozenset[str]:
    """Return the plain words of a line; a joined spelling, as of a postcode, is one more."""
    return frozenset(word for part in (*_APART.split(line), line) if (word := plain(part)))


def _spelled(word: str) -> bool:
    """Tell whether a word may be found by a near spelling: it is long enough, and letters alone."""
    return len(word) >= SPELLED and word.isalpha()


def _nearly(word: str) -> frozenset[str]:
    """Return a word and, where it may be misspelt, how it sounds and what is left without each of its letters.

    Two words with one letter left out, put in, changed or swapped have one of these in common.
    """
    if not _spelled(word):
        return frozenset({word})
    shorter = (word[:place] + word[place + 1 :] for place in range(len(word)))
    return frozenset({word, f"~{_sound(word)}", *shorter})


def _mistyped(day: date) -> tuple[date, ...]:
    """Return the days that may be this one mistyped."""
    written = f"{day:%Y%m%d}"
    figures = [
        written[:place] + figure + written[place + 1 :] for place in range(len(written)) for figure in "0123456789"
    ]
    swaps = [written[:at] + written[at + 1] + written[at] + written[at + 2 :] for at in range(len(written) - 1)]
    turned = f"{day:%Y%d%m}"
    found = {other for text in (*figures, *swaps, turned) if (other := _read(text)) and other != day}
    return tuple(sorted(other for other in found if near_days(day, other)))


def _read(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueError:
        return None
    return found if found.year >= EARLIEST else None
