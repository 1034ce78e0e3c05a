"""The erasure of a family as a command: shown first with --dry-run, done once, and said again when it was done."""

from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import Ref, command

app = typer.Typer(rich_markup_mode=None)

WHY = "retention-over, request, court-order, no-lawful-basis or opened-in-error."
DESTROYED = ("people", "addresses", "identifiers", "texts")
STAYS = ("journeys", "events", "claims")


@command(app, guarded=True)
def erase(
    door: Door,
    ref: Ref,
    why: Annotated[str, typer.Option(metavar="CODE", help=WHY)],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be destroyed, and destroy nothing.")
    ] = False,
    despite_claims: Annotated[
        bool,
        typer.Option("--despite-claims", help="Erase although claims are not settled: nobody can judge them again."),
    ] = False,
) -> None:
    """Erase a family for ever: its names, dates of birth, identifiers, addresses and texts; managers only.

    Every journey of the family must be closed. Its events and claims are kept, under its reference only.

    Example: journeys erase F-7K3Q-9D2X --why retention-over --dry-run
    """
    form: dict[str, Any] = {"reason": why, "dry_run": dry_run, "despite_claims": despite_claims}
    answer: dict[str, Any] = door.step(ref, "erase", **form)
    if door.as_json:
        write.as_json(answer)
        return
    typer.echo(_told(answer))


def _told(answer: dict[str, Any]) -> str:
    if answer["already"]:
        return _again(answer)
    head = "would be erased" if answer["dry_run"] else f"erased on {answer['erased_on']}"
    lines = [
        f"{answer['reference']} {head} ({answer['reason']})",
        f"  destroyed: {_counts(answer['held'], DESTROYED)}, and the key to them",
        f"  kept, under its reference only: {_counts(answer['held'], STAYS)}",
    ]
    lines += [f"  claims never judged again: {', '.join(answer['claims_under_way'])}"] * bool(
        answer["claims_under_way"]
    )
    return "\n".join(lines)


def _again(answer: dict[str, Any]) -> str:
    """Say that it was done before, and what a restored backup had brought back since, if anything."""
    was = f"{answer['reference']} was erased on {answer['erased_on']} ({answer['reason']})"
    held = answer["held"]
    if not held["key"] and not any(held[name] for name in DESTROYED):
        return f"{was}: nothing to do"
    verb = "would be destroyed again" if answer["dry_run"] else "destroyed again"
    key = ", and the key to them" if held["key"] else ""
    return f"{was}, and a restored backup had brought some of it back\n  {verb}: {_counts(held, DESTROYED)}{key}"


def _counts(held: dict[str, int], names: tuple[str, ...]) -> str:
    return ", ".join(f"{held[name]} {name}" for name in names)
