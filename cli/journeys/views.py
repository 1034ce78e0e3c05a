"""Looking: families on their way, one family's whole story, what falls due, and counts."""

from typing import Annotated, Any

import typer

from cli.claims.rows import CLAIM_COLUMNS, claim_row
from cli.core import output as write
from cli.core.client import Door, in_path
from cli.core.command import Ref, command
from cli.core.versions import version_of
from cli.journeys import saved_views
from cli.journeys.due import write_owed, write_reminders

app = typer.Typer(rich_markup_mode=None)

Limit = Annotated[int, typer.Option(min=1, max=500, help="At most this many.")]
OWN_WORK = {"evaluate": "evaluation of results", "ask": "evidence asked of partners"}
Holder = Annotated[str | None, typer.Option("--holder", "--key-worker", help="Only families held by this key worker.")]


@command(app, "list", csv=True)
def list_journeys(
    door: Door,
    stage: Annotated[str | None, typer.Option(help="referral, identification, assessment, intervention, ...")] = None,
    holder: Holder = None,
    area: Annotated[str | None, typer.Option(help="Only this local authority.")] = None,
    locality: Annotated[str | None, typer.Option(help="Only this district or ward.")] = None,
    programme: Annotated[str | None, typer.Option(help="Only this programme.")] = None,
    reference: Annotated[str | None, typer.Option(metavar="TEXT", help="Only references that hold this text.")] = None,
    *,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those that owe work which was due before today.")
    ] = False,
    view: Annotated[str | None, typer.Option(metavar="NAME", help="The filters saved as this view.")] = None,
    save: Annotated[str | None, typer.Option(metavar="NAME", help="Save these filters as a view.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after this journey, as told by the page before.")] = None,
    limit: Limit = 50,
) -> None:
    """List journeys.

    Filters given beside a view are laid over it. Views are kept for each user: journeys views.

    Example: journeys list --stage intervention --holder kim --overdue --save kims-late
    """
    given = {"stage": stage, "holder": holder, "area": area, "locality": locality, "programme": programme}
    filters = saved_views.asked(view, given | {"reference": reference, "overdue": overdue})
    page = door.get("/v1/journeys", cursor=cursor, limit=limit, **filters)
    if save:
        saved_views.save(save, filters)
    if door.as_json:
        write.as_json(page)
        return
    columns = ("reference", "version", "stage", "holder", "locality", "referred", "next")
    write.table("", columns, map(_glance, page["journeys"]))
    if page["next"]:
        write.remark(f"more: --cursor {page['next']}")


@command(app, "views", csv=True)
def list_views(
    door: Door, forget: Annotated[str | None, typer.Option(metavar="NAME", help="Remove this view.")] = None
) -> None:
    """List the saved views of journeys list, or forget one.

    Example: journeys views --forget kims-late
    """
    if forget:
        saved_views.forget(forget)
    known = saved_views.views()
    if door.as_json:
        write.as_json(known)
    else:
        write.table("", ("view", "filters"), ((name, saved_views.described(known[name])) for name in sorted(known)))


def _glance(row: dict[str, Any]) -> tuple[object, ...]:
    following = write.moment(row["next_deadline_at"])
    version = version_of(row["journey_id"], row["version"])
    names = ("stage", "key_worker", "locality", "referred_on")
    return row["reference"], version, *(row[name] for name in names), following


@command(app)
def show(
    door: Door,
    ref: Ref,
    journey: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="An earlier journey of the family; the newest if not said.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="The system's own bookkeeping too.")] = False,
) -> None:
    """Show one family: where it is, its timeline with numbered events, its agenda and who holds it.

    Example: journeys show F-7K3Q-9D2X --all
    """
    told = door.get(f"/v1/journeys/{in_path(ref)}", journey=journey)
    if door.as_json:
        write.as_json(told)
        return
    _heading(told)
    _people(told)
    _timeline(told["timeline"], told["not_shown"], everything=everything)
    write_owed(told["owed"])
    for number, step in enumerate(told["next_steps"]):
        write.fields([("" if number else "next", step)])
    write.table("\nAgenda", ("when", "work", "due", "to", ""), map(_deadline, told["agenda"]))
    write_reminders(told["reminders"])
    if told["claims"]:
        write.table("\nClaims", CLAIM_COLUMNS, map(claim_row, told["claims"]))
    for row in told["earlier"]:
        typer.echo(
            f"earlier journey {row['number']}: {row['referred_on']} to {row['closed_on']} ({row['outcome']}); "
            f"its events: journeys show {row['reference']} --journey {row['number']}"
        )


def _heading(told: dict[str, Any]) -> None:
    journey = told["journey"]
    stage = f"{journey['stage']} ({journey['intensity']} intensity)" if journey["intensity"] else journey["stage"]
    holder = told["holder"] or "nobody yet" if journey["stage"] != "closed" else f"closed {journey['closed_on']}"
    write.fields(
        (
            ("reference", journey["reference"]),
            ("version", version_of(journey["journey_id"], journey["version"])),
            ("stage", stage),
            ("holder", holder),
            ("erased", told["erased_on"] and f"{told['erased_on']} ({told['erased_for']})"),
            ("held beyond cap", journey["waiver"] and f"by waiver {journey['waiver']}"),
            ("offered to", journey["handover_to"]),
            ("locality", journey["locality"]),
            ("programme", f"{journey['programme']} {journey['programme_version']}"),
            ("referred", f"{journey['referred_on']} by {journey['referrer']}"),
            ("cohort", journey["cohort"]),
            ("criteria", ", ".join(journey["criteria"])),
            ("needs", ", ".join(journey["needs"])),
            ("consents", ", ".join(consent["id"] for consent in journey["consents"] if not consent["withdrawn_on"])),
        )
    )


def _people(told: dict[str, Any]) -> None:
    """Write the people of the journey: of who has left the name and when, and how adults are reached."""
    family = told["family"]
    for person in family["people"] if family else told["journey"]["members"]:
        write.fields([(f"  {person.get('member_id') or person['id']} {person['role']}", _person(person) or "-")])
    if family:
        home = family["address"]
        since = f" (since {family['since']})" if family["since"] else ""
        where = ", ".join(part for part in (home["lines"], home["postcode"]) if part)
        write.fields([("address", where and f"{where}{since}")])
        for former in family["former"]:
            write.fields([("lived before", f"{former['address']['lines']} (until {former['until']})")])


def _person(person: dict[str, Any]) -> str:
    name = " ".join(part for part in (person.get("forename"), person.get("surname")) if part)
    left = person.get("left") or person.get("to")
    if left:
        return ", ".join(part for part in (name, f"left {left}") if part)
    since = person.get("since") or person.get("from")
    told = [name, *([_birth(person)] if "surname" in person else []), *([f"since {since}"] if since else [])]
    return ", ".join(part for part in (*told, person.get("phone"), person.get("email")) if part)


def _birth(person: dict[str, Any]) -> str:
    if person["born"]:
        return f"born {person['born']}"
    return f"expected {person['expected']}" if person["expected"] else "birth not known"


def _timeline(timeline: list[dict[str, Any]], not_shown: int, *, everything: bool) -> None:
    """Write the events, each that was corrected marked by the number of its last correction."""
    corrected = {
        one["event"]["version"]: one["version"] for one in timeline if one["event"]["type"] == "event-corrected"
    }
    kept = [one for one in timeline if everything or not write.is_noise(one["event"])]
    rows = (_event(one, corrected.get(one["version"]), everything=everything) for one in kept)
    write.table("\nTimeline", ("#", "day", "event", "detail", "by"), rows)
    if len(kept) < len(timeline):
        typer.echo(f"events of the system's own left out: {len(timeline) - len(kept)} (show them with --all)")
    if not_shown:
        typer.echo(f"events about people on days when they were no members left out: {not_shown}")


def _event(told: dict[str, Any], corrected_by: int | None, *, everything: bool) -> tuple[object, ...]:
    event = told["event"]
    detail = write.event_detail(event, everything=everything)
    if corrected_by:
        detail = f"{detail}  (corrected by {corrected_by})".strip()
    return told["version"], write.event_day(event), event["type"], detail, told["actor"]


def _deadline(row: dict[str, Any]) -> tuple[object, ...]:
    kind = "escalates" if row["escalation"] else ""
    return write.moment(row["at"]), row["work"] or OWN_WORK[row["kind"]], row["due_on"], row["to"], kind


@command(app, csv=True)
def counts(door: Door) -> None:
    """Count journeys by stage, reminders, notifications, claims and partner events.

    Example: journeys counts --json
    """
    told = door.get("/v1/counts")
    if door.as_json:
        write.as_json(told)
        return
    rows = [(name, "", value) for name, value in told.items() if not isinstance(value, dict)]
    rows += [
        (name, part, count) for name, value in told.items() if isinstance(value, dict) for part, count in value.items()
    ]
    write.table("", ("what", "state", "count"), rows)
