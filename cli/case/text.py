"""Text for the case file: from a file or standard input, as the shell would remember what is said in a flag."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.core.client import Door, in_path
from cli.core.errors import BAD_INPUT, Trouble
from cli.core.output import answer

File = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="A file with the text; - reads it from stdin.")
]
Entry = Annotated[str, typer.Argument(metavar="ENTRY", help="The entry, as listed by: journeys case REF")]
Number = Annotated[int | None, typer.Option("--journey", min=1, metavar="N", help="An earlier journey of the family.")]
Reason = Annotated[str, typer.Option(metavar="CODE", help="Why, as a code, such as other-family.")]


def text_of(file: Path | None, *, needed: bool) -> str | None:
    """Return the text of a file, or of standard input; raise `Trouble` where there is none and one is needed."""
    if file is None and not needed:
        return None
    if file is None and sys.stdin.isatty():
        typer.echo("write the text; end it with Ctrl-D on a line of its own:", err=True)
    try:
        text = sys.stdin.read() if file is None or str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as fault:
        raise Trouble(f"{file} cannot be read ({fault.strerror})", "check the path", exit_code=BAD_INPUT) from fault
    except ValueError as fault:
        raise Trouble(f"{file or 'the text'} is not UTF-8 text", "save it as UTF-8", exit_code=BAD_INPUT) from fault
    if not text.strip():
        raise Trouble("there is no text", "write it to a file and give --file FILE, or pipe it in", exit_code=BAD_INPUT)
    return text.strip()


def known(code: str, codes: Sequence[str], word: str) -> None:
    """Refuse a code that there is not, and name the one that may be meant."""
    if code in codes:
        return
    from difflib import get_close_matches

    meant = get_close_matches(code, codes, n=1)
    remedy = f"did you mean {meant[0]}?" if meant else f"use one of {', '.join(codes)}"
    raise Trouble(f"{code} is no {word}", remedy, exit_code=BAD_INPUT)


def record(door: Door, ref: str, step: str, **body: Any) -> None:
    """Give a command of the case file. Its day is always sent, so that it is the same when tried again next day."""
    if "on" in body:
        body["on"] = door.day(body["on"] or "today")
    answer(door.step(ref, f"case/{step}", **body), json_wanted=door.as_json)


def case_of(door: Door, ref: str, journey: int | None = None) -> dict[str, Any]:
    """Ask for the case file of a family."""
    told: dict[str, Any] = door.get(f"/v1/journeys/{in_path(ref)}/case", journey=journey)
    return told
