"""The whole case file of a family on one page."""

from typing import Annotated, Any

import typer

from cli.case.actions import write_actions
from cli.case.named import one_line
from cli.case.notes import said
from cli.case.text import case_of
from cli.core import output as write
from cli.core.client import Door
from cli.core.command import Ref, command

app = typer.Typer(rich_markup_mode=None)


@command(app)
def case(
    door: Door,
    ref: Ref,
    journey: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="An earlier journey of the family. Default: the newest.")
    ] = None,
) -> None:
    """Show the case file of a family: actions, notes, meetings, what children say, scales, relationships, concerns.

    Example: journeys case F-7K3Q-9D2X
    """
    told = case_of(door, ref, journey)
    if door.as_json:
        write.as_json(told)
        return
    worker = told["worker"] or {"name": "nobody yet", "email": None}
    write.fields(
        (
            ("reference", told["reference"]),
            ("stage", told["stage"]),
            ("holder", "  ".join(filter(None, (worker["name"], worker["email"])))),
            ("needs", ", ".join(told["needs"] or told["criteria"])),
            ("merged", ", ".join(told["merged"]) and f"{', '.join(told['merged'])}: see journeys chronology"),
            ("next meeting", told["next_meeting"]),
            ("not heard", ", ".join(told["unheard"]) and f"{', '.join(told['unheard'])}: no voice for 90 days"),
        )
    )
    _tables(told)


def _tables(told: dict[str, Any]) -> None:
    """Write each kind of entry that there is."""
    if told["actions"]:
        write_actions("\nActions", told["actions"])
    for title, columns, rows in (
        ("Concerns", ("concern", "day", "kind", "about", "to", "answer", "text"), map(_concern, told["concerns"])),
        ("Notes", ("note", "day", "about", "by", "text"), map(_note, told["notes"])),
        ("Meetings", ("meeting", "day", "present", "absent", "next", "agreed"), map(_meeting, told["meetings"])),
        ("What children say", ("voice", "day", "who", "text"), map(_voice, told["voices"])),
        ("Scales, 0 to 10", ("need", "who", "first", "latest", "gained"), map(_distance, told["distances"])),
        ("Relationships", ("entry", "", "", "", "until"), map(_related, told["relationships"])),
    ):
        cells = list(rows)
        if cells:
            write.table(f"\n{title}", columns, cells)


def _line(entry: dict[str, Any]) -> str:
    return one_line(said(entry)) if entry["withdrawn"] or entry["text"] else ""


def _note(row: dict[str, Any]) -> tuple[object, ...]:
    return row["id"], row["on"], row["about"], row["by"], one_line(said(row))


def _concern(row: dict[str, Any]) -> tuple[object, ...]:
    answered = f"{row['answer']} {row['answered_on']} by {row['answered_by']}" if row["answer"] else "none yet"
    return row["id"], row["on"], row["kind"], row["member_id"] or "", row["to"], answered, _line(row)


def _meeting(row: dict[str, Any]) -> tuple[object, ...]:
    present, absent = ", ".join(row["present"]), ", ".join(row["absent"])
    return row["id"], row["on"], present, absent, row["next_on"] or "", _line(row)


def _voice(row: dict[str, Any]) -> tuple[object, ...]:
    return row["id"], row["on"], row["member_id"], one_line(said(row))


def _distance(row: dict[str, Any]) -> tuple[object, ...]:
    first, latest = f"{row['first']} ({row['first_on']})", f"{row['latest']} ({row['latest_on']})"
    return row["need"], row["member_id"] or "family", first, latest, f"{row['gained']:+d}"


def _related(row: dict[str, Any]) -> tuple[object, ...]:
    until = f"withdrawn ({row['withdrawn']})" if row["withdrawn"] else row["ended_on"] or ""
    return row["id"], row["member_id"], row["relation"], row["to_member_id"], until
