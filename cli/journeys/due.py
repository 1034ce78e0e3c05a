"""What is owed: across families by holder, and on one family with the chain of every reminder."""

from datetime import date
from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import DAYS, command
from cli.journeys.naming import Names, names_of, table

app = typer.Typer(rich_markup_mode=None)


@command(app, csv=True)
def due(
    door: Door,
    holder: Annotated[str | None, typer.Option(help="Only families held by this key worker.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help=f"Only what is due up to this day: {DAYS}.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 100,
    *,
    reminders: Annotated[
        bool, typer.Option("--reminders", help="List the reminders to come instead, soonest first.")
    ] = False,
    names: Names = False,
) -> None:
    """List outstanding work by holder, the oldest first; work without a deadline comes last, with the reason.

    Example: journeys due --holder kim --until 'in 10 working days'
    """
    if reminders:
        rows = door.rows("/v1/due", most=limit, holder=holder, until=door.moment(until) if until else None)
    else:
        rows = door.rows("/v1/owed", most=limit, holder=holder, until=door.day(until) if until else None)
    if len(rows) == limit:
        remedy = "show more with --limit, or fewer with --holder or --until"
        typer.echo(f"at most {limit} are shown; {remedy}", err=True)
    if door.as_json:
        write.as_json(rows)
        return
    named = names_of(door, rows) if names else None
    if reminders:
        columns = ("when", "reference", "work", "due", "to", "holder", "reminder")
        table(columns, [(row["reference"], _coming(row)) for row in rows], named)
    else:
        today = door.clock.today
        owed = ("holder", "due", "late", "reference", "work", "owed by", "since", "clock")
        table(owed, [(row["reference"], _owed(row, today)) for row in rows], named)


def write_owed(rows: list[dict[str, Any]]) -> None:
    """Write what one family's journey owes."""
    told = ((what(row), row["due_on"] or "-", owed_by(row), row["since"], _clock(row)) for row in rows)
    write.table("\nOwed", ("work", "due", "owed by", "since", "clock"), told)


def write_reminders(rows: list[dict[str, Any]]) -> None:
    """Write each reminder's chain: planned, due, sent or why not, and where it stands."""
    if rows:
        columns = ("reminder", "to", "planned", "due", "sent", "state", "")
        write.table("\nReminders", columns, map(_chain, rows))


def _chain(row: dict[str, Any]) -> tuple[object, ...]:
    trouble = f"{row['fault']}: {row['reason']}" if row["fault"] else ""
    notes = "  ".join(part for part in ("late" if row["late"] else "", trouble) if part)
    moments = (write.moment(row[name]) for name in ("planned_for", "fell_due_at", "sent_at"))
    return row["reminder_id"], row["to"], *moments, row["state"], notes


def _coming(row: dict[str, Any]) -> tuple[object, ...]:
    names = ("reference", "work", "due_on", "to", "key_worker", "deadline_id")
    return write.moment(row["at"]), *(row[name] for name in names)


def _owed(row: dict[str, Any], today: date) -> tuple[object, ...]:
    holder = row["key_worker"] or "nobody yet"
    named = (row["reference"], what(row), owed_by(row), row["since"])
    return holder, row["due_on"] or "-", late(row["due_on"], today), *named, _clock(row)


def owed_by(row: dict[str, Any]) -> str:
    """Write who owes a piece of work; an answer is owed by whom the family is offered to."""
    offered = row["to"] == "offered" and row.get("handover_to")
    return str(offered or row.get("who") or row["to"] or "")


def what(row: dict[str, Any]) -> str:
    """Write a piece of work, with the entry of the case file that it is about."""
    return " ".join(filter(None, (row["work"], row.get("about"))))


def late(due_on: str | None, today: date) -> str:
    """Write how many days ago a day was; nothing of one that is still to come."""
    days = (today - date.fromisoformat(due_on)).days if due_on else 0
    return f"{days} day{'' if days == 1 else 's'}" if days > 0 else ""


def _clock(row: dict[str, Any]) -> str:
    """Say what was made of the clock; one that simply runs needs no word."""
    words = {"running": "", "none": "no deadline is set"}.get(row["clock"], row["clock"])
    return f"{words} ({row['reason']})" if row["reason"] else words
