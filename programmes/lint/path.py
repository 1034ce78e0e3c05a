"""Parts of the path that no journey comes to: stages left out, clocks that never run, rungs before their work."""

from collections.abc import Collection, Iterator

from domain.stages import OPTIONAL, STAGES, faults_of
from programmes.lint.identity import identity
from programmes.lint.issues import Issue, Table, entries, table, words
from programmes.lint.source_map import Path
from programmes.merging import MERGED

# By the optional stage that it belongs to: what a pack without that stage has no use for.
WORKS = {"check": "sustained-outcome", "regression-response": "sustained-outcome"}
EVENTS = {"stepped-down": "step-down", "stepped-up": "step-down", "check-recorded": "sustained-outcome"}
PERIODS = ("agreements", "tariffs")  # told by overlap
LONGEST_LADDER = 320  # days from its first rung to its last, as `Rung` bounds them
MOST_WORKING_DAYS = 23  # of one calendar month


def path_faults(content: Table, together: Collection[str]) -> Iterator[Issue]:
    """Find what is never reached; of `stages`, only what the same file sets, its keys being `together`.

    What a pack inherits and has no use for is idle, and no fault: a key can be replaced but not taken away.
    """
    yield from _stages(content)
    gone = _gone(content)
    yield from _left_out(content, together, gone)
    yield from _idle(content, gone)
    for n, clock in entries(content.get("clocks")):
        for m, rung in entries(clock.get("ladder")):
            yield from _too_early(("clocks", n, "ladder", m, "at"), clock, rung, table(content.get("checks")))
        yield from _crossing(("clocks", n, "ladder"), entries(clock.get("ladder")))
    yield from _evaluations(table(content.get("evaluations")).get("months"))
    yield from repeats(content)


def _stages(content: Table) -> Iterator[Issue]:
    stages = [stage for _, stage in words(content.get("stages"))]
    known = [stage for stage in STAGES if stage in stages]
    for fault in faults_of(tuple(stages)) if stages and set(stages) == set(known) else ():  # type: ignore[arg-type]
        what, _, remedy = fault.partition("; ")
        yield Issue(("stages",), what, remedy)


def _gone(content: Table) -> set[str]:
    stages = [stage for _, stage in words(content.get("stages"))] or list(STAGES)
    return {stage for stage in OPTIONAL if stage not in stages}


def _left_out(content: Table, together: Collection[str], gone: set[str]) -> Iterator[Issue]:
    if "sustained-outcome" in gone and "checks" in together:
        yield Issue(
            ("checks",), "the pack leaves out sustained-outcome, so no check is ever made", "add the stage, or remove"
        )
    for name, field, owners in (("clocks", "work", WORKS), ("notices", "event", EVENTS)):
        for n, entry in entries(content.get(name)) if name in together else ():
            stage = owners.get(str(entry.get(field)))
            if stage in gone and (name not in MERGED or f"{name}.{entry[field]}" in together):
                what = f"the pack leaves out {stage}, so {entry[field]} never comes"
                yield Issue((name, n, field), what, f"add {stage} to stages, or remove this")


def _idle(content: Table, gone: set[str]) -> Iterator[Issue]:
    checks, clocks = content.get("checks"), entries(content.get("clocks"))
    for n, clock in clocks:
        stage = WORKS.get(str(clock.get("work")))
        if stage and stage not in gone and not checks:
            what = f"without checks, {clock['work']} is never owed"
            yield Issue(("clocks", n, "work"), what, "add checks, or remove this clock")
    if checks and not any(clock.get("work") == "check" for _, clock in clocks):
        what = "no clock has the work check, so nobody is reminded of one"
        yield Issue(("checks",), what, "add a clock for check", doubtful=True)
    if content.get("results") and not checks and not table(content.get("evaluations")).get("months"):
        what = "without checks and evaluations, nothing ever evaluates these results"
        yield Issue(("results",), what, "add evaluations, with the months after the start of the intervention")
    if table(content.get("evaluations")).get("months") and not content.get("results"):
        yield Issue(("evaluations",), "there are no results to evaluate", "add results, or remove this", doubtful=True)


def _too_early(path: Path, clock: Table, rung: Table, checks: Table) -> Iterator[Issue]:
    """Find a rung before the first working day after its work became known, when the ladder begins."""
    days, at = _most_days(clock, checks), rung.get("at")
    if days is not None and isinstance(at, int) and at < min(0, 1 - days):
        what = f"{clock.get('work')} is owed at most {days} working days ahead, so no rung at {at} is ever reached"
        yield Issue(path, what, f"use {min(0, 1 - days)} or later")


def _crossing(path: Path, ladder: list[tuple[int, Table]]) -> Iterator[Issue]:
    """Find rungs of one day and kind to different people, of which one alone goes out; `repeats` tells equal ones."""
    seen: dict[tuple[int, bool], tuple[int, Table]] = {}
    for n, rung in ladder:
        who = identity("ladder", rung)
        for day in _times(rung):
            m, other = seen.setdefault((day, rung.get("escalate") is True), (n, rung))
            if m != n and other.get("to") != rung.get("to") and (who is None or who != identity("ladder", other)):
                what = f"comes on the day {day} as ladder[{m}] does, to somebody else, and one of them alone goes out"
                yield Issue((*path, n), what, "move one by a day, or let one of them escalate")
                break


def _times(rung: Table) -> range:
    """Return the days on which a rung comes; one of the wrong shape, which is told elsewhere, never."""
    at, every, until = rung.get("at"), rung.get("every"), rung.get("until")
    if type(at) is not int:
        return range(0)
    if type(every) is int and type(until) is int and every > 0 and until - at <= LONGEST_LADDER:
        return range(at, until + 1, every)
    return range(at, at + 1)


def _evaluations(raw: object) -> Iterator[Issue]:
    months = [month for month in raw if type(month) is int] if isinstance(raw, list) else []
    if months != sorted(set(months)) or min(months, default=1) < 1:
        what = "evaluation months must be positive and ascending"
        yield Issue(("evaluations",), what, "write them such as [6, 9, 12]")


def _most_days(clock: Table, checks: Table) -> int | None:
    """Return how many working days ahead the work is known at most, None where that is not told."""
    within = table(clock.get("within"))
    if isinstance(within.get("working_days"), int):
        return int(within["working_days"])
    months = _longest_gap(checks) if clock.get("work") == "check" else within.get("months")
    return months * MOST_WORKING_DAYS if isinstance(months, int) else None


def _longest_gap(checks: Table) -> int | None:
    months = checks.get("months")
    known = [month for month in months if isinstance(month, int)] if isinstance(months, list) else []
    return max((later - earlier for earlier, later in zip([0, *known], known, strict=False)), default=None)


def repeats(raw: object, path: Path = ()) -> Iterator[Issue]:
    """Find entries of a list that say who they are in the words of an earlier one, in all lists of some content."""
    if isinstance(raw, dict):
        for name, part in raw.items():
            yield from repeats(part, (*path, name))
    if isinstance(raw, list):
        yield from _repeated_words(raw, path)
        yield from _repeated_entries(raw, path)
        for n, part in enumerate(raw):
            yield from repeats(part, (*path, n))


def _repeated_words(raw: list[object], path: Path) -> Iterator[Issue]:
    listed = words(raw)
    for n, word in listed:
        if word in [earlier for m, earlier in listed if m < n]:
            yield Issue((*path, n), f"{word} is listed twice", "remove one", doubtful=True)


def _repeated_entries(raw: list[object], path: Path) -> Iterator[Issue]:
    seen: dict[str, int] = {}
    name = str(path[-1]) if path else ""
    for n, entry in entries(raw) if name not in PERIODS else ():
        who = identity(name, entry)
        if who is not None and seen.setdefault(who, n) != n:
            what = f"{who} is listed twice; the first is {name}[{seen[who]}]"
            yield Issue((*path, n), what, "remove one, or give it an identity of its own")
