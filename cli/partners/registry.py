"""Partner systems: added, secrets rotated, suspended and resumed, what is agreed, and a file of theirs replayed."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door, in_path
from cli.core.command import command
from cli.core.errors import PARTLY, plain
from domain.channels import ADDRESSES

app = typer.Typer(help="Partner systems.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="As the programme's agreements name it, such as wirral-schools.")]
Secrets = Annotated[
    Path | None,
    typer.Option("--secrets", metavar="FILE", help="JSON file of partner and secret, for you alone to read."),
]


@command(app, "add", addresses=ADDRESSES)
def add_partner(
    door: Door,
    name: Name,
    *,
    addresses: dict[str, str],
    secrets: Secrets = None,
) -> None:
    """Add a partner system; the secret that signs its events is shown this once, or kept in a file.

    Example: journeys partners add wirral-schools --webhook-url https://schools.example/hook
    """
    told = door.post("/v1/partners", {"name": name, "addresses": addresses}, repeatable=False)
    _show_secret(door, told, secrets)


@command(app)
def rotate_secret(
    door: Door,
    name: Name,
    keep_hours: Annotated[int, typer.Option(min=0, max=2160, help="The old secret still signs for so long.")] = 168,
    secrets: Secrets = None,
) -> None:
    """Give a partner a new secret, shown this once; the one before it still signs for a while.

    Example: journeys partners rotate-secret wirral-schools --keep-hours 48
    """
    path = f"/v1/partners/{in_path(name)}/rotate-secret"
    told = door.post(path, {"keep_hours": keep_hours}, repeatable=False)
    _show_secret(door, told, secrets)


def _show_secret(door: Door, told: dict[str, Any], secrets: Path | None) -> None:
    if secrets is not None:
        from cli.partners.replay import keep_secret

        keep_secret(secrets, told["name"], told["secret"])
        told = {**told, "secret": f"in {secrets}"}
    if door.as_json:
        write.as_json(told)
        return
    typer.echo(f"{told['name']}: {told['secret']}")
    if told.get("warning"):
        typer.echo(plain(told["warning"]), err=True)
    if told["older_until"]:
        typer.echo(f"The secret before this one signs until {write.moment(told['older_until'])}.", err=True)
    if secrets is None:
        typer.echo("This secret is not shown again.", err=True)


@command(app, "list", csv=True)
def list_partners(door: Door) -> None:
    """List partner systems.

    Example: journeys partners list
    """
    partners = door.rows("/v1/partners", "partners")
    if door.as_json:
        write.as_json({"partners": partners})
        return
    rows = (
        (row["name"], _standing(row), ", ".join(row["addresses"].values()), write.moment(row["older_until"]))
        for row in partners
    )
    write.table("", ("partner", "standing", "sent to", "old secret until"), rows)


@command(app)
def suspend(door: Door, name: Name) -> None:
    """Take nothing more from a partner, and tell it nothing more, until it is resumed.

    Example: journeys partners suspend wirral-schools
    """
    _stand(door, name, "suspend")


@command(app)
def resume(door: Door, name: Name) -> None:
    """Let a suspended partner back.

    Example: journeys partners resume wirral-schools
    """
    _stand(door, name, "resume")


def _stand(door: Door, name: str, how: str) -> None:
    told = door.post(f"/v1/partners/{in_path(name)}/{how}")
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(f"{told['name']} is {_standing(told)}")


def _standing(row: dict[str, Any]) -> str:
    return "suspended" if row["suspended"] else "active"


@command(app, csv=True)
def agreement(
    door: Door,
    name: Name,
    programme: Annotated[str | None, typer.Option(help="Of this programme. Default: the gateway's.")] = None,
) -> None:
    """Show what is agreed with a partner: what it may send, what it may be told, and until when.

    Example: journeys partners agreement wirral-schools
    """
    told = door.get(f"/v1/partners/{in_path(name)}/agreement", programme=programme)
    if door.as_json:
        write.as_json(told)
        return
    write.fields(
        (
            ("partner", told["partner"]),
            ("programme", f"{told['programme']} {told['version']}"),
            ("may send", ", ".join(told["may_send"]) or "nothing today"),
            ("may be told", ", ".join(told["may_be_told"]) or "nothing today"),
        )
    )
    columns = ("from", "to", "purposes", "lawful basis", "by", "source", "confidence")
    write.table("\nAgreements", columns, map(_agreement, told["agreements"]))


def _agreement(row: dict[str, Any]) -> tuple[object, ...]:
    days = row["valid_from"], row["valid_to"] or "open"
    return *days, ", ".join(row["purposes"]), row["lawful_basis"], row["channel"], row["source"], row["confidence"]


@command(app)
def replay(
    door: Door,
    file: Annotated[Path, typer.Argument(help="NDJSON, one CloudEvent a line, or a JSON list of them.")],
    partner: Annotated[str | None, typer.Option(help="Only events of this partner.")] = None,
    rate: Annotated[int | None, typer.Option(min=1, help="Events a second at most.")] = None,
    from_line: Annotated[int, typer.Option(min=1, help="Go on at this line, as told when it broke off.")] = 1,
    secrets: Secrets = None,
) -> None:
    """Send a partner's file of events again, signed and in batches; what came before is answered as a duplicate.

    The secret is read from --secrets, as `partners add --secrets` keeps it, or for one partner from
    JOURNEYS_PARTNER_SECRET.

    Exit status: 0 every event was taken, now or before; 3 some were refused.

    Example: journeys partners replay samples/partner-events.ndjson --secrets partners.json
    """
    from cli.partners.replay import Replay, read_file

    told = Replay(door, secrets, rate).send(read_file(file, from_line), partner)
    if door.as_json:
        write.as_json(told.as_json())
    else:
        typer.echo(", ".join(f"{outcome} {count}" for outcome, count in sorted(told.outcomes.items())) or "no events")
        if told.refusals:
            rows = ((one["line"], one["id"], one["outcome"], one["reason"]) for one in told.refusals)
            write.table("\nNot taken", ("line", "event", "outcome", "reason"), rows)
        typer.echo(plain(f"{told.sent} events in {told.seconds:.1f} s"))
    if told.refusals:
        raise typer.Exit(PARTLY)
