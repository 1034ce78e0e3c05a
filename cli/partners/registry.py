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
    typer.Option("--secrets", metavar="FILE", help="JSON file of partners and secrets; only you can read it."),
]


@command(app, "add", addresses=ADDRESSES)
def add_partner(
    door: Door,
    name: Name,
    *,
    addresses: dict[str, str],
    secrets: Secrets = None,
) -> None:
    """Add a partner system. The secret that signs its events is shown only now, or written to a file.

    Example: journeys partners add wirral-schools --webhook-url https://schools.example/hook
    """
    answer = door.post("/v1/partners", {"name": name, "addresses": addresses}, repeatable=False)
    _show_secret(door, answer, secrets)


@command(app)
def rotate_secret(
    door: Door,
    name: Name,
    keep_hours: Annotated[int, typer.Option(min=0, max=2160, help="Hours for which the old secret stays valid.")] = 168,
    secrets: Secrets = None,
) -> None:
    """Give a partner a new secret, shown only now. The old one stays valid for a while.

    Example: journeys partners rotate-secret wirral-schools --keep-hours 48
    """
    path = f"/v1/partners/{in_path(name)}/rotate-secret"
    answer = door.post(path, {"keep_hours": keep_hours}, repeatable=False)
    _show_secret(door, answer, secrets)


def _show_secret(door: Door, answer: dict[str, Any], secrets: Path | None) -> None:
    if secrets is not None:
        from cli.partners.replay import keep_secret

        keep_secret(secrets, answer["name"], answer["secret"])
        answer = {**answer, "secret": f"in {secrets}"}
    if door.as_json:
        write.as_json(answer)
        return
    typer.echo(f"{answer['name']}: {answer['secret']}")
    if answer.get("warning"):
        typer.echo(plain(answer["warning"]), err=True)
    if answer["older_until"]:
        typer.echo(f"The old secret is valid until {write.moment(answer['older_until'])}.", err=True)
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
        (row["name"], _status(row), ", ".join(row["addresses"].values()), write.moment(row["older_until"]))
        for row in partners
    )
    write.table("", ("partner", "status", "sent to", "old secret until"), rows)


@command(app)
def suspend(door: Door, name: Name) -> None:
    """Suspend a partner: nothing is accepted from it or sent to it until it is resumed.

    Example: journeys partners suspend wirral-schools
    """
    _stand(door, name, "suspend")


@command(app)
def resume(door: Door, name: Name) -> None:
    """Resume a suspended partner.

    Example: journeys partners resume wirral-schools
    """
    _stand(door, name, "resume")


def _stand(door: Door, name: str, how: str) -> None:
    answer = door.post(f"/v1/partners/{in_path(name)}/{how}")
    if door.as_json:
        write.as_json(answer)
    else:
        typer.echo(f"{answer['name']} is {_status(answer)}")


def _status(row: dict[str, Any]) -> str:
    return "suspended" if row["suspended"] else "active"


@command(app, csv=True)
def agreement(
    door: Door,
    name: Name,
    programme: Annotated[str | None, typer.Option(help="The rule pack. Default: the gateway's.")] = None,
) -> None:
    """Show the agreement with a partner: what it may send, what may be sent to it, and until when.

    Example: journeys partners agreement wirral-schools
    """
    answer = door.get(f"/v1/partners/{in_path(name)}/agreement", programme=programme)
    if door.as_json:
        write.as_json(answer)
        return
    write.fields(
        (
            ("partner", answer["partner"]),
            ("programme", f"{answer['programme']} {answer['version']}"),
            ("may send", ", ".join(answer["may_send"]) or "nothing today"),
            ("may be sent", ", ".join(answer["may_be_sent"]) or "nothing today"),
        )
    )
    columns = ("from", "to", "purposes", "lawful basis", "by", "source", "confidence")
    write.table("\nAgreements", columns, map(_agreement, answer["agreements"]))


def _agreement(row: dict[str, Any]) -> tuple[object, ...]:
    days = row["valid_from"], row["valid_to"] or "open"
    return *days, ", ".join(row["purposes"]), row["lawful_basis"], row["channel"], row["source"], row["confidence"]


@command(app)
def replay(
    door: Door,
    file: Annotated[Path, typer.Argument(help="NDJSON, one CloudEvent a line, or a JSON list of them.")],
    partner: Annotated[str | None, typer.Option(help="Only events of this partner.")] = None,
    rate: Annotated[int | None, typer.Option(min=1, help="Events a second at most.")] = None,
    from_line: Annotated[
        int, typer.Option(min=1, help="Continue at this line, as printed when it was interrupted.")
    ] = 1,
    secrets: Secrets = None,
) -> None:
    """Send a partner's file of events again, signed and in batches. Events we already have are answered as duplicates.

    The secret is read from --secrets, as written by `partners add --secrets`, or for one partner from
    JOURNEYS_PARTNER_SECRET.

    Exit code: 0 every event was accepted, now or before; 3 some were refused.

    Example: journeys partners replay samples/partner-events.ndjson --secrets partners.json
    """
    from cli.partners.replay import Replay, read_file

    answer = Replay(door, secrets, rate).send(read_file(file, from_line), partner)
    if door.as_json:
        write.as_json(answer.as_json())
    else:
        typer.echo(", ".join(f"{outcome} {count}" for outcome, count in sorted(answer.outcomes.items())) or "no events")
        if answer.refusals:
            rows = ((one["line"], one["id"], one["outcome"], one["reason"]) for one in answer.refusals)
            write.table("\nNot taken", ("line", "event", "outcome", "reason"), rows)
        typer.echo(plain(f"{answer.sent} events in {answer.seconds:.1f} s"))
    if answer.refusals:
        raise typer.Exit(PARTLY)
