"""How names and dates are spelled: what is one spelling, what is nearly one, and by what words a name is looked up."""

import re
import unicodedata
from datetime import date

from domain.model import Value

SHORT = 6  # letters: a shorter name with two letters changed is another name
EXPANDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})
SIDE_BY_SIDE = ((0, 1), (1, 2), (2, 3), (4, 5), (6, 7))  # digits of one year, month or day, written YYYYMMDD


class Name(Value):
    """A person's name as it was written."""

    surname: str
    forename: str

    @property
    def full(self) -> str:
        """The name as people say it."""
        return f"{self.forename} {self.surname}".strip()


def fold(text: str) -> str:
    """Return a name without case, apostrophes, dashes and spaces; two names of one fold are one spelling."""
    letters = unicodedata.normalize("NFKC", text).casefold()
    return "".join(symbol for symbol in letters if unicodedata.category(symbol)[0] in "LMN")


def plain(text: str) -> str:
    """Return the fold without accents too: names that differ in those only are nearly one spelling."""
    parts = unicodedata.normalize("NFKD", fold(text).translate(EXPANDED))
    return "".join(symbol for symbol in parts if not unicodedata.combining(symbol))


def words(name: Name) -> frozenset[str]:
    """Return the plain words of a name, in whichever box they were written; a joined spelling is one more word."""
    boxes = (name.surname, name.forename)
    apart = [plain(word) for box in boxes for word in re.split(r"[\s\-\u2010-\u2015_./,]+", box)]
    return frozenset(word for word in (*apart, *map(plain, boxes)) if word)


def near(one: str, other: str) -> bool:
    """Tell whether two plain names may be one: equal, or with a letter (two, in longer names) otherwise."""
    if not one or not other:
        return one == other
    return _slips(one, other) <= (1 if max(len(one), len(other)) < SHORT else 2)


def near_days(one: date, other: date) -> bool:
    """Tell whether two days may be one mistyped: day and month swapped, one digit wrong, or two digits swapped."""
    if swapped_days(one, other):
        return True
    first, second = f"{one:%Y%m%d}", f"{other:%Y%m%d}"
    wrong = tuple(place for place, (left, right) in enumerate(zip(first, second, strict=True)) if left != right)
    if len(wrong) == 1:
        return True
    return wrong in SIDE_BY_SIDE and sorted(first) == sorted(second)


def swapped_days(one: date, other: date) -> bool:
    """Tell whether two days are one with day and month swapped, which is how most are mistyped."""
    return one.year == other.year and one != other and (one.day, one.month) == (other.month, other.day)


def _slips(one: str, other: str) -> int:
    """Count the letters to change, leave out, put in, or swap with the next (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for down, letter in enumerate(one, start=1):
        before, above, row = row, before, [down]
        for across, symbol in enumerate(other, start=1):
            cost = min(before[across] + 1, row[across - 1] + 1, before[across - 1] + (letter != symbol))
            if down > 1 < across and letter == other[across - 2] and one[down - 2] == symbol:
                cost = min(cost, above[across - 2] + 1)
            row.append(cost)
    return row[-1]
