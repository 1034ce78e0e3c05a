"""How answers are written: JSON as it came, or tables and lines for people, with local times."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import typer

from cli.core.errors import BAD_INPUT, Trouble, plain
from cli.core.versions import version_of

# Said elsewhere on the page, or for programs only.
HIDDEN = {
    "area",
    "at",
    "by",
    "earlier",
    "effect_id",
    "journey_id",
    "members",
    "on",
    "programme",
    "programme_hash",
    "programme_version",
    "reference",
    "type",
}
_AS_CSV: ContextVar[bool] = ContextVar("as_csv", default=False)


@contextmanager
def tables_as_csv(*, wanted: bool, instead_of_json: bool) -> Iterator[None]:
    """Write tables as CSV until the end of a command, where that is wanted."""
    if wanted and instead_of_json:
        raise Trouble("--json and --csv cannot be used together", "choose one of them", exit_code=BAD_INPUT)
    token = _AS_CSV.set(wanted)
    try:
        yield
    finally:
        _AS_CSV.reset(token)


def wanted_as_csv() -> bool:
    """Tell whether tables are written as CSV."""
    return _AS_CSV.get()


def note(text: str) -> None:
    """Write a line about a table: beside it, and not into it where it is CSV."""
    typer.echo(text, err=_AS_CSV.get())


def as_json(told: object) -> None:
    """Write JSON."""
    typer.echo(json.dumps(told, indent=2, ensure_ascii=False))


def answer(told: dict[str, Any], *, json_wanted: bool) -> None:
    """Write what a command came to."""
    if json_wanted:
        as_json(told)
        return
    happened = ", ".join(told["happened"]) or "no change: this was already recorded"
    version = version_of(told["journey_id"], told["version"])
    typer.echo(f"{told['reference']}  {happened}  (stage {told['stage']}, version {version})")
    for line in (*told.get("remarks", ()), *told.get("explanation", ())):
        typer.echo(f"  {plain(line)}")


def a(noun: str) -> str:
    """Write a noun with its article."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, err: bool = False, beside: bool = False
) -> None:
    """Write a table; cells are data and never markup. One that stands `beside` the command's own is left out of CSV."""
    if _AS_CSV.get() and not err:
        if not beside:
            _csv(columns, rows)
        return
    from cli.core.tables import draw

    draw(title, columns, [[_shown(cell) for cell in row] for row in rows], err=err)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    typer.echo(text.getvalue(), nl=False)


def cell(value: object) -> str:
    """Write a cell of CSV so that no spreadsheet takes it for a formula; a number stays one."""
    from domain.formulas import is_formula

    text = plain("" if value is None else value)
    return f"'{text}" if is_formula(text) and not isinstance(value, int | float) else text


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Write names with their values, those that have one."""
    for name, value in pairs:
        if value not in (None, "", [], ()):
            note(f"{name:<14}{plain(value)}")


def moment(text: str | None) -> str:
    """Write a UTC time as it is in Britain."""
    from zoneinfo import ZoneInfo

    return datetime.fromisoformat(text).astimezone(ZoneInfo("Europe/London")).strftime("%Y-%m-%d %H:%M") if text else ""


def event_day(event: dict[str, Any]) -> str:
    """Return the day an event is about, else the moment it was recorded."""
    basis = event.get("consent")
    day = basis.get("on") if isinstance(basis, dict) else event.get("on")
    return str(day or moment(event["at"])[:10])


def event_detail(event: dict[str, Any], *, everything: bool = False) -> str:
    """Write the fields of an event in a line."""
    hidden = HIDDEN - {"effect_id"} if everything else HIDDEN
    return "  ".join(
        f"{name.replace('_', ' ')} {_value(value)}"
        for name, value in event.items()
        if name not in hidden and _told(value)
    )


def as_it_reads(timeline: list[dict[str, Any]], number: int) -> dict[str, Any] | None:
    """Return an event as its last correction has it; None where the timeline has no such number."""
    events = [one["event"] for one in timeline]
    corrected = [one["replacement"] for one in events if one["type"] == "event-corrected" and one["version"] == number]
    return next(iter([*corrected[-1:], *events[number - 1 : number]]), None)


def is_noise(event: dict[str, Any]) -> bool:
    """Tell whether an event is the system's own bookkeeping, which says nothing new of the family."""
    if event["type"] == "claim-eligibility-recorded":
        return bool(event["verdict"] != "met")
    return bool(event["type"] == "evaluation-fell-due")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _yes(value)
    return plain("" if value is None else value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _told(value: object) -> bool:
    return value not in (None, "", [], {})


def _value(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict) and "observed_on" in value[0]:
        return f"{len(value)} observations"
    if isinstance(value, list):
        return ", ".join(_value(part) for part in value)
    if isinstance(value, bool):
        return _yes(value)
    if isinstance(value, dict) and value.keys() >= {"member", "here"}:
        return f"{value['member']} is {value['here']}"
    if isinstance(value, dict):
        return " ".join(_value(part) for name, part in value.items() if name != "at" and _told(part))
    return str(value)
