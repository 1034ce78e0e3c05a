"""Which texts are one mail address that mail can be made of: the plain form, in ASCII, without quotes and comments."""

import re

LONGEST = 254
_LOCAL = r"[A-Za-z0-9!#$&'*+/^_~-]+"  # without what begins an encoded word, a route or a comment
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LAST = r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"  # of an address in digits, the last one is a number
PATTERN = rf"^{_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}\.)*{_LAST}$"
WRONG = "not one e-mail address; write it like kim@council.example"


def is_mail_address(text: str) -> bool:
    """Tell whether mail can be made of a text, and would go to it alone."""
    return len(text) <= LONGEST and re.fullmatch(PATTERN.strip("^$"), text) is not None


def mail_address(text: str) -> str:
    """Return the address; raise `ValueError` for a text that is none."""
    if not is_mail_address(text):
        raise ValueError(WRONG)
    return text
