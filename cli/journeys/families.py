"""Families that are one, and families that part, as commands: merged, split, and undone by a manager."""

from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import On, Ref, command, sure
from cli.core.errors import BAD_INPUT, Trouble
from cli.journeys.identity import show_questions

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Merge two families, or split one; managers only.")

Reason = Annotated[str, typer.Option(metavar="CODE", help="Why, as a code, such as referred-twice.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask again.")]
SameAs = Annotated[
    list[str] | None,
    typer.Option("--same", metavar="M=M", help="A member who is a member of the other family, such as m1=m2."),
]
Apart = Annotated[
    list[str] | None, typer.Option("--apart", metavar="M", help="A member who is nobody of the other family.")
]


@command(app, guarded=True)
def merge(
    door: Door,
    ref: Ref,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The family that goes on.")],
    reason: Reason,
    same: SameAs = None,
    apart: Apart = None,
    *,
    dry_run: Dry = False,
    yes: Yes = False,
) -> None:
    """Merge family REF into family INTO, because they are the same family. REF's journey ends; INTO's goes on.

    REF's people and evidence count on INTO's journey. A result that was claimed for either is not paid again.
    --if-version is the version of INTO. To undo it: journeys families undo REF.

    Example: journeys families merge F-7K3Q-9D2X F-QK5D-FY8M --reason referred-twice --dry-run
    """
    if not dry_run:
        sure(yes, f"{ref} ends and is part of {into}; merge them?")
    _change(door, into, "merge", family=ref, reason=reason, same=_pairs(same), apart=apart or [], dry_run=dry_run)


@command(app, guarded=True)
def split(
    door: Door,
    ref: Ref,
    members: Annotated[str, typer.Option(metavar="M,M", help="Who parts from the family, such as m2,m3.")],
    reason: Reason,
    into: Annotated[
        str | None, typer.Option(metavar="F-...", help="The family that they join. Default: a new family is opened.")
    ] = None,
    on: On = None,
    same: SameAs = None,
    apart: Apart = None,
    *,
    dry_run: Dry = False,
    yes: Yes = False,
) -> None:
    """Let members part from family REF into a new family, or into another; the day is their first one there.

    What was recorded of them of days from then on goes with them. To undo it: journeys families undo, with the family
    that they went to.

    Example: journeys families split F-7K3Q-9D2X --members m2,m3 --reason parted --on 2026-11-02
    """
    if not dry_run:
        sure(yes, f"{members} leave {ref}; split it?")
    told = {"members": members.replace(" ", "").split(","), "into": into, "on": door.day(on or "today")}
    _change(door, ref, "split", **told, reason=reason, same=_pairs(same), apart=apart or [], dry_run=dry_run)


@command(app, guarded=True)
def undo(door: Door, ref: Ref, reason: Reason, *, dry_run: Dry = False, yes: Yes = False) -> None:
    """Undo a merge or a split; REF is the family that was merged, or that people parted into.

    What was recorded since of people whom only that family had goes back with them; all else stays where it is.

    Example: journeys families undo F-7K3Q-9D2X --reason not-the-same
    """
    if not dry_run:
        sure(yes, f"undo the last merge or split of {ref}?")
    _change(door, ref, "undo-families", reason=reason, dry_run=dry_run)


def _pairs(same: list[str] | None) -> list[dict[str, str]]:
    found = []
    for text in same or []:
        member, _, here = text.partition("=")
        if not here:
            raise Trouble(f"--same {text} does not name two members", "write it as --same m1=m2", exit_code=BAD_INPUT)
        found.append({"member": member, "here": here})
    return found


def _change(door: Door, ref: str, step: str, **body: Any) -> None:
    try:
        told = door.step(ref, step, **body)
    except Trouble as trouble:
        if not door.as_json and isinstance(trouble.told, dict):
            show_questions(trouble.told.get("questions", []))
        raise
    if door.as_json:
        write.as_json(told)
        return
    typer.echo("\n".join(_lines(told)))


def _lines(told: dict[str, Any]) -> list[str]:
    would = "would be " if told["dry_run"] else ""
    what = {
        "family-taken-in": f"{would}merged into",
        "family-split": f"{would}split into",
        "merge-undone": f"{would}parted again from",
    }[told["happened"]]
    one, other = (told["into"], told["of"]) if told["happened"] == "merge-undone" else (told["of"], told["into"])
    lines = [f"{one} {what} {other} on {told['on']}"]
    back = told["happened"] == "merge-undone"
    for each in told["people"]:
        was, now = (each["here"], each["member"]) if back else (each["member"], each["here"])
        known = " (the same person)" if each["known"] else ""
        numbers = f", with {', '.join(each['numbers'])}" if each["numbers"] and not back else ""
        lines.append(f"  {told['of']} {was} is {told['into']} {now}{known}{numbers}")
    if told["evidence"]:
        lines.append(f"  observations that go with them: {told['evidence']}")
    lines += [f"  {each}" for each in told["stays"]]
    lines += [
        f"  claimed twice: {each['result']} ({each['state']}) of {each['reference']} as {each['claim_id']}, and as "
        f"{each['claimed_as']}; it is not paid again: journeys claims explain {each['claim_id']}"
        for each in told["held"]
    ]
    return lines
