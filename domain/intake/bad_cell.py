"""The finding that one cell cannot be taken, and how any cell is shown safely."""

import unicodedata

from domain.formulas import is_formula

LONGEST = 200


class BadCell(Exception):
    """The text of one cell cannot be taken."""

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.code = code
        self.reason = reason
        self.remedy = remedy


def shown(value: str) -> str:
    """Return `value` safe to show: no control characters, not too long, and never a live formula.

    A byte that could not be read as text is shown as a question mark.
    """
    plain = "".join(map(_plain, value[:LONGEST]))
    plain = plain if len(value) <= LONGEST else f"{plain}..."
    return f"'{plain}" if is_formula(plain) else plain


def printable(symbol: str) -> bool:
    """Tell whether a symbol can be seen, or is a plain space."""
    return not unicodedata.category(symbol).startswith(("C", "Zl", "Zp"))


def _plain(symbol: str) -> str:
    if "\ud800" <= symbol <= "\udfff":
        return "?"
    return symbol if printable(symbol) else f"\\u{ord(symbol):04x}"
