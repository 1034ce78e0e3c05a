"""The people of a family and its home as commands: who joins and leaves, what was wrong, and where they live."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.core.client import Door, in_path
from cli.core.command import On, Ref, command
from cli.core.errors import BAD_INPUT, Trouble
from cli.core.output import answer
from cli.journeys.identity import given, show_questions

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The people of a family: who joins and who leaves.")
household = typer.Typer(rich_markup_mode=None)

WHY_LEFT = "moved-out, died, came-of-age, into-care, other-family, or never-belonged for one added by mistake."
HOW = "born, moved-in, found-later (they belonged all along) or expected."
BORN = "The date of birth; a month (2012-05), a year (2012) or unknown will do."
NOTHING = "none"

Reason = Annotated[str, typer.Option(metavar="CODE", help="Why, as a code, such as typing-error.")]
Member = Annotated[str, typer.Argument(metavar="MEMBER", help="The member's id, as shown by show, such as m2.")]
Journey = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="An earlier journey of the family; the newest if not said.")
]
Families = list[str] | None


def _about(text: str) -> Any:
    return typer.Option(metavar="F-...", help=text, rich_help_panel="Who they are, where that is asked")


@command(app, guarded=True)
def add(
    door: Door,
    ref: Ref,
    role: Annotated[str, typer.Option(help="adult or child.")] = "",
    surname: Annotated[str, typer.Option(help="May be left out, as may the forename; not both.")] = "",
    forename: Annotated[
        str, typer.Option(help="As above; of a child without a name leave it out, or write Baby.")
    ] = "",
    born: Annotated[str, typer.Option(metavar="DATE", help=BORN)] = "",
    expected: Annotated[str, typer.Option(metavar="DATE", help="Of an unborn child: when it is expected.")] = "",
    how: Annotated[str | None, typer.Option(help=f"How they joined: {HOW} Default: moved-in.")] = None,
    on: On = None,
    number: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="SCHEME=ID", help="Such as upn=K388837901156; say it again for each."),
    ] = None,
    phone: Annotated[str, typer.Option(help="An adult's telephone number.")] = "",
    email: Annotated[str, typer.Option(help="An adult's e-mail address.")] = "",
    member: Annotated[
        str | None, typer.Option("--member", metavar="MEMBER", help="A known person of the family, who comes back.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="A JSON file with all of this; - reads it from stdin.")] = None,
    not_the_same: Annotated[Families, _about("They are somebody else than the people of that family.")] = None,
    left: Annotated[Families, _about("They have left that family.")] = None,
    also_of: Annotated[Families, _about("They are of that family too.")] = None,
    why: Annotated[
        str | None, typer.Option(metavar="CODE", help="Why that is the answer, such as other-number.")
    ] = None,
) -> None:
    """Add a person to the family, from a day on: a child who was born, somebody who moved in or was found later.

    Who may be somebody we know is a question, with the facts side by side; answer it with a flag for it, and --why.
    Names given as flags stay in the shell's history: prefer --file. Who comes back is named by --member alone.

    Example: journeys member add F-7K3Q-9D2X --how born --role child --surname Thyme --forename Ash --born 2026-11-20
    """
    told: dict[str, Any] = {
        "role": role,
        "surname": surname,
        "forename": forename,
        "date_of_birth": born,
        "expected": expected,
        "phone": phone,
        "email": email,
        "member_id": member,
        **dict(_pair(text, "--id") for text in number or []),
    }
    body = _read(file) if file else {name: value for name, value in told.items() if value}
    body |= {"how": how} if how else {}
    if on is not None or ("on" not in body and not (body.get("how") == "born" and body.get("date_of_birth"))):
        body["on"] = door.day(on or "today")
    answers = given({"not-the-same": not_the_same, "left": left, "also-of": also_of}, why)
    body |= {"answers": [*body.get("answers", []), *answers]} if answers else {}
    try:
        taken = door.step(ref, "members", **body)
    except Trouble as trouble:
        if not door.as_json and isinstance(trouble.told, dict):
            show_questions(trouble.told.get("questions", []))
        raise
    answer(taken, json_wanted=door.as_json)


@command(app, guarded=True)
def leave(
    door: Door,
    ref: Ref,
    member: Member,
    why: Annotated[str, typer.Option(help=WHY_LEFT)],
    on: On = None,
    journey: Journey = None,
) -> None:
    """Let a member be of the family no more; the day is the last one on which they were.

    Example: journeys member leave F-7K3Q-9D2X m2 --why into-care --on 2026-11-20
    """
    _step(door, ref, member, "leave", why=why, on=door.day(on or "today"), journey=journey)


@command(app, guarded=True)
def correct(
    door: Door,
    ref: Ref,
    member: Member,
    reason: Reason,
    role: Annotated[str | None, typer.Option(help="adult or child.")] = None,
    surname: Annotated[str | None, typer.Option(help="The right surname.")] = None,
    forename: Annotated[str | None, typer.Option(help="The right forename.")] = None,
    born: Annotated[str | None, typer.Option(metavar="DATE", help=BORN)] = None,
    expected: Annotated[str | None, typer.Option(metavar="DATE", help="When an unborn child is expected.")] = None,
    joined: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day they were of the family, or always.")
    ] = None,
    left: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The last day, or open: they have not left.")
    ] = None,
    never_away: Annotated[
        bool, typer.Option("--never-away", help="They did not leave and come back in between.")
    ] = False,
    journey: Journey = None,
) -> None:
    """Correct what is recorded of a member: a name, the birth, the role, the days. Claims are looked at again.

    Example: journeys member correct F-7K3Q-9D2X m2 --born 2012-05-20 --reason typing-error
    """
    told = {"role": role, "surname": surname, "forename": forename, "date_of_birth": born, "expected": expected}
    days = {
        "joined": joined if joined in {None, "always"} else door.day(joined or ""),
        "left": left if left in {None, "open"} else door.day(left or ""),
    }
    if not never_away and not any(value is not None for value in (*told.values(), *days.values())):
        remedy = "say what it should be, such as --born 2012-05-20"
        raise Trouble("nothing is corrected", remedy, exit_code=BAD_INPUT)
    _step(door, ref, member, "correct", reason=reason, journey=journey, never_away=never_away or None, **told, **days)


@command(app, guarded=True)
def identifier(
    door: Door,
    ref: Ref,
    member: Member,
    reason: Reason,
    add_: Annotated[
        str | None,
        typer.Option("--add", metavar="SCHEME=ID", help="upn, nhs_number, nino or police_urn, and the number."),
    ] = None,
    remove: Annotated[str | None, typer.Option("--remove", metavar="SCHEME=ID", help="One that is wrong.")] = None,
) -> None:
    """Give a member a further number, or take a wrong one away.

    Example: journeys member identifier F-7K3Q-9D2X m2 --add upn=K388837901156 --reason new-school
    """
    if (add_ is None) == (remove is None):
        remedy = "give --add SCHEME=ID or --remove SCHEME=ID"
        raise Trouble("no number, or two at once", remedy, exit_code=BAD_INPUT)
    scheme, number = _pair(add_ or remove or "", "--add" if add_ else "--remove")
    change = "added" if add_ else "removed"
    _step(door, ref, member, "identifier", scheme=scheme, number=number, change=change, reason=reason)


@command(app)
def contacts(
    door: Door,
    ref: Ref,
    member: Member,
    phone: Annotated[str | None, typer.Option(help=f"The telephone number, or {NOTHING}.")] = None,
    email: Annotated[str | None, typer.Option(help=f"The e-mail address, or {NOTHING}.")] = None,
) -> None:
    """Record how an adult of the family is reached.

    Example: journeys member contacts F-7K3Q-9D2X m1 --phone "0151 496 0000" --email none
    """
    told = {name: "" if text == NOTHING else text for name, text in (("phone", phone), ("email", email))}
    _step(door, ref, member, "contacts", **told)


@command(household, guarded=True)
def move(
    door: Door,
    ref: Ref,
    address: Annotated[str | None, typer.Option(help="Where the family lives now.")] = None,
    postcode: Annotated[str | None, typer.Option()] = None,
    uprn: Annotated[str | None, typer.Option(help="The property reference number of the home.")] = None,
    locality: Annotated[str | None, typer.Option(help="District or ward, if it is another one.")] = None,
    on: On = None,
    corrected: Annotated[
        str | None,
        typer.Option(
            "--correct", metavar="CODE", help="Nobody moved: why the address that holds on that day is wrong."
        ),
    ] = None,
) -> None:
    """Record that the family moved. Events at a home belong to the family that lived there on their day.

    Example: journeys move F-7K3Q-9D2X --address "77 New Road" --postcode "CH41 1ZZ" --uprn 42397869 --on 2026-11-20
    """
    told = {"address": address, "postcode": postcode, "uprn": uprn, "locality": locality, "corrected": corrected}
    answer(door.step(ref, "move", on=door.day(on or "today"), **told), json_wanted=door.as_json)


def _step(door: Door, ref: str, member: str, name: str, **body: Any) -> None:
    answer(door.step(ref, f"members/{in_path(member)}/{name}", **body), json_wanted=door.as_json)


def _pair(text: str, flag: str) -> tuple[str, str]:
    scheme, equals, number = text.partition("=")
    if not equals:
        raise Trouble(f"{flag} {text} is not SCHEME=ID", "write it like upn=K388837901156", exit_code=BAD_INPUT)
    return scheme.strip().replace("-", "_"), number.strip()


def _read(file: Path) -> dict[str, Any]:
    from cli.journeys.referrals import read_form

    told = read_form(file)
    if not isinstance(told, dict):
        raise Trouble(f"{file} does not describe one person", "write an object, in braces", exit_code=BAD_INPUT)
    return told
