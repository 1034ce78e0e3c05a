"""`journeys report`: a manager's figures, as tables for people and one long table for a spreadsheet."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import command

app = typer.Typer(rich_markup_mode=None)

SMALL = "<5"  # hidden from an analyst: so few that they could point at a family
STEPS = ("identification", "allocation", "first-contact", "assessment", "plan", "intervention", "step-down")
VERDICTS = ("sustained", "insufficient", "regressed")
LACKING = ("result:insufficient", "result:not-met")
STATES = ("eligible", "submitted", "paid", "rejected", "clawed-back")
NOBODY = "nobody yet"

Row = dict[str, Any]


@command(app, csv=True)
def report(
    door: Door,
    by: Annotated[
        Literal["stage", "area", "locality", "month", "worker", "programme"],
        typer.Option(help="What the rows are."),
    ] = "stage",
    area: Annotated[str | None, typer.Option(help="Only this area.")] = None,
    programme: Annotated[str | None, typer.Option(help="Only this programme.")] = None,
) -> None:
    """Show figures: families, waiting times of each stage, outcomes, checks, off track, caseloads and claims.

    Waits are in days: the median, nine of ten, and the longest. By month, a thing stands in the month in which it
    happened. Analysts get whole quarters, and no count under five.

    Example: journeys report --by locality
    """
    told = door.get("/v1/figures", by=by, area=area, programme=programme)
    if door.as_json:
        write.as_json(told)
        return
    rows = [*told["rows"], told["total"]]
    if write.wanted_as_csv():
        columns = (told["by"], "measure", "count", "median", "nine_of_ten", "longest", "pounds")
        write.table("", columns, (line for row in rows for line in _long(row)))
        return
    typer.echo(_title(told))
    for title, heads, cells in _tables(told["by"], rows):
        write.table(f"\n{title}", heads, cells)


def _title(told: Row) -> str:
    only = [f"{name} {told[name]}" for name in ("area", "programme") if told[name]]
    until = f", what happened before {told['before']}" if told["before"] else ""
    return f"Figures by {told['by']} on {told['day']}{until}" + (f" ({', '.join(only)})" if only else "")


def _tables(by: str, rows: Sequence[Row]) -> Iterator[tuple[str, Sequence[str], Sequence[Sequence[object]]]]:
    outcomes = sorted({name for row in rows for name in row["counts"] if name.startswith("outcome:")})
    measures = ("referred", "open", "off-track", *outcomes)
    names = [name.replace("outcome:", "closed: ") for name in measures]
    yield "Families", (by, *names), [(_key(row), *(_count(row, name) for name in measures)) for row in rows]
    waits = [(_key(row), step, *_wait(row["waits"][step])) for row in rows for step in STEPS if step in row["waits"]]
    yield "Waiting times, in days", (by, "until", "families", "median", "nine of ten", "longest"), waits
    checks = [f"check:{verdict}" for verdict in VERDICTS]
    made = [row for row in rows if any(name in row["counts"] for name in checks)]
    yield "Checks", (by, *VERDICTS), [(_key(row), *(_count(row, name) for name in checks)) for row in made]
    if by == "worker":
        held = [row for row in rows if row["cap"] is not None]
        yield "Caseload", (by, "held", "cap"), [(_key(row), row["held"], row["cap"]) for row in held]
    paid = [row for row in rows if row["claims"] or any(name in row["counts"] for name in LACKING)]
    money_of = (by, "claimable now", "submitted", "paid", "rejected", "clawed back", "lacks evidence", "not met")
    money = [
        (_key(row), *(_pounds(row, state) for state in STATES), *(_count(row, n) for n in LACKING)) for row in paid
    ]
    yield "Claims, in pounds; results judged and not claimed (why: journeys claims explain REF)", money_of, money


def _key(row: Row) -> str:
    return row["key"] or NOBODY


def _count(row: Row, name: str) -> object:
    return (SMALL if row["counts"][name] is None else row["counts"][name]) if name in row["counts"] else 0


def _wait(wait: Row) -> tuple[object, ...]:
    if wait["count"] is None:
        return (SMALL, "", "", "")
    return wait["count"], *("" if wait[name] is None else wait[name] for name in ("median", "ninetieth", "longest"))


def _pounds(row: Row, state: str) -> str:
    told = row["claims"].get(state)
    return f"£{told['pounds']:,}" if told else ""


def _long(row: Row) -> Iterator[Sequence[object]]:
    """Write a row of figures as lines of one measure each."""
    for name in row["counts"]:
        yield _key(row), name, _count(row, name), "", "", "", ""
    for step, wait in row["waits"].items():
        yield _key(row), f"wait:{step}", *_wait(wait), ""
    for state, told in row["claims"].items():
        yield _key(row), f"claims:{state}", told["count"], "", "", "", told["pounds"]
    if row["cap"] is not None:
        yield _key(row), "held", row["held"], "", "", "", ""
        yield _key(row), "cap", row["cap"], "", "", "", ""
