"""What must be done today, the first thing that is looked at in the morning."""

from datetime import date
from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import command
from cli.journeys.due import late
from cli.journeys.naming import Names, names_of

app = typer.Typer(rich_markup_mode=None)

SECTIONS = {
    "concern": "Concerns that wait for an answer (journeys concern answer REF C1 --answer CODE)",
    "overdue": "Overdue",
    "today": "Due today",
    "this-week": "Due in the next seven days",
    "offer": "Families offered: accept or refuse (journeys accept-handover REF, refuse-handover REF)",
    "reply": "Replies waited for",
    "off-track": "Off track at the last review",
}


@command(app, csv=True)
def today(
    door: Door,
    holder: Annotated[str | None, typer.Option(help="Only what this key worker has to do.")] = None,
    team: Annotated[str | None, typer.Option(help="Only what the key workers of this team have to do.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many.")] = 200,
    *,
    names: Names = False,
) -> None:
    """Say what must be done: overdue, today, in the next seven days, offers, replies waited for, and off track.

    Key workers see their own, managers of a team that team, others everybody.

    Example: journeys today --team north
    """
    told = door.get("/v1/today", holder=holder, team=team, limit=limit)
    if door.as_json:
        write.as_json(told)
        return
    day, rows = date.fromisoformat(told["day"]), told["items"]
    named = names_of(door, rows) if names else None
    if write.wanted_as_csv():
        write.table("", _columns("", named), (_row(row, day, named) for row in rows))
    else:
        _sections(told, day, named)
    if told["more"]:
        write.note("there is more: narrow it with --holder or --team, or ask for more with --limit")


def _sections(told: dict[str, Any], day: date, named: dict[str, str] | None) -> None:
    whose = told["holder"] or (f"team {told['team']}" if told["team"] else "everybody")
    typer.echo(f"{day:%A} {day.day} {day:%B %Y}, {whose}" + ("" if told["items"] else ": nothing must be done"))
    for section, title in SECTIONS.items():
        rows = [row for row in told["items"] if row["section"] == section]
        if rows:
            cells = (_row(row, day, named)[1:] for row in rows)
            write.table(f"\n{title} ({len(rows)})", _columns(section, named)[1:], cells)


def _columns(section: str, named: dict[str, str] | None) -> tuple[str, ...]:
    who = {"offer": "offered by", "reply": "from", "off-track": ""}.get(section, "owed by")
    columns = ("section", "holder", "reference", "what", who, "since", "due", "late")
    return columns if named is None else (*columns, "family")


def _row(row: dict[str, Any], day: date, named: dict[str, str] | None) -> tuple[object, ...]:
    head = (row["section"], row["holder"] or "nobody yet", row["reference"], row["what"], row["waits_for"] or "")
    cells = (*head, row["since"], row["due_on"] or "", late(row["due_on"], day))
    return cells if named is None else (*cells, named.get(row["reference"], ""))
