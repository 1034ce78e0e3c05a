"""Deadlines by hand: moved, paused, resumed or cancelled, each with a reason; the work stays owed."""

from typing import Annotated, Any

import typer

from cli.core.client import Door
from cli.core.command import DAYS, On, Ref, command
from cli.core.output import answer

app = typer.Typer(
    help="Move, pause, resume or cancel a deadline; for coordinators and managers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Work = Annotated[
    str, typer.Argument(metavar="WORK", help="The outstanding work, as listed by: journeys due. Such as plan.")
]
Why = Annotated[str, typer.Option("--why", metavar="CODE", help="The reason, as a code, such as family-away.")]


def _change(door: Door, ref: str, step: str, **body: Any) -> None:
    for name in {"on", "to"} & body.keys():
        body[name] = door.day("today" if body[name] is None else body[name])
    answer(door.step(ref, f"{step}-deadline", **body), json_wanted=door.as_json)


@command(app, guarded=True)
def move(
    door: Door,
    ref: Ref,
    work: Work,
    to: Annotated[str, typer.Option(metavar="DAY", help=f"The day it is due on from now on: {DAYS}.")],
    why: Why,
    on: On = None,
) -> None:
    """Move a deadline to another day, or give a cancelled one a new day.

    Example: journeys deadline move F-7K3Q-9D2X assessment --to 2026-03-02 --why family-away
    """
    _change(door, ref, "move", work=work, to=to, reason=why, on=on)


@command(app, guarded=True)
def pause(door: Door, ref: Ref, work: Work, why: Why, on: On = None) -> None:
    """Pause a deadline; nobody is reminded until it is resumed.

    Example: journeys deadline pause F-7K3Q-9D2X assessment --why hospital-stay
    """
    _change(door, ref, "pause", work=work, reason=why, on=on)


@command(app, guarded=True)
def resume(door: Door, ref: Ref, work: Work, why: Why, on: On = None) -> None:
    """Resume a paused deadline; it moves back by the working days of the pause.

    Example: journeys deadline resume F-7K3Q-9D2X assessment --why back-home
    """
    _change(door, ref, "resume", work=work, reason=why, on=on)


@command(app, guarded=True)
def cancel(door: Door, ref: Ref, work: Work, why: Why, on: On = None) -> None:
    """Cancel the deadline of a piece of work; the work stays outstanding, without a deadline.

    Example: journeys deadline cancel F-7K3Q-9D2X plan-review --why reviewed-elsewhere
    """
    _change(door, ref, "cancel", work=work, reason=why, on=on)
