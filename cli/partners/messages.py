"""Messages that did not go out: which failed, which were refused and why, and trying them again."""

from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import command
from cli.core.errors import BAD_INPUT, PARTLY, Trouble
from cli.partners.registry import app as partners
from domain.channels import ADDRESSES

app = typer.Typer(
    help="Messages to partners, and reminders, that were not sent.", no_args_is_help=True, rich_markup_mode=None
)

Partner = Annotated[str | None, typer.Option(help="Only messages to this partner.")]
Limit = Annotated[int, typer.Option(min=1, help="At most this many.")]
Message = Annotated[str, typer.Argument(metavar="ID", help="The message's id, as listed by: journeys messages failed")]


@command(app, csv=True)
def failed(door: Door, partner: Partner = None, limit: Limit = 100) -> None:
    """List messages that failed, oldest first.

    Example: journeys messages failed --partner wirral-schools
    """
    _list(door, "failed", partner, limit)


@command(app, csv=True)
def refused(door: Door, partner: Partner = None, limit: Limit = 100) -> None:
    """List messages that were not permitted, oldest first, and why.

    Example: journeys messages refused --json
    """
    _list(door, "refused", partner, limit)


def _list(door: Door, state: str, partner: str | None, limit: int) -> None:
    rows = door.rows("/v1/messages", most=limit, state=state, partner=partner)
    if len(rows) == limit:
        typer.echo(f"at most {limit} are shown; show more with --limit, or fewer with --partner", err=True)
    if door.as_json:
        write.as_json(rows)
        return
    columns = ("message", "reference", "to", "about", "since", "reason")
    write.table("", columns, map(_glance, rows))


def _glance(row: dict[str, Any]) -> tuple[object, ...]:
    message = row["message"]
    to, about = message.get("partner") or message.get("to"), message.get("about") or message.get("work")
    return row["message_id"], row["reference"], to, about, write.moment(row["told_at"]), row["reason"]


@command(app)
def show(door: Door, message: Message) -> None:
    """Show one message: its status and why, and what would happen to it today.

    Example: journeys messages show journey:wirral:F-7K3Q-9D2X:1:4:1
    """
    answer = door.get(f"/v1/messages/{_in_path(message)}")
    if door.as_json:
        write.as_json(answer)
        return
    write.fields([("message", answer["message_id"]), ("family", answer["reference"]), ("state", answer["state"])])
    write.fields([("reason", answer["reason"]), ("since", write.moment(answer["told_at"]))])
    write.fields((name.replace("_", " "), _spelled(value)) for name, value in answer["message"].items())
    if answer["message"]["type"] == "notify":
        today = f"refused: {answer['refused_today']}" if answer["refused_today"] else "allowed"
        write.fields([("today", today), ("it would say", _spelled(answer["says"] or {}))])


def _spelled(value: object) -> object:
    if isinstance(value, dict):
        return "; ".join(f"{name} {_spelled(part)}" for name, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else value


@command(app)
def retry(
    door: Door,
    message: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The message's id, as listed by: journeys messages failed")
    ] = None,
    partner: Annotated[str | None, typer.Option(help="All failed messages to this partner.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option(help="With --partner: only list what would be retried.")] = False,
) -> None:
    """Retry a message, or all that failed to one partner; permission is checked again when they are sent.

    Exit code 3: some were not retried; each is listed with the reason.

    Example: journeys messages retry --partner wirral-schools --dry-run
    """
    if (message is None) == (partner is None) or (message and dry_run):
        remedy = "give the ID of a message, or --partner with or without --dry-run"
        raise Trouble("one message, or one partner", remedy, exit_code=BAD_INPUT)
    if message is not None:
        write.answer(door.post(f"/v1/messages/{_in_path(message)}/retry"), json_wanted=door.as_json)
        return
    _report(door, door.post("/v1/messages/retry", {"partner": partner, "dry_run": dry_run}))


def _report(door: Door, answer: dict[str, Any]) -> None:
    if door.as_json:
        write.as_json(answer)
    else:
        done = "would be tried again" if answer["dry_run"] else "tried again"
        write.table(f"{done}: {len(answer['retried'])}", ("message",), ([one] for one in answer["retried"]))
        if answer["left"]:
            write.table("left", ("message", "reason"), ((one["message_id"], one["reason"]) for one in answer["left"]))
    if answer["left"]:
        raise typer.Exit(PARTLY)


def _in_path(message: str) -> str:
    """Return an id as one part of an address."""
    return "".join(symbol for symbol in message if symbol.isalnum() or symbol in ":-._") or "-"


@command(partners, "address", addresses=ADDRESSES)
def address(
    door: Door,
    name: Annotated[str, typer.Argument(help="As the programme's agreements name it, such as wirral-schools.")],
    *,
    addresses: dict[str, str],
    notify_template: Annotated[str | None, typer.Option(help="The partner's own template at GOV.UK Notify.")] = None,
    rate: Annotated[int | None, typer.Option(min=1, help="Messages a minute, at most.")] = None,
) -> None:
    """Set the addresses for a partner's messages; an address you leave out is removed.

    Example: journeys partners address wirral-housing --email office@housing.example
    """
    body = {"addresses": addresses, "notify_template": notify_template, "rate_per_minute": rate}
    answer = door.put(f"/v1/partners/{_in_path(name)}/address", body)
    if door.as_json:
        write.as_json(answer)
        return
    write.fields((each.replace("_", " "), _spelled(value)) for each, value in answer.items())
