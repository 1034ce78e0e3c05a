"""Rules that can never fire: thresholds that no figure meets, windows too short, steps dated before there were any."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from domain.rules.windows import months_to
from programmes.lint.issues import Issue, Table, entries, nearest, number, table, tables, words
from programmes.lint.source_map import Path

_WHOLE = 100
_CALENDAR = {"last-months", "months-before-engagement"}


def rule_faults(content: Table) -> Iterator[Issue]:
    """Find every part of a rule that no family can meet, or that says nothing."""
    for path, part in tables(content):
        match part.get("type"):
            case "count":
                yield from _count(path, part)
            case "rate":
                yield from _rate(path, part)
            case "fall":
                yield from _fall(path, part)
            case "held" | "not-held":
                yield from _held(path, part)
                yield from _bars_itself(path, part)
            case "each-need":
                yield from _needs(path, part, content)
            case "at-least":
                yield from _at_least(path, part)
            case "all-of":
                yield from _contrary([((*path, "rules", n), rule) for n, rule in entries(part.get("rules"))])
            case _:
                yield from _before_any(path, part)
    for n, result in entries(content.get("results")):
        limbs = [
            (("results", n, "limbs", m, "rule"), table(limb.get("rule"))) for m, limb in entries(result.get("limbs"))
        ]
        yield from _contrary(limbs)


def _count(path: Path, part: Table) -> Iterator[Issue]:
    figure, compare = number(part.get("threshold")), part.get("compare")
    where = (*path, "threshold", "value")
    if figure == 0 and compare == "fewer-than":
        yield Issue(where, "no count is fewer than 0, so this is never met", "ask for fewer than 1, or more")
    if figure == 0 and compare == "at-least":
        yield Issue(where, "every count is at least 0", "ask for at least 1, or leave the rule out", doubtful=True)
    if number(part.get("under_age")) == 0:
        yield Issue((*path, "under_age", "value"), "nobody is under 0, so nothing is counted", "give an age above 0")


def _rate(path: Path, part: Table) -> Iterator[Issue]:
    figure, compare = number(part.get("threshold")), part.get("compare")
    where = (*path, "threshold", "value")
    if figure is None:
        return
    if figure == 0 and compare == "below":
        yield Issue(where, "no rate is below 0%, so this is never met", "ask for below 1%, or more")
    if figure >= _WHOLE and compare == "above":
        yield Issue(where, f"no rate is above {figure}%, so this is never met", "ask for above 99%, or less")
    if figure > _WHOLE and compare == "below":
        yield Issue(where, f"every rate is below {figure}%", "ask for below 100%, or less", doubtful=True)


def _fall(path: Path, part: Table) -> Iterator[Issue]:
    window, baseline = (_days_meant(part.get(name)) for name in ("window", "baseline"))
    if window is not None and window == baseline:
        what = "window and baseline are the same days, so no count falls from the one to the other"
        yield Issue((*path, "baseline"), what, 'look at other days, such as type = "months-before-engagement"')
    if number(part.get("under_age")) == 0:
        yield Issue((*path, "under_age", "value"), "nobody is under 0, so nothing is counted", "give an age above 0")


def _days_meant(window: object) -> tuple[object, int] | None:
    length = number(table(window).get("n"))
    return None if length is None else (table(window).get("type"), length)


def _held(path: Path, part: Table) -> Iterator[Issue]:
    asked, longest = number(part.get("days")), _longest(part.get("window"))
    if asked is not None and longest is not None and asked > longest:
        what = f"{asked} days are asked of a window that never holds more than {longest}, so this is never met"
        yield Issue((*path, "days", "value"), what, f"ask for {longest} days or fewer, or look at a longer window")


def _bars_itself(path: Path, part: Table) -> Iterator[Issue]:
    """Find a status that must be held while, or after, it is not."""
    kind = part.get("of")
    for n, other in words(part.get("not_while")):
        if other == kind:
            what = f"no day of {kind} counts while on {kind}, so this is never met"
            yield Issue((*path, "not_while", n), what, "take it out of the list")
    if kind is not None and table(part.get("since_end_of")).get("of") == kind:
        what = f"no {kind} is held once the last {kind} has ended, so this is never met"
        yield Issue((*path, "since_end_of", "of"), what, "name the other status that must have ended")


def _needs(path: Path, part: Table, content: Table) -> Iterator[Issue]:
    """Find outcomes of needs that nobody can find; a pack that lists no needs takes any."""
    listed = [str(need.get("id")) for _, need in entries(content.get("needs"))]
    criteria = entries(table(content.get("eligibility")).get("criteria"))
    known = [*listed, *(str(criterion.get("id")) for _, criterion in criteria)]
    for n, outcome in entries(part.get("outcomes")) if listed else ():
        for m, need in words(outcome.get("needs")):
            if need not in known:
                what = f"no need is called {need!r}, so its outcome is never asked for"
                yield Issue((*path, "outcomes", n, "needs", m), what, nearest(need, known))


def _longest(window: object) -> int | None:
    """Return the most days that a window may hold, None where that is not known."""
    length, kind = number(table(window).get("n")), table(window).get("type")
    if length is None:
        return None
    return length if kind == "last-days" else _longest_months(length) if kind in _CALENDAR else None


@lru_cache(maxsize=64)
def _longest_months(months: int) -> int:
    """Try every last day of four years: which months fall together decides."""
    first = date(2012, 1, 1)
    return max(months_to(first + timedelta(days=n), months).days for n in range(4 * 366))


def _at_least(path: Path, part: Table) -> Iterator[Issue]:
    asked, rules = number(part.get("n")), part.get("rules")
    if asked is not None and isinstance(rules, list) and asked > len(rules):
        what = f"{asked} rules are asked of {len(rules)}, so this is never met"
        yield Issue((*path, "n", "value"), what, f"ask for {len(rules)} or fewer, or add rules")


def _before_any(path: Path, part: Table) -> Iterator[Issue]:
    """Find steps that must lie before a window that itself ends before the first key worker took the family on."""
    window, dates = table(part.get("window")), [name for _, name in words(part.get("dates"))]
    if (
        part.get("type") == "dates-before"
        and window.get("type") == "months-before-engagement"
        and "key_worker_from" in dates
    ):
        what = (
            "the family counts as engaged from the day of its first key worker, who is never dated before this window"
        )
        yield Issue((*path, "window", "type"), what, "use last-months, the months that the result is about")


def _contrary(rules: Iterable[tuple[Path, Table]]) -> Iterator[Issue]:
    """Find counts that must all be met, and of which one forbids what another asks."""
    counts = [(path, rule, number(rule.get("threshold"))) for path, rule in rules if rule.get("type") == "count"]
    for path, rule, most in counts:
        asked = [least for _, other, least in counts if least is not None and _contrasts(rule, other)]
        if most is not None and asked and max(asked) >= most:
            what = f"fewer than {most} and at least {max(asked)} of the same can never both be met"
            yield Issue((*path, "threshold", "value"), what, "correct one of the two thresholds")


def _contrasts(rule: Table, other: Table) -> bool:
    """Tell whether two counts are of the same, this one with an upper and the other with a lower limit."""
    same = all(rule.get(name) == other.get(name) for name in ("of", "where", "under_age", "window"))
    return same and rule.get("compare") == "fewer-than" and other.get("compare") == "at-least"
