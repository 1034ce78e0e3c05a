"""The steps of the path as commands, in the order in which a family goes it."""

import json
from typing import Annotated, Any

import typer

from cli.core.client import Door, in_path
from cli.core.command import On, Ref, command, sure
from cli.core.errors import BAD_INPUT, Trouble, plain
from cli.core.output import answer, as_it_reads, event_day, event_detail
from cli.core.versions import version_of

app = typer.Typer(rich_markup_mode=None)

Needs = Annotated[list[str], typer.Option("--need", metavar="NEED", help="A need; repeat for each.")]
OUTCOMES = (
    "sustained, regressed, re-referred, not-eligible, declined, moved-away, transferred, no-longer-needed, died or "
    "opened-in-error."
)
CORRECTED = """
Fields that can be corrected: of a referral on, referrer, locality and criteria; of a consent basis, purpose, partners,
categories, on and expires_on; of an identification on, criteria and cohort; of an assessment or a plan on and needs; of
a contact on and kind; of a review on and outcome; of a check on and verdict; of a step-up on and reason; of any other
step on; of evidence its own fields. Write a list with commas: criteria=poverty,crime.
"""
LISTS = ("needs", "criteria", "partners", "categories")


def _take(door: Door, ref: str, step: str, **body: Any) -> None:
    """Take a step. Its day is always sent, so that the same step tried again after midnight is the same step."""
    if "on" in body:
        body["on"] = door.day(body["on"] or "today")
    answer(door.step(ref, step, **body), json_wanted=door.as_json)


@command(app)
def consent(
    door: Door,
    ref: Ref,
    on: On = None,
    basis: Annotated[
        str, typer.Option(help="consent, public-task, legal-obligation, vital-interests, ...")
    ] = "consent",
    purpose: Annotated[str, typer.Option(help="What the data are shared for.")] = "family-support",
    partner: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this partner; repeat for each.")
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only this data category; repeat for each.")
    ] = None,
    expires_on: Annotated[str | None, typer.Option(metavar="DATE", help="The last day it is valid.")] = None,
) -> None:
    """Record consent, or another lawful basis for sharing.

    Example: journeys consent F-7K3Q-9D2X --purpose family-support --partner wirral-schools
    """
    until = door.day(expires_on) if expires_on is not None else None
    told = {"basis": basis, "purpose": purpose, "partners": partner, "categories": category, "expires_on": until}
    _take(door, ref, "consent", on=on, **told)


@command(app, "withdraw-consent")
def withdraw_consent(
    door: Door,
    ref: Ref,
    consent_id: Annotated[str, typer.Argument(metavar="CONSENT", help="The id, as listed by: journeys show REF")],
    on: On = None,
) -> None:
    """Withdraw a recorded consent or basis; messages not yet sent are stopped.

    Example: journeys withdraw-consent F-7K3Q-9D2X c-1f2e3d4c
    """
    _take(door, ref, "withdraw-consent", consent_id=consent_id, on=on)


@command(app, guarded=True)
def identify(
    door: Door,
    ref: Ref,
    criterion: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A criterion that is met; repeat for each.")
    ] = None,
    without_criteria: Annotated[
        bool, typer.Option("--without-criteria", help="No criterion is met, or the needs will be judged at assessment.")
    ] = False,
    cohort: Annotated[
        str | None, typer.Option(metavar="NAME", help="The cohort, if the programme has cohorts.")
    ] = None,
    on: On = None,
) -> None:
    """Record the criteria met, and say whether the family is eligible and why.

    Example: journeys identify F-7K3Q-9D2X --criterion poverty --criterion addiction
    """
    if bool(criterion) == without_criteria:
        remedy = "name each criterion that is met with --criterion, or say --without-criteria"
        raise Trouble("give either --criterion or --without-criteria", remedy, exit_code=BAD_INPUT)
    _take(door, ref, "identify", criteria=criterion or [], cohort=cohort, on=on)


@command(app)
def contact(
    door: Door,
    ref: Ref,
    on: On = None,
    kind: Annotated[str, typer.Option(help="visit, call, meeting or attempted.")] = "visit",
) -> None:
    """Record a contact with the family.

    Example: journeys contact F-7K3Q-9D2X --kind call
    """
    _take(door, ref, "record-contact", kind=kind, on=on)


@command(app, guarded=True)
def assess(door: Door, ref: Ref, need: Needs, on: On = None) -> None:
    """Record the whole-family assessment.

    Example: journeys assess F-7K3Q-9D2X --need debt --need health --on 2026-01-20
    """
    _take(door, ref, "assess", needs=need, on=on)


@command(app, guarded=True)
def plan(door: Door, ref: Ref, need: Needs, on: On = None) -> None:
    """Record the plan agreed with the family.

    Example: journeys plan F-7K3Q-9D2X --need debt
    """
    _take(door, ref, "agree-plan", needs=need, on=on)


@command(app, guarded=True)
def start(door: Door, ref: Ref, on: On = None) -> None:
    """Begin high-intensity work.

    Example: journeys start F-7K3Q-9D2X --on 2026-01-20
    """
    _take(door, ref, "start-intervention", on=on)


@command(app, guarded=True)
def review(
    door: Door,
    ref: Ref,
    on: On = None,
    outcome: Annotated[str, typer.Option(help="on-track or off-track.")] = "on-track",
) -> None:
    """Record a review of the plan.

    Example: journeys review F-7K3Q-9D2X --outcome off-track
    """
    _take(door, ref, "review-plan", outcome=outcome, on=on)


@command(app, "step-down", guarded=True)
def step_down(door: Door, ref: Ref, on: On = None) -> None:
    """Move to low intensity; the checks are counted from this day.

    Example: journeys step-down F-7K3Q-9D2X
    """
    _take(door, ref, "step-down", on=on)


@command(app, "step-up", guarded=True)
def step_up(
    door: Door, ref: Ref, reason: Annotated[str, typer.Option(help="Why, as a code, such as crisis.")], on: On = None
) -> None:
    """Move back to high intensity.

    Example: journeys step-up F-7K3Q-9D2X --reason crisis
    """
    _take(door, ref, "step-up", reason=reason, on=on)


@command(app, guarded=True)
def check(
    door: Door,
    ref: Ref,
    verdict: Annotated[str, typer.Option(help="sustained, regressed or insufficient.")],
    on: On = None,
) -> None:
    """Record the next sustained-outcome check.

    Example: journeys check F-7K3Q-9D2X --verdict sustained
    """
    _take(door, ref, "record-check", verdict=verdict, on=on)


@command(app, guarded=True)
def close(
    door: Door,
    ref: Ref,
    outcome: Annotated[str, typer.Option(help=OUTCOMES)],
    on: On = None,
    to: Annotated[
        str | None, typer.Option(metavar="AREA", help="The area that a transferred family goes to, such as kent.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Close it without asking.")] = False,
) -> None:
    """Close the journey. In a terminal you are asked to confirm; elsewhere give --yes.

    Example: journeys close F-7K3Q-9D2X --outcome moved-away --yes
    """
    sure(yes, f"Close {ref} as {outcome}? Its reminders and messages end.")
    _take(door, ref, "close", outcome=outcome, to=to, on=on)


@command(app, guarded=True)
def reopen(
    door: Door,
    ref: Ref,
    reason: Annotated[str, typer.Option(help="Why, as a code, such as closed-by-mistake.")],
    on: On = None,
) -> None:
    """Reopen a closed journey: it continues where it was. Managers only.

    Example: journeys reopen F-7K3Q-9D2X --reason closed-by-mistake
    """
    _take(door, ref, "reopen", reason=reason, on=on)


@command(app)
def ack(
    door: Door,
    ref: Ref,
    reminder: Annotated[str, typer.Argument(metavar="REMINDER", help="The id, as listed by: journeys show REF")],
) -> None:
    """Acknowledge a reminder.

    Example: journeys ack F-7K3Q-9D2X plan.4.2026-01-20.remind+0
    """
    _take(door, ref, "acknowledge", reminder_id=reminder)


@command(app, guarded=True, epilog=CORRECTED)
def correct(
    door: Door,
    ref: Ref,
    event: Annotated[int, typer.Argument(metavar="NUMBER", help="The event's number in the timeline.")],
    reason: Annotated[str, typer.Option(help="Why, as a code, such as typing-error.")],
    changed: Annotated[
        list[str], typer.Option("--set", metavar="FIELD=VALUE", help="The correct value; repeat for each field.")
    ],
    journey: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="An earlier journey of the family. Default: the newest.")
    ] = None,
) -> None:
    """Correct an event. The event itself stays; a new one replaces what it says.

    It shows what the event said, and is refused if the journey changes meanwhile.

    Example: journeys correct F-7K3Q-9D2X 7 --reason typing-error --set on=2026-01-20
    """
    changes = dict(_change(door, one) for one in changed)
    told = door.get(f"/v1/journeys/{in_path(ref)}", journey=journey)
    read = as_it_reads(told["timeline"], event)
    if read and not door.as_json:
        typer.echo(plain(f"event {event} was  {event_day(read)}  {read['type']}  {event_detail(read)}"))
    seen = version_of(told["journey"]["journey_id"], told["journey"]["version"])
    taken = door.step(ref, "correct", seen, version=event, journey=journey, reason=reason, changes=changes)
    answer(taken, json_wanted=door.as_json)


@command(app, "withdraw-evidence")
def withdraw_evidence(
    door: Door,
    ref: Ref,
    evidence: Annotated[str, typer.Argument(metavar="EVIDENCE", help="The id, as listed by: journeys show REF")],
    reason: Annotated[str, typer.Option(help="Why, as a code, such as wrong-child.")],
    of_another_family: Annotated[
        bool, typer.Option("--of-another-family", help="Return it to quarantine, to be matched to the right family.")
    ] = False,
) -> None:
    """Withdraw a partner's evidence: it stays readable, but counts for no rule and no claim.

    Example: journeys withdraw-evidence F-7K3Q-9D2X wirral-schools:ev-17 --reason wrong-child --of-another-family
    """
    body: dict[str, Any] = {"evidence_id": evidence, "reason": reason, "of_another_family": of_another_family}
    answer(door.step(ref, "withdraw-evidence", **body), json_wanted=door.as_json)


def _change(door: Door, text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Trouble(f"{text} is not FIELD=VALUE", "write it like on=2026-01-20", exit_code=BAD_INPUT)
    if name == "on" or name.endswith("_on"):
        return name, door.day(value)
    if name in LISTS:
        return name, [part.strip() for part in value.split(",")]
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
