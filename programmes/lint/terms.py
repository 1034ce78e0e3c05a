"""School terms that a pack's rules look at: too few, of another area, of another year, one missing among them."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from domain.rules.windows import LONGEST_HOLIDAYS, LONGEST_WAIT, after
from programmes.lint.issues import Issue, Table, entries, number, tables
from programmes.lint.periods import Span, span_of
from programmes.lint.source_map import Path

DEFAULT, ANY = "default", "any"
LONGEST_TERM = timedelta(days=150)
MOST_TERMS = 4  # in a school year; a council that has six calls its half terms so
Term = tuple[Path, Span]
_YEAR = re.compile(r"([0-9]{4})-([0-9]{2})")


def term_faults(content: Table) -> Iterator[Issue]:
    """Find what leaves a rule about the last school terms open for ever, and terms that cannot be."""
    known = entries(content.get("terms"))
    for n, year in known:
        yield from _of_year(n, year)
    yield from _unread(known, content.get("area"))
    yield from _too_few(content, _read(known, content.get("area")))
    yield from _run_out(content, _read(known, content.get("area")))
    for area in dict.fromkeys(str(year.get("area")) for _, year in known):
        yield from _one_after_another(_of_area(known, area))


def _of_year(n: int, year: Table) -> Iterator[Issue]:
    first = _first_year(year.get("school_year"))
    if first is None:
        what = f"{year.get('school_year')} is no school year"
        yield Issue(("terms", n, "school_year"), what, "write two years that follow each other, such as 2026-27")
        return
    held = entries(year.get("terms"))
    if len(held) > MOST_TERMS:
        what = f"{len(held)} terms in one school year; `last-terms` counts terms as they stand here"
        remedy = "write the three terms of the year, without their half-term breaks, or mean it so"
        yield Issue(("terms", n, "terms"), what, remedy, doubtful=True)
    for m, term in held:
        span = span_of(term)
        if span is not None:
            yield from _of_days(("terms", n, "terms", m), span, first)


def _of_days(path: Path, span: Span, first: int) -> Iterator[Issue]:
    if span[0] < date(first, 8, 1) or span[1] > date(first + 1, 8, 31):
        what = f"the term {span[0]} to {span[1]} does not lie in the school year {first}-{(first + 1) % 100:02}"
        yield Issue(path, what, "correct its days, or the school year")
    elif span[1] - span[0] > LONGEST_TERM:
        what = f"a term of {(span[1] - span[0]).days + 1} days"
        yield Issue(path, what, "write each term of the year on its own", doubtful=True)


def _first_year(raw: object) -> int | None:
    """Return the year that a school year begins in; one of the wrong shape is told elsewhere, and begins nowhere."""
    found = _YEAR.fullmatch(str(raw))
    follows = found and (int(found[1]) + 1) % 100 == int(found[2])
    return int(found[1]) if found and follows and 1 <= int(found[1]) < date.max.year else None


def _unread(known: Sequence[tuple[int, Table]], area: object) -> Iterator[Issue]:
    read = {DEFAULT, str(area or ANY)}
    for n, year in known:
        if str(year.get("area")) not in read:
            what = f"the pack's area is {area or ANY}, so the terms of {year.get('area')} are never looked at"
            remedy = f'write area = "{area}" or "{DEFAULT}", or set the pack\'s area' if area else "set the pack's area"
            yield Issue(("terms", n, "area"), what, remedy, doubtful=True)


def _of_area(known: Sequence[tuple[int, Table]], area: str) -> list[Term]:
    return [
        (("terms", n, "terms", m), span)
        for n, year in known
        if year.get("area") == area
        for m, term in entries(year.get("terms"))
        if (span := span_of(term))
    ]


def _read(known: Sequence[tuple[int, Table]], area: object) -> list[Term]:
    """Return the terms that a claim without terms of its own is judged by, as a claim file takes them."""
    return _of_area(known, str(area or ANY)) or _of_area(known, DEFAULT)


def _too_few(content: Table, terms: Sequence[Term]) -> Iterator[Issue]:
    for path, window in tables(content.get("results"), ("results",)):
        asked = number(window.get("n")) if window.get("type") == "last-terms" else None
        if asked is None or asked <= len(terms):
            continue
        where = (*path, "n", "value")
        if terms:
            what = f"the last {asked} terms are looked at and the pack knows {len(terms)}, so this is never decided"
            yield Issue(where, what, f"look at {len(terms)} or fewer, or add the terms of more school years")
        else:
            what = "the pack knows no school terms, so this is decided only for claim files that carry their own"
            yield Issue(where, what, f'add [[terms]] with area = "{DEFAULT}", one a school year', doubtful=True)


def _run_out(content: Table, terms: Sequence[Term]) -> Iterator[Issue]:
    """Find tariffs that go on when the terms that their results look at are not known any more."""
    last = max((span[1] for _, span in terms), default=None)
    for n, result in entries(content.get("results")):
        looks = any(window.get("type") == "last-terms" for _, window in tables(result.get("limbs")))
        for m, tariff in entries(result.get("tariffs")):
            span = span_of(tariff)
            if looks and last and span and span[1] > after(last, LONGEST_WAIT):
                what = f"the terms known end on {last}, so what looks at the last terms is open long before {span[1]}"
                yield Issue(("results", n, "tariffs", m, "to"), what, "add the terms of the years since", doubtful=True)


def _one_after_another(terms: Sequence[Term]) -> Iterator[Issue]:
    ordered = sorted(terms, key=lambda term: term[1])
    for (before, earlier), (path, later) in pairwise(ordered):
        if later[0] <= earlier[1] and path[:2] != before[:2]:  # within one school year sound_payment tells it
            what = f"begins on {later[0]}, before the term from {earlier[0]} ends ({earlier[1]})"
            yield Issue(path, what, "correct one of the two, so that each day has one answer")
        elif later[0] > after(earlier[1], LONGEST_HOLIDAYS):
            what = f"more than three months lie between {earlier[1]} and {later[0]}"
            remedy = "add the terms between; what looks at both sides of them is never decided"
            yield Issue(path, what, remedy, doubtful=True)
