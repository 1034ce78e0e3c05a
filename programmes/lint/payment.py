"""Payments that can never come about: results that shut each other out, and periods that never meet."""

from collections.abc import Iterator

from programmes.lint.issues import Issue, Table, entries, nearest, number, words
from programmes.lint.periods import Span, overlaps, span_of, validity, window_of
from programmes.lint.source_map import Path


def payment_faults(content: Table) -> Iterator[Issue]:
    """Find every result that can never be paid as the pack says, and every period that pays nothing."""
    results = entries(content.get("results"))
    names = [str(result.get("name")) for _, result in results]
    for n, result in results:
        for field in ("beside", "instead_of"):
            yield from _named(("results", n, field), result, field, names)
        yield from _shut_out(("results", n), result, dict(zip(names, (one for _, one in results), strict=True)))
        yield from overlaps(("results", n, "tariffs"), _spans(result.get("tariffs")), "the tariff")
        yield from _capped(("results", n), result)
    for n, terms in entries(content.get("terms")):
        yield from overlaps(("terms", n, "terms"), _spans(terms.get("terms")), "the term")
    yield from _outside(content)


def _named(path: Path, result: Table, field: str, names: list[str]) -> Iterator[Issue]:
    own = result.get("name")
    for n, other in words(result.get(field)):
        if other not in names:
            yield Issue(
                (*path, n), f"no result is called {other!r}", nearest(other, [name for name in names if name != own])
            )
        elif other == own:
            yield Issue((*path, n), f"{own} is named in its own {field}", "take it out of the list")


def _shut_out(path: Path, result: Table, results: dict[str, Table]) -> Iterator[Issue]:
    """Find a result which needs two others paid together, itself among them, of which one excludes the other."""
    together = _together(str(result.get("name")), results)
    for name in sorted(together):
        for _, barred in words(results[name].get("instead_of")):
            if barred in together - {name}:
                what = f"{name} pays instead of {barred}, yet {result['name']} needs both paid, so it is never paid"
                yield Issue((*path, "beside"), what, "correct beside or instead_of")


def _together(name: str, results: dict[str, Table]) -> set[str]:
    """Return a result with all that must be paid beside it, and beside those."""
    found, open_ = {name}, [name]
    while open_:
        beside = {other for _, other in words(results[open_.pop()].get("beside"))} & results.keys()
        open_ += sorted(beside - found)
        found |= beside
    return found


def _capped(path: Path, result: Table) -> Iterator[Issue]:
    for n, tariff in entries(result.get("tariffs")):
        pays, most = number(tariff.get("pays")), number(tariff.get("maximum"))
        if pays is not None and most is not None and pays > most:
            what = f"pays {pays} pounds but a family's results never add up to more than {most}"
            yield Issue((*path, "tariffs", n, "maximum", "value"), what, "correct pays or maximum")


def _outside(content: Table) -> Iterator[Issue]:
    """Find tariffs and windows that lie outside every agreement."""
    tariffs = [
        (("results", n, "tariffs", m), span)
        for n, result in entries(content.get("results"))
        for m, tariff in entries(result.get("tariffs"))
        if (span := span_of(tariff))
    ]
    windows = [(("windows", n), span) for n, window in entries(content.get("windows")) if (span := window_of(window))]
    agreed = [span for _, agreement in entries(content.get("agreements")) if (span := validity(agreement))]
    for path, span in (*tariffs, *windows):
        if agreed and not any(span[0] <= held[1] and held[0] <= span[1] for held in agreed):
            what = f"{span[0]} to {span[1]} lies outside every agreement of the pack, so nothing is ever claimed in it"
            yield Issue(path, what, "correct the days, or add an agreement")


def _spans(raw: object) -> list[tuple[int, Span | None]]:
    return [(n, span_of(entry)) for n, entry in entries(raw)]
