"""One rule for each column of a referral: the text as it came, read into a value or refused with a remedy."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from stdnum.gb import nhs

from domain.formulas import is_formula
from domain.intake.bad_cell import LONGEST, BadCell, printable, shown
from domain.intake.written_days import birth_year, referral_year, written_day, written_part

__all__ = ["COLUMNS", "DAYS", "HOUSEHOLD", "IDENTIFIERS", "PERSONAL", "REQUIRED", "ROLES", "BadCell", "read", "shown"]

LONGEST_LIST = 2_000  # `criteria` may name every criterion of a pack; those of supporting-families-2022 take 664
EARLIEST_BIRTH = date(1900, 1, 1)
DIGITS_OF_NHS = 10
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ERRORS = ("#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#spill!", "#calc!", "#getting_data")

ROLES = ("adult", "child")
REQUIRED = ("family_no", "surname", "forename", "role", "date_of_birth", "locality", "referrer", "referred_on")
MAY_BE_EMPTY = ("surname", "forename", "date_of_birth")  # columns that a file must have, and a person may lack
NOT_KNOWN = ("unknown", "not known", "nk", "n/k", "?")
IDENTIFIERS = {"upn": "upn", "nhs_number": "nhs-number", "nino": "nino", "police_urn": "police-urn"}
DAYS = ("date_of_birth", "expected", "referred_on")
PERSONAL = ("surname", "forename", "role", "date_of_birth", "expected", *IDENTIFIERS)
HOUSEHOLD = ("locality", "referrer", "referred_on", "criteria", "address", "postcode", "uprn")
COLUMNS = (
    "family_no",
    "surname",
    "forename",
    "role",
    "date_of_birth",
    "expected",
    "address",
    "postcode",
    "uprn",
    "upn",
    "nhs_number",
    "nino",
    "police_urn",
    "locality",
    "referrer",
    "referred_on",
    "criteria",
)


def read(column: str, value: str, today: date) -> str | date | tuple[str, ...] | None:
    """Return what `value` says in `column`, or None for an empty cell that may be empty; raise `BadCell`."""
    if column == "address":
        value = _on_one_line(value)
    most = LONGEST_LIST if column == "criteria" else LONGEST
    clean = " ".join(unicodedata.normalize("NFC", _harmless(value, most)).split())
    if clean.casefold() in ERRORS:
        reason = f"{clean}: a formula in the spreadsheet failed"
        raise BadCell("formula-error", reason, "mend the formula, or leave the cell empty")
    if column == "date_of_birth" and clean.casefold() in NOT_KNOWN:
        return None
    if clean and column in _DAYS:
        return _DAYS[column](clean, today)
    if clean:
        return _READERS.get(column, _as_is)(clean)
    if column in REQUIRED and column not in MAY_BE_EMPTY:
        raise BadCell("missing", f"{column} is empty", f"give the {column.replace('_', ' ')}")
    return None


def _on_one_line(value: str) -> str:
    """Write an address of several lines, as spreadsheets keep them in one cell, as it is written on one."""
    return ", ".join(part.strip(" ,") for part in re.split(r"[\r\n]+", value) if part.strip(" ,"))


def _harmless(value: str, most: int) -> str:
    if len(value) > most:
        raise BadCell("too-long", f"{len(value)} characters, the most is {most}", "shorten it")
    if not value.isprintable() and not all(map(printable, value)):  # most are, and the first asks it at once
        raise BadCell("control-characters", "holds a line break or another control character", "remove it")
    if is_formula(value.strip()):
        remedy = "give the plain text, without a leading = + - @ | or %"
        raise BadCell("formula", "reads as a spreadsheet formula", remedy)
    return value


def _as_is(value: str) -> str:
    return value


def _referral_day(value: str, today: date) -> date:
    return written_day(value, referral_year(today), timed=True)


def _expected_day(value: str, today: date) -> date:
    return written_day(value, referral_year(today))


def _birth(value: str, today: date) -> date | str:
    """Read a birth: a day, or the month or the year where no more is known."""
    part = written_part(value)
    born = part or written_day(value, birth_year(today))
    if str(born)[:4] < str(EARLIEST_BIRTH.year):
        raise BadCell("bad-date", f"born before {EARLIEST_BIRTH.year}", "correct the year of birth")
    return born


def _role(value: str) -> str:
    role = value.casefold()
    if role not in ROLES:
        raise BadCell("unknown-role", "not a role", f"use {' or '.join(ROLES)}")
    return role


def _criteria(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in value.split(";") if part.strip()))


def _nhs_number(value: str) -> str:
    _whole(value)
    number: str = nhs.compact(value)
    if number.isascii() and number.isdigit() and len(number) != DIGITS_OF_NHS:
        count = NUMBERS[len(number)] if len(number) < len(NUMBERS) else str(len(number))
        reason = f"{count} digit{'s' if len(number) > 1 else ''}: an NHS number has ten"
        if len(number) == DIGITS_OF_NHS - 1:
            reason = f"{reason}; did a leading zero go?"
        raise BadCell("bad-nhs-number", reason, "format the column as text, and copy the number again")
    if not nhs.is_valid(number):
        raise BadCell(
            "bad-nhs-number", "the check digit of the NHS number is wrong", "copy it again, or leave it empty"
        )
    return number


def _whole(value: str) -> None:
    """Refuse a number that a spreadsheet has shortened: its last digits are gone."""
    if re.fullmatch(r"[0-9](\.[0-9]+)?[eE]\+[0-9]{1,2}", value):
        reason = f"{value}: the spreadsheet has shortened the number, and its last digits are lost"
        raise BadCell("shortened-number", reason, "format the column as text, and export it again")


def _shaped(pattern: str, code: str, what: str, like: str) -> Callable[[str], str]:
    """Return a reader of upper-case values of one form; check letters are not judged, for exports get them wrong."""

    def read_shaped(value: str) -> str:
        _whole(value)
        plain = value.upper().replace(" ", "")
        if not re.fullmatch(pattern, plain):
            raise BadCell(code, f"not a {what}", f"write it like {like}, or leave it empty")
        return plain

    return read_shaped


def _postcode(value: str) -> str:
    plain = _shaped(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}", "bad-postcode", "postcode", "CH41 1ZZ")(value)
    return f"{plain[:-3]} {plain[-3:]}"


def _family_no(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,39}", value):
        raise BadCell("bad-family-no", "not a family number", "use letters, digits and . _ / - , 40 at most")
    return value


def _locality(value: str) -> str:
    longest = 80
    if len(value) > longest:
        raise BadCell("too-long", f"{len(value)} characters, the most is {longest}", "shorten it")
    return value


_DAYS: dict[str, Callable[[str, date], date | str]] = {
    "date_of_birth": _birth,
    "expected": _expected_day,
    "referred_on": _referral_day,
}
DAY_COLUMNS = frozenset(_DAYS)  # the columns in which a number is a day
_READERS: dict[str, Callable[[str], str | tuple[str, ...]]] = {
    "family_no": _family_no,
    "role": _role,
    "criteria": _criteria,
    "locality": _locality,
    "postcode": _postcode,
    "uprn": _shaped(r"[0-9]{1,12}", "bad-uprn", "UPRN", "42397869"),
    "upn": _shaped(r"[A-Z][0-9A-Z]{12}", "bad-upn", "UPN", "K388837901156"),
    "nhs_number": _nhs_number,
    "nino": _shaped(r"[A-Z]{2}[0-9]{6}[A-D]", "bad-nino", "National Insurance number", "QQ123456C"),
    "police_urn": _shaped(r"[A-Z0-9/-]{1,30}", "bad-police-urn", "police URN", "MP/341557"),
}
