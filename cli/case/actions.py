"""Actions: who does what by when, about which need."""

from typing import Annotated, Any, get_args

import typer

from cli.case.named import doing, one_line
from cli.case.text import Entry, File, case_of, known, record, text_of
from cli.core import output as write
from cli.core.client import Door
from cli.core.command import DAYS, On, Ref, command
from domain.case_words import DoCode

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Actions: who does what by when.")

CODES: tuple[str, ...] = get_args(DoCode)
Due = Annotated[str, typer.Option(metavar="DAY", help=f"By when: {DAYS}.")]
WORDS = (
    f"Codes of what is done: {', '.join(CODES)}. Anything else is said in words and sealed: with --file, or in quotes, "
    "which stay in the shell's history."
)


@command(app, epilog=WORDS)
def add(
    door: Door,
    ref: Ref,
    need: Annotated[str, typer.Option(help="The need that it is about.")],
    owner: Annotated[str, typer.Option(help="Who does it: a member (m1), key-worker, or partner:NAME.")],
    due: Due,
    do: Annotated[
        str | None, typer.Option("--do", metavar="CODE", help="What, as a code: see below; or in words, in quotes.")
    ] = None,
    file: File = None,
    on: On = None,
) -> None:
    """Agree that somebody does something by a day; it is outstanding until it is done or dropped.

    A partner is told of its own, as consent and agreement allow, and is never sent text.

    Example: journeys action add F-7K3Q-9D2X --need debt --owner m1 --due "in 10 working days" --do debt-advice
    """
    in_words = do is not None and " " in do.strip()
    if do is not None and not in_words:
        known(do, CODES, "code of an action; say it in more words, or as a code")
    text = do if in_words else text_of(file, needed=do is None)
    do = None if in_words else do
    record(door, ref, "add-action", need=need, owner=owner, due_on=door.day(due), do=do, text=text, on=on)


@command(app)
def done(door: Door, ref: Ref, entry: Entry, on: On = None) -> None:
    """Say that an action was done.

    Example: journeys action done F-7K3Q-9D2X A1 --on yesterday
    """
    record(door, ref, "close-action", entry=entry, how="done", on=on)


@command(app)
def drop(
    door: Door,
    ref: Ref,
    entry: Entry,
    reason: Annotated[str, typer.Option(metavar="CODE", help="Why, such as not-needed.")],
    on: On = None,
) -> None:
    """Drop an action that is not needed any more.

    Example: journeys action drop F-7K3Q-9D2X A1 --reason not-needed
    """
    record(door, ref, "close-action", entry=entry, how="dropped", reason=reason, on=on)


@command(app)
def move(
    door: Door,
    ref: Ref,
    entry: Entry,
    to: Annotated[str, typer.Option(metavar="DAY", help=f"The new day: {DAYS}.")],
    reason: Annotated[str, typer.Option(metavar="CODE", help="Why, such as no-appointment.")],
) -> None:
    """Let an action be done by another day.

    Example: journeys action move F-7K3Q-9D2X A1 --to "next friday" --reason no-appointment
    """
    record(door, ref, "move-action", entry=entry, due_on=door.day(to), reason=reason)


@command(app, "list", csv=True)
def list_actions(
    door: Door,
    ref: Ref,
    *,
    still_open: Annotated[bool, typer.Option("--open", help="Leave out what is done or dropped.")] = False,
) -> None:
    """List the actions of a family.

    Example: journeys action list F-7K3Q-9D2X --open
    """
    actions = [each for each in case_of(door, ref)["actions"] if not still_open or each["state"] == "open"]
    if door.as_json:
        write.as_json(actions)
    else:
        write_actions("", actions)


def write_actions(title: str, actions: list[dict[str, Any]]) -> None:
    """Write actions as a table."""
    columns = ("action", "need", "who", "what", "by", "state")
    write.table(title, columns, (_row(each) for each in actions))


def _row(action: dict[str, Any]) -> tuple[object, ...]:
    state = f"withdrawn ({action['withdrawn']})" if action["withdrawn"] else action["state"]
    if action["closed_on"]:
        state = f"{state} {action['closed_on']}" + (f" ({action['reason']})" if action["reason"] else "")
    return (
        action["id"],
        action["need"],
        action["owner"],
        one_line(doing(action)),
        action["due_on"],
        state,
    )
