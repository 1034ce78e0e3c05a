"""Who holds a family: allocation from the queue, and handover in two steps."""

from typing import Annotated

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import On, Ref, command
from cli.core.errors import BAD_INPUT, Trouble
from cli.core.session import name_in
from cli.journeys.naming import Names, names_of, table

app = typer.Typer(rich_markup_mode=None)

SHOWN = 3  # of those with room, in the table

To = Annotated[str, typer.Option("--to", metavar="NAME", help="The key worker.")]
Waiver = Annotated[
    str | None, typer.Option(metavar="CODE", help="Why the cap may be exceeded, such as sibling-group; managers only.")
]
Area = Annotated[str | None, typer.Option(help="Only this area.")]
Programme = Annotated[str | None, typer.Option(help="Only this programme.")]


@command(app, guarded=True)
def allocate(
    door: Door,
    ref: Annotated[str | None, typer.Argument(metavar="[REF]", help="The family; leave it out with --next.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="NAME", help="The key worker.")] = None,
    *,
    anybody: Annotated[bool, typer.Option("--any", help="Take the key worker with the most room.")] = False,
    following: Annotated[
        str | None,
        typer.Option("--next", metavar="NAME", help="Give this key worker the family that has waited longest."),
    ] = None,
    area: Area = None,
    programme: Programme = None,
    waiver: Waiver = None,
    on: On = None,
) -> None:
    """Give the family a key worker, within the caseload cap; --next takes the family that has waited longest.

    Example: journeys allocate F-7K3Q-9D2X --to kim
    """
    if following is not None and door.if_version is not None:
        raise Trouble(
            "--if-version with --next",
            "a version belongs to one family: give REF with --to or --any",
            exit_code=BAD_INPUT,
        )
    if following is not None and ref is None and to is None and not anybody:
        form = {
            "key_worker": following,
            "area": area,
            "programme": programme,
            "waiver": waiver,
            "on": door.day(on or "today"),
        }
        told = door.post("/v1/queue/next", {name: value for name, value in form.items() if value is not None})
    elif ref is not None and following is None and (to is None) == anybody:
        told = door.step(ref, "allocate", key_worker=to, any=anybody or None, waiver=waiver, on=door.day(on or "today"))
    else:
        raise Trouble(
            "the family or the key worker is missing",
            "give REF with --to NAME or --any, or --next NAME alone",
            exit_code=BAD_INPUT,
        )
    write.answer(told, json_wanted=door.as_json)
    if anybody and not door.as_json:
        (row, *_) = door.get("/v1/journeys", reference=told["reference"], limit=1)["journeys"]
        typer.echo(f"  {row['key_worker']} holds it now")


@command(app, csv=True)
def queue(door: Door, area: Area = None, programme: Programme = None, *, names: Names = False) -> None:
    """List the families that wait for a key worker, longest waiting first, and who has room.

    Example: journeys queue --area wirral
    """
    rows = door.rows("/v1/queue", "waiting", area=area, programme=programme)
    if door.as_json:
        write.as_json({"waiting": rows})
        return
    columns = ("place", "reference", "since", "area", "programme", "locality", "criteria", "room")
    told = [
        (row["reference"], (*(row[name] for name in columns[:-2]), ", ".join(row["criteria"]), _room(row["room"])))
        for row in rows
    ]
    table(columns, told, names_of(door, rows) if names else None)


def _room(rows: list[dict[str, object]]) -> str:
    told = ", ".join(f"{row['name']} {row['free']}" for row in rows[:SHOWN]) or "nobody"
    return f"{told} and {len(rows) - SHOWN} more" if len(rows) > SHOWN else told


@command(app, "offer-handover", guarded=True)
def offer_handover(door: Door, ref: Ref, to: To, on: On = None) -> None:
    """Offer the family to another key worker; until accepted, the holder keeps it.

    Example: journeys offer-handover F-7K3Q-9D2X --to lee
    """
    write.answer(door.step(ref, "offer-handover", to=to, on=door.day(on or "today")), json_wanted=door.as_json)


@command(app, "withdraw-handover", guarded=True)
def withdraw_handover(door: Door, ref: Ref, on: On = None) -> None:
    """Withdraw an unanswered offer; the holder keeps the family.

    Example: journeys withdraw-handover F-7K3Q-9D2X
    """
    write.answer(door.step(ref, "withdraw-handover", on=door.day(on or "today")), json_wanted=door.as_json)


def myself(door: Door) -> str:
    """Return the name of the key worker who is logged in; somebody else answers for one who must be named."""
    name, role = name_in(door.folder)
    if role != "key-worker" or not name:
        raise Trouble("say which key worker takes the family", "give --to NAME", exit_code=BAD_INPUT)
    return name


@command(app, "accept-handover", guarded=True)
def accept_handover(
    door: Door,
    ref: Ref,
    to: Annotated[str | None, typer.Option("--to", metavar="NAME", help="The key worker. Default: yourself.")] = None,
    waiver: Waiver = None,
    on: On = None,
) -> None:
    """Take over an offered family.

    Example: journeys accept-handover F-7K3Q-9D2X
    """
    write.answer(
        door.step(ref, "accept-handover", key_worker=to or myself(door), waiver=waiver, on=door.day(on or "today")),
        json_wanted=door.as_json,
    )


@command(app, "refuse-handover", guarded=True)
def refuse_handover(
    door: Door,
    ref: Ref,
    reason: Annotated[str, typer.Option(help="Why, as a code, such as too-far.")],
    on: On = None,
) -> None:
    """Refuse an offered family; the holder keeps it and is notified.

    Example: journeys refuse-handover F-7K3Q-9D2X --reason too-far
    """
    write.answer(door.step(ref, "refuse-handover", reason=reason, on=door.day(on or "today")), json_wanted=door.as_json)
