"""Looking: families on their way, one family's whole story, what falls due, and counts."""

from typing import Annotated, Any

import typer

from cli.case.actions import write_actions
from cli.claims.rows import CLAIM_COLUMNS, claim_row
from cli.core import output as write
from cli.core.client import Door, in_path
from cli.core.command import Ref, command
from cli.core.versions import version_of
from cli.journeys import saved_views
from cli.journeys.due import write_owed, write_reminders
from cli.journeys.naming import Names, labels, table

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
    reference: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only references that contain this text.")
    ] = None,
    *,
    still_open: Annotated[bool, typer.Option("--open", help="Leave out those that are closed.")] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those with outstanding work that was due before today.")
    ] = False,
    names: Names = False,
    view: Annotated[str | None, typer.Option(metavar="NAME", help="Use the filters of this view.")] = None,
    save: Annotated[str | None, typer.Option(metavar="NAME", help="Save these filters as a view.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after this journey, as the page before named it.")] = None,
    limit: Limit = 50,
) -> None:
    """List journeys.

    Filters typed beside a view replace its own. To see your views: journeys views.

    Example: journeys list --stage intervention --holder kim --overdue --save kims-late
    """
    given = {"stage": stage, "holder": holder, "area": area, "locality": locality, "programme": programme}
    filters = saved_views.asked(view, given | {"reference": reference, "overdue": overdue, "open": still_open})
    told = filters | ({"names": True} if names else {})
    page, following = door.page("/v1/journeys", cursor=cursor, limit=limit, **told)
    if save:
        saved_views.save(save, filters)
    if door.as_json:
        write.as_json(page | {"next": following})
        return
    columns = ("reference", "version", "stage", "holder", "locality", "referred", "next")
    table(columns, [(row["journey_id"], _glance(row)) for row in page["journeys"]], labels(page) if names else None)
    if following:
        write.note(f"more: --cursor {following}")


@command(app, "views", csv=True)
def list_views(
    door: Door,
    ref: Annotated[str | None, typer.Argument(metavar="[REF]", help="Who looked at this family.")] = None,
    forget: Annotated[str | None, typer.Option(metavar="NAME", help="Remove this view.")] = None,
    limit: Limit = 100,
) -> None:
    """List who looked at a family, for managers and auditors; without REF, your saved views of journeys list.

    Example: journeys views F-7K3Q-9D2X
    """
    if ref:
        _looks(door, ref, limit)
        return
    if forget:
        saved_views.forget(forget)
    known = saved_views.views()
    if door.as_json:
        write.as_json(known)
    else:
        write.table("", ("view", "filters"), ((name, saved_views.described(known[name])) for name in sorted(known)))


def _looks(door: Door, ref: str, limit: int) -> None:
    """Write who looked at a family, the newest first."""
    rows = door.rows(f"/v1/journeys/{in_path(ref)}/views", most=limit)
    if door.as_json:
        write.as_json(rows)
        return
    told = ((write.moment(row["at"]), row["actor"], row["what"], row["request_id"]) for row in rows)
    write.table("", ("when", "who", "what", "request"), told)


def _glance(row: dict[str, Any]) -> tuple[object, ...]:
    following = write.moment(row["next_deadline_at"])
    version = version_of(row["journey_id"], row["version"])
    return row["reference"], version, row["stage"], _holder(row), row["locality"], row["referred_on"], following


def _holder(row: dict[str, Any]) -> str:
    """Write who holds a family, and whom it is offered to."""
    offered = f"offered to {row['handover_to']}" if row["handover_to"] else ""
    return ", ".join(filter(None, (row["key_worker"], offered)))


@command(app)
def show(
    door: Door,
    ref: Ref,
    journey: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="An earlier journey of the family. Default: the newest.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also show events of the system's own.")] = False,
) -> None:
    """Show one family: its stage, holder, timeline with numbered events, and what is due.

    Example: journeys show F-7K3Q-9D2X --all
    """
    answer = door.get(f"/v1/journeys/{in_path(ref)}", journey=journey)
    if door.as_json:
        write.as_json(answer)
        return
    if answer["followed"]:
        typer.echo(
            f"{answer['followed']} was merged into {answer['journey']['reference']}, which is shown; its own events: "
            f"journeys show {answer['followed']} --journey 1"
        )
    _heading(answer)
    _people(answer)
    _timeline(answer["timeline"], answer["not_shown"], everything=everything)
    _case(answer)
    write_owed(answer["owed"])
    for number, step in enumerate(answer["next_steps"]):
        write.fields([("" if number else "next", step)])
    write.table("\nAgenda", ("when", "work", "due", "to", ""), map(_deadline, answer["agenda"]))
    write_reminders(answer["reminders"])
    if answer["claims"]:
        write.table("\nClaims", CLAIM_COLUMNS, map(claim_row, answer["claims"]))
    for row in answer["earlier"]:
        typer.echo(
            f"earlier journey {row['number']}: {row['referred_on']} to {row['closed_on']} ({row['outcome']}); "
            f"its events: journeys show {row['reference']} --journey {row['number']}"
        )
    for row in answer["answers"]:
        typer.echo(
            f"{row['since']}: the referral of {row['reference']} was like {row['about']}; answered {row['answer']}"
            f" ({row['why']}) by {row['actor']}"
        )


def _heading(answer: dict[str, Any]) -> None:
    journey = answer["journey"]
    stage = f"{journey['stage']} ({journey['intensity']} intensity)" if journey["intensity"] else journey["stage"]
    holder = answer["holder"] or "nobody yet" if journey["stage"] != "closed" else f"closed {journey['closed_on']}"
    write.fields(
        (
            ("reference", journey["reference"]),
            ("version", version_of(journey["journey_id"], journey["version"])),
            ("stage", stage),
            ("holder", holder),
            ("erased", answer["erased_on"] and f"{answer['erased_on']} ({answer['erased_for']})"),
            ("held beyond cap", journey["waiver"] and f"by waiver {journey['waiver']}"),
            ("offered to", journey["handover_to"]),
            ("locality", journey["locality"]),
            ("programme", f"{journey['programme']} {journey['programme_version']}"),
            ("referred", f"{journey['referred_on']} by {journey['referrer']}"),
            ("merged into", journey["merged_into"]),
            ("merged in", ", ".join(answer["merged"])),
            ("also referred", ", ".join(f"{each['on']} by {each['referrer']}" for each in journey["joined"])),
            ("cohort", journey["cohort"]),
            ("criteria", ", ".join(journey["criteria"])),
            ("needs", ", ".join(journey["needs"])),
            ("not heard", ", ".join(answer["unheard"]) and f"{', '.join(answer['unheard'])}: no voice for 90 days"),
        )
    )
    for number, consent in enumerate(each for each in journey["consents"] if not each["withdrawn_on"]):
        write.fields([("" if number else "consents", _consent(consent))])


def _consent(consent: dict[str, Any]) -> str:
    """Write a consent as withdraw-consent wants it, with what it allows."""
    partners = ", ".join(consent["partners"]) or "every partner with an agreement"
    until = f"until {consent['expires_on']}" if consent["expires_on"] else ""
    told = (consent["basis"], f"for {consent['purpose']}", f"to {partners}", f"since {consent['on']}", until)
    return "  ".join(filter(None, (consent["id"], *told)))


def _people(answer: dict[str, Any]) -> None:
    """Write the people of the journey, how they are reached, and their home; of who has left the name and when."""
    family = answer["family"] or {}
    for person in family.get("people") or answer["journey"]["members"]:
        write.fields([(f"  {person.get('member_id') or person['id']} {person['role']}", _person(person) or "-")])
        reached = (person.get("phone"), person.get("email"))
        given = [*person.get("identifiers", {}).items(), *person.get("further", ())]
        write.fields([("", "  ".join(filter(None, (*reached, *(f"{scheme} {number}" for scheme, number in given)))))])
    address, since = family.get("address") or {}, family.get("since")
    write.fields([("address", _lines(address) and f"{_lines(address)}{f' (since {since})' if since else ''}")])
    write.fields([("uprn", address.get("uprn"))])
    for home in family.get("former", ()):
        write.fields(
            [("lived before", f"{_lines(home['address']) or home['address']['uprn']} (until {home['until']})")]
        )
    write.fields([("involved", _involved(answer))])


def _lines(address: dict[str, Any]) -> str:
    return ", ".join(filter(None, (*address.get("lines", "").splitlines(), address.get("postcode"))))


def _involved(told: dict[str, Any]) -> str:
    """Name who else has to do with the family: who referred it, whoever told something, and who may be told."""
    journey = told["journey"]
    told_by = [one["actor"].partition(":")[2] for one in told["timeline"] if one["actor"].startswith("partner:")]
    agreed = [name for each in journey["consents"] if not each["withdrawn_on"] for name in each["partners"]]
    return ", ".join(dict.fromkeys((journey["referrer"], *told_by, *agreed)))


def _person(person: dict[str, Any]) -> str:
    name = " ".join(part for part in (person.get("forename"), person.get("surname")) if part)
    left = person.get("left") or person.get("to")
    if left:
        return ", ".join(part for part in (name, f"left {left}") if part)
    since = person.get("since") or person.get("from")
    told = [name, *([_birth(person)] if "surname" in person else []), *([f"since {since}"] if since else [])]
    return ", ".join(part for part in told if part)


def _birth(person: dict[str, Any]) -> str:
    if person["born"]:
        return f"born {person['born']}"
    return f"expected {person['expected']}" if person["expected"] else "birth not known"


def _of_member(distance: dict[str, Any]) -> str:
    return f" of {distance['member_id']}" if distance["member_id"] else ""


def _case(answer: dict[str, Any]) -> None:
    """Write the actions, how far needs came, and what else the case file holds; its texts are read on their own."""
    case = answer["journey"]["case"]
    actions = [each for each in case["actions"] if not each["withdrawn"]]
    if actions:
        write_actions("\nActions", actions)
    for number, each in enumerate(answer["distances"]):
        way = f"{each['need']} {each['first']} to {each['latest']} ({each['gained']:+d})"
        write.fields([("" if number else "distance", f"{way}{_of_member(each)}")])
    counts = [f"{name} {len(entries)}" for name, entries in case.items() if entries and name != "actions"]
    if counts:
        write.fields([("case file", f"{', '.join(counts)}; read it with: journeys case REF")])


def _timeline(timeline: list[dict[str, Any]], not_shown: int, *, everything: bool) -> None:
    """Write the events, each that was corrected marked by the number of its last correction."""
    corrected = {
        one["event"]["version"]: one["version"] for one in timeline if one["event"]["type"] == "event-corrected"
    }
    kept = [one for one in timeline if everything or not write.is_noise(one["event"])]
    rows = (_event(one, corrected.get(one["version"]), everything=everything) for one in kept)
    write.table("\nTimeline", ("#", "day", "event", "detail", "by"), rows)
    if len(kept) < len(timeline):
        typer.echo(f"events of the system's own not shown: {len(timeline) - len(kept)} (show them with --all)")
    if not_shown:
        typer.echo(f"events about people on days when they were no members not shown: {not_shown}")


def _event(row: dict[str, Any], corrected_by: int | None, *, everything: bool) -> tuple[object, ...]:
    event = row["event"]
    detail = write.event_detail(event, everything=everything)
    if corrected_by:
        detail = f"{detail}  (corrected by {corrected_by})".strip()
    return row["version"], write.event_day(event), event["type"], detail, row["actor"]


def _deadline(row: dict[str, Any]) -> tuple[object, ...]:
    kind = "escalates" if row["escalation"] else ""
    return write.moment(row["at"]), row["work"] or OWN_WORK[row["kind"]], row["due_on"], row["to"], kind


@command(app, csv=True)
def counts(door: Door) -> None:
    """Count journeys by stage, reminders, notifications, claims and partner events.

    Example: journeys counts --json
    """
    answer = door.get("/v1/counts")
    if door.as_json:
        write.as_json(answer)
        return
    rows = [(name, "", value) for name, value in answer.items() if not isinstance(value, dict)]
    rows += [
        (name, part, count)
        for name, value in answer.items()
        if isinstance(value, dict)
        for part, count in value.items()
    ]
    write.table("", ("what", "state", "count"), rows)
