"""The papers of a family at the terminal."""

from typing import Any

import typer

from cli.case.named import all_of, current, doing, one_line, paragraphs, people_of, who
from cli.core import output as write


def sheet(told: dict[str, Any]) -> None:
    """Write the sheet for a meeting with the family."""
    _head(told)
    write.fields([("next meeting", told["next_meeting"] or "not agreed yet")])
    meetings = current(told["meetings"])
    if meetings:
        last = meetings[-1]
        typer.echo(f"\nMeeting of {last['on']}: {all_of(last['present'], told)}")
        typer.echo(paragraphs(last["text"] or "") or "nothing was written down of what was agreed")
    rows = [(who(each["owner"], told), one_line(doing(each)), each["need"], each["due_on"]) for each in _open(told)]
    write.table("\nWho does what by when", ("who", "what", "need", "by"), rows)


def chronology(told: dict[str, Any]) -> None:
    """Write what happened, by its day."""
    rows = (
        (
            row["day"],
            row["number"] if row["reference"] == told["reference"] else f"{row['reference']} {row['number']}",
            row["what"],
            row["who"] or "",
            one_line(row["text"] or ""),
            marked(row),
            row["by"],
        )
        for row in told["rows"]
    )
    write.table("", ("day", "journey", "what", "who", "text", "marked", "recorded by"), rows)


def summary(told: dict[str, Any]) -> None:
    """Write how a journey went."""
    _head(told)
    write.fields(
        (
            ("referred", f"{told['referred_on']} by {', '.join(told['referrers'])}"),
            ("closed", told["closed_on"] and f"{told['closed_on']}: {told['outcome']}"),
            ("criteria", ", ".join(told["criteria"])),
            ("needs", ", ".join(told["needs"])),
            ("contacts", told["contacts"]),
            ("reviews", told["reviews"]),
            ("meetings", told["meetings"]),
            ("checks", "  ".join(f"{each['months']} months: {each['verdict']}" for each in told["checks"])),
            ("heard", "  ".join(f"{people_of(told).get(name, name)} {day}" for name, day in told["heard"].items())),
        )
    )
    write.table(
        "\nHow far each need came (0 to 10)",
        ("need", "who", "first", "latest", "gained"),
        map(_way(told), told["distances"]),
    )
    done = [each for each in told["actions"] if each["state"] != "open"]
    write.table("\nWhat was done", ("who", "what", "need", "how"), (_done(each, told) for each in done))
    left = [
        (who(each["owner"], told), one_line(doing(each)), each["need"], each["due_on"]) for each in told["remaining"]
    ]
    write.table("\nWhat remains", ("who", "what", "need", "by"), left)
    for each in told["unanswered"]:
        typer.echo(f"concern {each['id']} of {each['on']} waits for an answer by {each['to']}")
    for step in told["next_steps"]:
        typer.echo(f"next: {step}")


def marked(row: dict[str, Any]) -> str:
    """Write how a row is marked, and what it said before a correction."""
    if not row["mark"]:
        return ""
    was = f"; was: {row['was']}" if row["was"] and row["was"] != row["what"] else ""
    return f"{row['mark']} ({row['reason']}{was})"


def _head(told: dict[str, Any]) -> None:
    worker = told["worker"] or {}
    people = ", ".join(dict.fromkeys(people_of(told).values()))
    write.fields(
        (
            ("reference", told["reference"]),
            ("family", people),
            ("as of", told["as_of"]),
            ("key worker", worker.get("name")),
            ("reached at", worker.get("email")),
        )
    )


def _open(told: dict[str, Any]) -> list[Any]:
    return sorted(
        (each for each in current(told["actions"]) if each["state"] == "open"), key=lambda each: each["due_on"]
    )


def _way(told: dict[str, Any]) -> Any:
    def row(each: dict[str, Any]) -> tuple[object, ...]:
        first, latest = f"{each['first']} ({each['first_on']})", f"{each['latest']} ({each['latest_on']})"
        return each["need"], who(each["member_id"] or "family", told), first, latest, f"{each['gained']:+d}"

    return row


def _done(each: dict[str, Any], told: dict[str, Any]) -> tuple[object, ...]:
    how = f"{each['state']} {each['closed_on']}" + (f" ({each['reason']})" if each["reason"] else "")
    return who(each["owner"], told), one_line(doing(each)), each["need"], how
