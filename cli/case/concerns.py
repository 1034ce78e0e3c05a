"""Concerns about somebody of the family, which a named colleague must answer."""

from typing import Annotated, get_args

import typer

from cli.case.text import Entry, File, known, record, text_of
from cli.core.client import Door
from cli.core.command import On, Ref, command
from domain.case_words import ConcernAnswer, ConcernKind

FIRST = "This replaces no emergency call (999) and no referral to the front door: make those first."
KINDS: tuple[str, ...] = get_args(ConcernKind)
ANSWERS: tuple[str, ...] = get_args(ConcernAnswer)

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=FIRST)


@command(app, "raise", epilog=f"Kinds: {', '.join(KINDS)}.")
def raise_concern(
    door: Door,
    ref: Ref,
    kind: Annotated[str, typer.Option(metavar="CODE", help="What it is about: see below.")],
    to: Annotated[str, typer.Option(metavar="NAME", help="The coordinator or manager who must answer.")],
    member: Annotated[str | None, typer.Option(metavar="MEMBER", help="About whom, such as m2.")] = None,
    file: File = None,
    on: On = None,
) -> None:
    """This replaces no emergency call (999) and no referral to the front door: make those first.

    Raises a concern with a named colleague, who is written to at once. Managers are written to every day until it is
    answered.

    Example: journeys concern raise F-7K3Q-9D2X --kind neglect --member m2 --to mo --file seen.txt
    """
    typer.echo(FIRST, err=door.as_json)
    known(kind, KINDS, "kind of concern")
    record(door, ref, "raise-concern", kind=kind, to=to, member_id=member, text=text_of(file, needed=False), on=on)


@command(app, "answer", epilog=f"Answers: {', '.join(ANSWERS)}.")
def answer_concern(
    door: Door,
    ref: Ref,
    entry: Entry,
    answer: Annotated[str, typer.Option(metavar="CODE", help="What follows: see below.")],
    file: File = None,
    on: On = None,
) -> None:
    """This replaces no emergency call (999) and no referral to the front door: make those first.

    Says what follows from a concern that was raised with you; a manager may answer any.

    Example: journeys concern answer F-7K3Q-9D2X C1 --answer referred-to-front-door
    """
    typer.echo(FIRST, err=door.as_json)
    known(answer, ANSWERS, "answer")
    record(door, ref, "answer-concern", entry=entry, answer=answer, text=text_of(file, needed=False), on=on)
