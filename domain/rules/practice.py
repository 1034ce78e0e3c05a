"""Steps of practice with the family: all dated before a window began.

Decided here: a step on the first day of the window is too late; a missing date is `insufficient`; where one is
missing and another too late, the late one decides.
"""

from domain.rules.case import Case
from domain.rules.finding import Dates, Finding, sources_of
from domain.rules.grammar import DatesBefore


def dates_before(rule: DatesBefore, case: Case) -> Finding:
    """Judge whether every step was dated before the window."""
    window = case.span_of(rule.window)
    dates = {name: case.practice.get(name) for name in rule.dates}
    missing = [_words(name) for name, day in dates.items() if day is None]
    late = [f"{_words(name)} ({day})" for name, day in dates.items() if day is not None and day >= window.first]
    return Finding(
        verdict="not_met" if late else "insufficient" if missing else "met",
        figure=f"{len(dates) - len(missing) - len(late)} of {len(dates)} dates",
        threshold=f"all before {window.first}",
        sources=sources_of(rule.window.n),
        window=Dates.around((window,)),
        note="; ".join(
            [f"missing: {', '.join(missing)}"] * bool(missing) + [f"not before: {', '.join(late)}"] * bool(late)
        ),
    )


def _words(name: str) -> str:
    return name.removesuffix("_on").removesuffix("_from").replace("_", " ")
