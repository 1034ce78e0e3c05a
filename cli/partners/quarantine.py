"""Events that no family could be found for: listed, given to a family, or let rest with a reason."""

from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import Ref, command
from cli.core.errors import plain

app = typer.Typer(help="Partner events that match no known family.", no_args_is_help=True, rich_markup_mode=None)

EventId = Annotated[str, typer.Argument(metavar="ID", help="The event's id, as listed by: journeys quarantine list")]


@app.callback()
def about() -> None:
    """Partner events that match no known family; nothing in here is ever deleted."""


@command(app, "list", csv=True)
def list_waiting(
    door: Door,
    partner: Annotated[str | None, typer.Option(help="Only events of this partner.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after this event, as the page before named it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most this many.")] = 100,
) -> None:
    """List the events in quarantine, oldest first, with a count for each reason.

    Example: journeys quarantine list --partner wirral-schools
    """
    page, following = door.page("/v1/quarantine", partner=partner, cursor=cursor, limit=limit)
    if door.as_json:
        write.as_json(page | {"next": following})
        return
    columns = ("id", "kind", "subject", "reason", "observed", "days")
    write.table("", columns, map(_glance, page["events"]))
    rows = ((one["reason"], one["count"], write.moment(one["oldest"])) for one in page["waiting"])
    write.table("\nIn all", ("reason", "events", "oldest"), rows, beside=True)
    if following:
        write.note(f"more: --cursor {following}")


def _glance(row: dict[str, Any]) -> tuple[object, ...]:
    scheme = row["subject_scheme"]
    return row["id"], row["kind"], scheme, row["reason"], write.moment(row["observed_at"]), row["days"]


@command(app)
def match(
    door: Door,
    event: EventId,
    ref: Ref,
    member: Annotated[
        str | None, typer.Option(help="The member it is about, such as m2; leave it out for a household.")
    ] = None,
    *,
    same_subject: Annotated[bool, typer.Option(help="Also match every other event about the same subject.")] = False,
) -> None:
    """Match an event to a family; it goes to the family's newest journey, with its own observed date.

    Example: journeys quarantine match wirral-schools:ev-17 F-7K3Q-9D2X --member m2
    """
    told = {"id": event, "reference": ref, "member": member, "same_subject": same_subject}
    _say(door, door.post("/v1/quarantine/match", told))


@command(app)
def discard(
    door: Door,
    event: EventId,
    why: Annotated[str, typer.Option(help="A code for the reason, such as not-our-area.")],
) -> None:
    """Discard an event; the row and the reason are kept, and it can still be matched.

    Example: journeys quarantine discard wirral-schools:ev-17 --why not-our-area
    """
    _say(door, door.post("/v1/quarantine/discard", {"id": event, "why": why}))


def _say(door: Door, told: dict[str, Any]) -> None:
    if door.as_json:
        write.as_json(told)
        return
    reason = f" ({told['reason']})" if told["reason"] else ""
    done = f"{told['count']} left quarantine" if told["count"] else "it was so already"
    typer.echo(plain(f"{told['id']}  {told['state']}{reason}  {done}"))
