"""A family in: by flags, by a JSON file, or by answers to questions."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import ISO_DAY, Door
from cli.core.command import DAYS, command
from cli.core.errors import BAD_INPUT, INTERRUPTED, Trouble
from cli.journeys.identity import ANSWERS, PANEL, given, show_questions
from cli.journeys.import_report import FAULT_COLUMNS, fault_row, row_faults

app = typer.Typer(rich_markup_mode=None)

PERSON = ("role", "surname", "forename", "date_of_birth")
HOUSEHOLD = {
    name: name.replace("_", "-") for name in ("referrer", "referred_on", "locality", "address", "postcode", "uprn")
}
HOUSEHOLD["criteria"] = "criterion"


def _answer(answer: str) -> Any:
    return typer.Option(metavar="F-...", help=ANSWERS[answer], rich_help_panel=PANEL)


@command(app)
def refer(
    door: Door,
    member: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE,SURNAME,FORENAME,BORN[,SCHEME=ID]...", help="A person; repeat for each."),
    ] = None,
    referrer: Annotated[str, typer.Option(help="The partner that refers.")] = "",
    locality: Annotated[str, typer.Option(help="District or ward.")] = "",
    criterion: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A reason to be eligible; repeat for each.")
    ] = None,
    referred_on: Annotated[
        str, typer.Option(metavar="DATE", help=f"The day of the referral: {DAYS}. Default: today.")
    ] = "",
    address: Annotated[str, typer.Option(help="Where the family lives.")] = "",
    postcode: Annotated[str, typer.Option()] = "",
    uprn: Annotated[str, typer.Option(help="The household's property reference number.")] = "",
    programme: Annotated[str | None, typer.Option(help="The rule pack. Default: the gateway's.")] = None,
    file: Annotated[Path | None, typer.Option(help="A JSON file with all of this; - reads it from stdin.")] = None,
    same_as: Annotated[list[str] | None, _answer("same-as")] = None,
    not_the_same: Annotated[list[str] | None, _answer("not-the-same")] = None,
    joins: Annotated[list[str] | None, _answer("joins")] = None,
    left: Annotated[list[str] | None, _answer("left")] = None,
    also_of: Annotated[list[str] | None, _answer("also-of")] = None,
    why: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help="The reason for the answer, as a code, such as other-number.", rich_help_panel=PANEL
        ),
    ] = None,
) -> None:
    """Refer a family: open its journey.

    If people may belong to a known family, the command asks, with the facts side by side. Answer with one of the flags
    below, once for each family, and --why.

    Names given as flags stay in the shell's history: prefer --file. Without flags, in a terminal, the
    command asks for each.

    Example: journeys refer --referrer wirral-schools --locality Leasowe --criterion poverty
    --member adult,Chestnut,Wren,1978-04-18,nhs_number=9992805196
    --member child,Chestnut,Toni,1999-10-05,upn=K388837901156
    """
    told: dict[str, Any] = {
        "referrer": referrer,
        "locality": locality,
        "criteria": criterion or [],
        "referred_on": referred_on,
        "address": address,
        "postcode": postcode,
        "uprn": uprn,
        "members": [_person(text) for text in member or []],
    }
    named = {"same-as": same_as, "not-the-same": not_the_same, "joins": joins, "left": left, "also-of": also_of}
    answers = given(named, why)
    if file is None and not any(told.values()) and sys.stdin.isatty():
        with _broken_off():
            answer = _asked(door, programme)
    else:
        form = _form(door, file) if file else told | {"programme": programme, "referred_on": _day(door, referred_on)}
        answer = _told(door, _answered(form, answers), by_flag=file is None)
    write.answer(answer, json_wanted=door.as_json)


def _told(door: Door, form: Any, *, by_flag: bool) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = door.post("/v1/journeys", form)
    except Trouble as trouble:
        _table_of(trouble, as_json=door.as_json, by_flag=by_flag)
        if not door.as_json and isinstance(trouble.told, dict):
            show_questions(trouble.told.get("questions", []))
        raise
    return answer


def _answered(form: Any, answers: list[dict[str, str]]) -> Any:
    """Put the answers given as flags beside those of the file."""
    if not answers or not isinstance(form, dict):
        return form
    return form | {"answers": [*form.get("answers", []), *answers]}


def _asked(door: Door, programme: str | None) -> dict[str, Any]:
    """Ask for the referral, and again for each answer that is refused, until it is taken."""
    from cli.journeys import prompts

    day = partial(_day, door)
    form = prompts.form(day)
    while True:
        try:
            answer: dict[str, Any] = door.post("/v1/journeys", form | {"programme": programme})
        except Trouble as trouble:
            told = trouble.told if isinstance(trouble.told, dict) else {}
            if told.get("questions"):
                show_questions(told["questions"])
                form = prompts.answered(form, told["questions"])
            elif row_faults(told):
                form = prompts.mended(form, row_faults(told), day)
            else:
                raise
        else:
            return answer


def _person(text: str) -> dict[str, str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) < len(PERSON) or not all("=" in part for part in parts[len(PERSON) :]):
        remedy = "write ROLE,SURNAME,FORENAME,BORN and then SCHEME=ID, such as nhs_number=9992805196"
        raise Trouble("--member has too few parts, or one without a scheme", remedy, exit_code=BAD_INPUT)
    return dict(zip(PERSON, parts, strict=False)) | dict(part.split("=", 1) for part in parts[len(PERSON) :])


def _day(door: Door, text: str) -> str:
    """Return the day meant; what means none is sent as it stands, and judged by the rules that judge a file."""
    from cli.core.days import meant

    found = None if ISO_DAY.fullmatch(text) else meant(text or "today", door.clock)
    return found.isoformat() if found else text


def _form(door: Door, file: Path) -> Any:
    """Read the file; a referral without its day is of today, also when it is tried again after midnight."""
    told = read_form(file)
    if isinstance(told, dict) and not told.get("referred_on"):
        told["referred_on"] = door.day("today")
    return told


def read_form(file: Path) -> Any:
    """Return what a JSON file holds, or standard input where it is `-`; raise `Trouble` where that is no JSON."""
    try:
        return json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except OSError as fault:
        raise Trouble(f"{file} cannot be read ({fault.strerror})", "check the path", exit_code=BAD_INPUT) from fault
    except json.JSONDecodeError as fault:
        reason = f"{file} is not JSON: line {fault.lineno}, column {fault.colno} ({fault.msg})"
        raise Trouble(reason, "check brackets, commas and quotation marks there", exit_code=BAD_INPUT) from fault
    except ValueError as fault:
        raise Trouble(f"{file} is not UTF-8 text", "save it as UTF-8", exit_code=BAD_INPUT) from fault


@contextmanager
def _broken_off() -> Iterator[None]:
    """Say to whoever breaks off the questions that nothing came of them."""
    try:
        yield
    except (typer.Abort, KeyboardInterrupt) as fault:
        remedy = "start again, or write the referral into a file and give it with --file"
        raise Trouble(
            "no family was referred: the questions were interrupted", remedy, exit_code=INTERRUPTED
        ) from fault


def _table_of(trouble: Trouble, *, as_json: bool, by_flag: bool = False) -> None:
    """Show every fault of a refused referral or file."""
    faults = row_faults(trouble.told)
    if faults and by_flag and not as_json:
        rows = ((_flag(fault), *fault_row(fault)[2:]) for fault in faults)
        write.table("", ("flag", *FAULT_COLUMNS[2:]), rows, err=True)
    elif faults and not as_json:
        write.table("", FAULT_COLUMNS, map(fault_row, faults), err=True)


def _flag(fault: dict[str, Any]) -> str:
    column = fault["field"]
    if column in HOUSEHOLD:
        return f"--{HOUSEHOLD[column]}"
    return f"--member (number {fault['line']})"
