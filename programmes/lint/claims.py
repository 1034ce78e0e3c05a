"""Claims that can never be made, or not for what they say: nothing paid, never paid together, never submitted."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import get_args

from domain.rules.grammar import PracticeDate
from programmes.lint.issues import Issue, Table, entries, number, table, words
from programmes.lint.periods import Span, overlaps, span_of, window_of
from programmes.lint.source_map import Path

LONGEST_LAG = timedelta(days=366)  # between the day a claim is about and its window
STEPS: tuple[str, ...] = get_args(PracticeDate)


def claim_faults(content: Table) -> Iterator[Issue]:
    """Find every claim that cannot be recorded or submitted as the pack says."""
    results = entries(content.get("results"))
    named = {str(result.get("name")): result for _, result in results}
    for n, result in results:
        yield from _paying_nothing(("results", n), result)
        yield from _beside(("results", n), result, named)
        yield from _unearned(("results", n), result)
    yield from _windows(content)
    yield from _too_soon(content)


def _paying_nothing(path: Path, result: Table) -> Iterator[Issue]:
    for n, tariff in entries(result.get("tariffs")):
        if number(tariff.get("pays")) == 0:
            what = "a result that pays nothing is never claimed"
            remedy = "say what it pays, or leave the tariff out: the result is judged and explained without one"
            yield Issue((*path, "tariffs", n, "pays", "value"), what, remedy)


def _beside(path: Path, result: Table, named: Mapping[str, Table]) -> Iterator[Issue]:
    """Find what pays only beside another, and never on the same day, or not the whole of it."""
    for n, name in words(result.get("beside")):
        if name not in named or not _tariffs(result):
            continue
        together = [
            (own, other)
            for own, span in _tariffs(result)
            for other, days in _tariffs(named[name])
            if span[0] <= days[1] and days[0] <= span[1]
        ]
        if not together:
            what = f"{result.get('name')} pays only beside {name}, and on no day do both pay, so it is never paid"
            yield Issue((*path, "beside", n), what, f"give both a tariff of the same days, or take {name} out")
        for own, other in together:
            yield from _short((*path, "tariffs", _place(result, own)), own, other)


def _short(path: Path, own: Table, other: Table) -> Iterator[Issue]:
    most, others = number(own.get("maximum")), number(other.get("maximum"))
    if most is None or others is None:
        return
    both = [number(tariff.get("pays")) for tariff in (own, other)]
    pays = sum(amount for amount in both if amount is not None)
    if most != others:
        what = f"results that pay together have maxima of {most} and {others} pounds; the lower counts"
        yield Issue((*path, "maximum", "value"), what, "give both the same maximum", doubtful=True)
    elif pays > most:
        what = f"the two pay {pays} pounds together, of which {most} are ever paid"
        yield Issue((*path, "maximum", "value"), what, "correct the amounts or the maximum", doubtful=True)


def _tariffs(result: Table) -> list[tuple[Table, Span]]:
    return [(tariff, span) for _, tariff in entries(result.get("tariffs")) if (span := span_of(tariff))]


def _place(result: Table, tariff: Table) -> int:
    return next(n for n, each in entries(result.get("tariffs")) if each is tariff)


def _unearned(path: Path, result: Table) -> Iterator[Issue]:
    """Find what is paid for whether or not anybody worked with the family before the result began."""
    if not result.get("tariffs"):
        return
    dated = {name for _, name in words(table(result.get("practice")).get("dates"))}
    missing = [step for step in STEPS if step not in dated]
    if missing:
        what = f"{result.get('name')} is paid for without {', '.join(missing)} before its window"
        remedy = "add [results.practice] with every date, or mean it so: families nobody worked with may be claimed"
        yield Issue((*path, "name"), what, remedy, doubtful=True)


def _windows(content: Table) -> Iterator[Issue]:
    """Find claim windows that hold nothing, and claims that no window takes."""
    windows = [(n, window_of(window)) for n, window in entries(content.get("windows"))]
    yield from overlaps(("windows",), windows, "the claim window")
    opened = [(n, span) for n, span in windows if span]
    results = entries(content.get("results"))
    tariffs = [
        (("results", n, "tariffs", _place(result, tariff)), span)
        for n, result in results
        for tariff, span in _tariffs(result)
    ]
    if tariffs and not windows:
        what = "the pack has no claim window, so what its results pay is recorded and never submitted"
        yield Issue(
            ("results",), what, "add [[windows]] and [audit], here or in a pack that extends this", doubtful=True
        )
    if windows and not tariffs:
        what = "no result of the pack pays, so nothing is ever submitted in a claim window"
        yield Issue(("windows",), what, "add tariffs, or leave the windows out", doubtful=True)
    for path, span in tariffs:
        if opened and span[0] > max(days[1] for _, days in opened):
            what = f"the last claim window closes before {span[0]}, so what is paid from then on is never submitted"
            yield Issue(path, what, "add a claim window after it", doubtful=True)
    yield from _idle(opened, tariffs)


def _idle(opened: Sequence[tuple[int, Span]], tariffs: Sequence[tuple[Path, Span]]) -> Iterator[Issue]:
    """Find claim windows before any money, and long after the last."""
    for n, span in opened:
        last = max((days[1] for _, days in tariffs), default=span[0])
        if span[0] - last > LONGEST_LAG:
            what = f"the last tariff ended on {last}, long before it opens, so nothing new is submitted in it"
            yield Issue(("windows", n), what, "give the results a tariff of these days", doubtful=True)
        if tariffs and span[1] < min(days[0] for _, days in tariffs):
            what = f"it closes on {span[1]}, before any result pays, so nothing is ever submitted in it"
            yield Issue(("windows", n), what, "correct the days, or add a tariff")


def _too_soon(content: Table) -> Iterator[Issue]:
    """Find results whose practice must lie before a window that is longer than the work with the family."""
    months = table(content.get("evaluations")).get("months")
    known = [month for month in months if isinstance(month, int)] if isinstance(months, list) else []
    if not known or content.get("checks"):
        return
    for n, result in entries(content.get("results")):
        window = table(table(result.get("practice")).get("window"))
        length = number(window.get("n"))
        if window.get("type") == "last-months" and length is not None and length > max(known):
            what = (
                f"practice is asked for before the last {length} months; the last evaluation is {max(known)} months in"
            )
            remedy = f"evaluate at {length} months or later, or look at fewer months"
            yield Issue(("results", n, "practice", "window", "n", "value"), what, remedy, doubtful=True)
