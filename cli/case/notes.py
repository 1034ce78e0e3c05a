"""Notes of visits and calls, and what children say: text that is sealed and read by those who may read names."""

from typing import Annotated, Any

import typer

from cli.case.named import one_line, paragraphs
from cli.case.text import Entry, File, Number, Reason, case_of, record, text_of
from cli.core import output as write
from cli.core.client import Door
from cli.core.command import On, Ref, command
from cli.core.errors import REJECTED, Trouble

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Notes of visits, calls and meetings.")
voice = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What children say of their lives.")
entries = typer.Typer(rich_markup_mode=None)

LONG = 60  # symbols of a note in a list
HIDDEN = "(not to be read: erased, or only for those who may read names)"


@command(app)
def add(
    door: Door,
    ref: Ref,
    about: Annotated[str, typer.Option(help="visit, call, meeting or other.")],
    file: File = None,
    on: On = None,
    journey: Number = None,
) -> None:
    """Write up a visit, a call or a meeting. The text is sealed, and erased with the family.

    Example: journeys note add F-7K3Q-9D2X --about visit --file visit.txt --on yesterday
    """
    record(door, ref, "add-note", about=about, text=text_of(file, needed=True), on=on, journey=journey)


@command(app, "list", csv=True)
def list_notes(door: Door, ref: Ref, journey: Number = None) -> None:
    """List the notes of a family, with how each begins.

    Example: journeys note list F-7K3Q-9D2X
    """
    notes = case_of(door, ref, journey)["notes"]
    if door.as_json:
        write.as_json(notes)
        return
    rows = ((each["id"], each["on"], each["about"], each["by"], _begin(each)) for each in notes)
    write.table("", ("note", "day", "about", "by", "text"), rows)


@command(app)
def show(door: Door, ref: Ref, entry: Entry = "", journey: Number = None) -> None:
    """Show a whole note, or without its name all of them, the newest last.

    Example: journeys note show F-7K3Q-9D2X N1
    """
    notes = [each for each in case_of(door, ref, journey)["notes"] if entry in {"", each["id"]}]
    if not notes:
        raise Trouble(f"no note {entry}", f"see: journeys note list {ref}", exit_code=REJECTED)
    if door.as_json:
        write.as_json(notes)
        return
    for each in notes:
        typer.echo(f"{each['id']}  {each['on']}  {each['about']}  by {each['by']}")
        typer.echo(f"{paragraphs(said(each))}\n")


@command(voice, "add")
def add_voice(
    door: Door,
    ref: Ref,
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="The child, such as m2.")],
    file: File = None,
    on: On = None,
) -> None:
    """Record what a child says, in its own words. Who was not heard for 90 days is named by doctor and case.

    Example: journeys voice add F-7K3Q-9D2X m2 --file toni.txt
    """
    record(door, ref, "record-voice", member_id=member, text=text_of(file, needed=True), on=on)


@command(entries, "withdraw-entry")
def withdraw_entry(door: Door, ref: Ref, entry: Entry, reason: Reason, journey: Number = None) -> None:
    """Withdraw an entry of the case file that is wrong: it stays on the list, marked, and its text is deleted.

    Example: journeys withdraw-entry F-7K3Q-9D2X N1 --reason other-family
    """
    record(door, ref, "withdraw-entry", entry=entry, reason=reason, journey=journey)


def said(entry: dict[str, Any]) -> str:
    """Write the text of an entry, or why there is none to read."""
    if entry["withdrawn"]:
        return f"(withdrawn: {entry['withdrawn']})"
    return entry["text"] or HIDDEN


def _begin(entry: dict[str, Any]) -> str:
    text = one_line(said(entry))
    return text if len(text) <= LONG else f"{text[:LONG]}..."
