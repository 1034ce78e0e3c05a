"""What a spreadsheet may take for a formula, in whatever width its first sign is written.

See https://owasp.org/www-community/attacks/CSV_Injection: `=`, `+`, `-` and `@` begin one, `|` calls another program by
DDE, and tab and line ends hide what comes after them. Full-width forms are folded to the plain ones by some programs.
"""

import unicodedata

STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")

UNSEEN = ("Zs", "Zl", "Zp", "Cf", "Cc", "Mn")


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take a cell for a formula, also where blanks or quotation marks stand before."""
    begin = next((sign for sign in text if not _is_passed_over(sign)), "")
    return unicodedata.normalize("NFKC", begin).startswith(STARTS)


def _is_passed_over(sign: str) -> bool:
    """Tell whether a sign is not seen at the beginning of a cell: a blank, one without width, a quotation mark."""
    return sign == '"' or (sign not in STARTS and unicodedata.category(sign) in UNSEEN)
