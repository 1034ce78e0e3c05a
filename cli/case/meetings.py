"""Meetings about the family, and scales of its needs."""

from typing import Annotated

import typer

from cli.case.text import File, record, text_of
from cli.core.client import Door
from cli.core.command import DAYS, On, Ref, command

meeting = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Meetings about the family.")
scale = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Where needs stand, from 0 to 10.")

WHO = "A member (m1), key-worker, coordinator, manager, advocate, interpreter or partner:NAME; repeat for each."


@command(meeting, "record")
def record_meeting(
    door: Door,
    ref: Ref,
    present: Annotated[list[str], typer.Option(metavar="WHO", help=WHO)],
    absent: Annotated[list[str] | None, typer.Option(metavar="WHO", help="Who was invited and did not come.")] = None,
    next_: Annotated[
        str | None, typer.Option("--next", metavar="DAY", help=f"The next meeting: {DAYS}. It is then outstanding.")
    ] = None,
    file: File = None,
    on: On = None,
) -> None:
    """Record a meeting about the family; --file says what was agreed.

    Example: journeys meeting record F-7K3Q-9D2X --present m1 --present key-worker --next "in 30 working days"
    """
    told = {"present": present, "absent": absent or [], "next_on": door.day(next_) if next_ else None}
    record(door, ref, "record-meeting", **told, text=text_of(file, needed=False), on=on)


@command(scale, "set")
def set_scale(
    door: Door,
    ref: Ref,
    need: Annotated[str, typer.Option(help="The need.")],
    score: Annotated[int, typer.Option(min=0, max=10, help="0: as bad as it can be; 10: no concern.")],
    member: Annotated[
        str | None, typer.Option(metavar="MEMBER", help="For this member, such as m2; else for the family.")
    ] = None,
    on: On = None,
) -> None:
    """Say where a need stands. No rule and no claim reads it; the distance travelled is in case and summary.

    Example: journeys scale set F-7K3Q-9D2X --need debt --score 4
    """
    record(door, ref, "set-scale", need=need, score=score, member_id=member, on=on)
