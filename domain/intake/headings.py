"""Which column of ours each heading of a file means: by our name, by a well-known other one, or as the sender says.

A heading is compared by its letters and digits alone, without what stands in brackets: `D.O.B. (dd/mm/yyyy)` is `dob`.
"""

import re
from collections.abc import Mapping, Sequence

from pydantic import Field

from domain.intake.bad_cell import shown
from domain.intake.referral_columns import COLUMNS
from domain.model import Value

IGNORED = ""  # what a heading is mapped to that is to be left out
OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "family_no": (
        "family number", "family id", "family ref", "family reference", "family num", "family identifier",
        "household id", "household no", "household number", "household ref", "household reference",
        "case id", "case no", "case number", "case ref", "case reference", "family",
    ),
    "surname": ("last name", "family name", "last names", "surnames"),
    "forename": ("first name", "forenames", "first names", "given name", "given names", "christian name"),
    "role": ("member role", "member type", "person type", "adult or child", "adult/child", "family role"),
    "date_of_birth": ("dob", "birth date", "born", "birthday", "date of births", "birth day", "d of b"),
    "expected": ("expected date", "due date", "edd", "expected date of birth", "expected date of delivery", "baby due"),
    "address": ("home address", "full address", "current address", "family address"),
    "postcode": ("postal code", "post code", "home postcode", "pcode"),
    "uprn": ("unique property reference number", "unique property reference", "property reference number"),
    "upn": ("unique pupil number", "pupil number", "pupil upn", "pupil no"),
    "nhs_number": ("nhs", "nhs no", "nhs num", "nhs id", "nhs ref"),
    "nino": ("ni", "ni no", "ni number", "nino number", "national insurance", "national insurance number",
             "national insurance no", "nat ins no"),
    "police_urn": ("police ref", "police reference", "police number", "police no", "police id"),
    "locality": ("ward", "ward name", "electoral ward", "locality name", "district", "neighbourhood"),
    "referrer": ("referred by", "referring agency", "referring partner", "referring organisation", "referral source",
                 "source of referral", "referral agency", "agency"),
    "referred_on": ("referral date", "date of referral", "date referred", "referred date", "referral received",
                    "date referral received"),
    "criteria": ("criterion", "criteria met", "eligibility criteria", "referral criteria", "reason for referral",
                 "reasons for referral", "referral reason", "referral reasons"),
}  # fmt: skip


class Headed(Value):
    """A row of headings: the column that each cell means (None: none of ours), and those that have another name."""

    columns: tuple[str | None, ...]
    mapped: dict[str, str] = Field(default_factory=dict)

    @property
    def known(self) -> int:
        """How many columns of ours it names."""
        return len({column for column in self.columns if column})


class TwiceError(Exception):
    """Two headings mean the same column."""

    def __init__(self, column: str, names: Sequence[str]) -> None:
        super().__init__(column)
        self.column = column
        self.names = tuple(names)


def folded(heading: str) -> str:
    """Return a heading as it is compared."""
    return "".join(symbol for symbol in re.sub(r"\([^)]*\)", "", heading).casefold() if symbol.isalnum())


_OURS = {folded(column): column for column in COLUMNS}
_OTHERS = {folded(name): column for column, names in OTHER_NAMES.items() for name in names}


def headed(cells: Sequence[str], said: Mapping[str, str]) -> Headed:
    """Return what a row of headings means; `said` maps headings to our columns, and goes before what we know."""
    told = {folded(heading): column for heading, column in said.items()}
    ranked = [_meaning(folded(cell), told) for cell in cells]
    columns: list[str | None] = [None] * len(cells)
    for column in COLUMNS:
        best = min((rank for rank, meant in ranked if meant == column), default=None)
        if best is None:
            continue
        for place in [place for place, found in enumerate(ranked) if found == (best, column)]:
            columns[place] = column
    mapped = {
        " ".join(cell.split()): column
        for cell, column in zip(cells, columns, strict=True)
        if column and folded(cell) != folded(column)
    }
    return Headed(columns=tuple(columns), mapped={shown(name): column for name, column in mapped.items()})


def check_once(cells: Sequence[str], found: Headed) -> None:
    """Raise `TwiceError` where two headings mean one column."""
    for column in COLUMNS:
        names = [cell.strip() for cell, meant in zip(cells, found.columns, strict=True) if meant == column]
        if len(names) > 1:
            raise TwiceError(column, names)


def _meaning(plain: str, told: Mapping[str, str]) -> tuple[int, str | None]:
    """Return how well a heading is known (0 best), and the column that it means."""
    if plain and plain in told:
        return 0, told[plain] or None
    if plain in _OURS:
        return 1, _OURS[plain]
    return 2, _OTHERS.get(plain)
