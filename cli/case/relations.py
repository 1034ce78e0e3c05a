"""How the members of a family are related, and the drawing of it."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from cli.case.text import Entry, known, record
from cli.core import output as write
from cli.core.client import Door, in_path
from cli.core.command import On, Ref, command
from cli.core.files import whole
from domain.case_words import Relation

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="How the members of a family are related.")
drawing = typer.Typer(rich_markup_mode=None)

RELATIONS: tuple[str, ...] = get_args(Relation)
Member = Annotated[str, typer.Argument(metavar="MEMBER", help="A member, such as m1.")]


@command(app)
def add(
    door: Door,
    ref: Ref,
    member: Member,
    relation: Annotated[str, typer.Argument(metavar="RELATION", help=f"{', '.join(RELATIONS)}.")],
    to: Annotated[str, typer.Argument(metavar="MEMBER", help="Whom they are that of, such as m2.")],
    on: On = None,
) -> None:
    """Record that one member is related to another.

    Example: journeys relationship add F-7K3Q-9D2X m1 parent-of m2
    """
    known(relation, RELATIONS, "relationship that we know")
    record(door, ref, "add-relationship", member_id=member, relation=relation, to_member_id=to, on=on)


@command(app)
def end(door: Door, ref: Ref, entry: Entry, on: On = None) -> None:
    """Record that a relationship holds no more; one that never did is withdrawn with withdraw-entry.

    Example: journeys relationship end F-7K3Q-9D2X R1 --on 2026-11-20
    """
    record(door, ref, "end-relationship", entry=entry, on=on)


@command(drawing)
def genogram(
    door: Door,
    ref: Ref,
    out: Annotated[Path, typer.Option(metavar="FILE.svg", help="Where the drawing goes.")],
    journey: Annotated[int | None, typer.Option(min=1, metavar="N", help="An earlier journey of the family.")] = None,
    *,
    names: Annotated[bool, typer.Option("--names", help="With forenames, if your role may read names.")] = False,
) -> None:
    """Draw the family as SVG: members by generation, and how they are related.

    Example: journeys genogram F-7K3Q-9D2X --out family.svg --names
    """
    told = door.get(f"/v1/journeys/{in_path(ref)}/genogram", journey=journey, names=names or None)
    with whole(out, private=names) as file:
        file.write(told["svg"].encode())
    if door.as_json:
        write.as_json({"reference": told["reference"], "file": str(out), "names": told["names"]})
    else:
        typer.echo(f"{out}: drawn{' with names; delete it when it is no longer needed' if names else ''}")
