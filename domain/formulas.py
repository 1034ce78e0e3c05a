"""What a spreadsheet may take for a formula, in whatever width its first sign is written.

See https://owasp.org/www-community/attacks/CSV_Injection: `=`, `+`, `-` and `@` begin one, `|` calls another program by
DDE, and tab and line ends hide what comes after them. Full-width forms are folded to the plain ones by some programs.
"""

import unicodedata

STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take a cell for a formula, also where blanks or quotation marks stand before."""
    begin = text.lstrip(' \u00a0\u3000\ufeff\u200b"')[:1]
    return unicodedata.normalize("NFKC", begin).startswith(STARTS)
