"""Finding journeys: filters, views that are kept under a name, and tables as CSV."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from cli.claims.ledger import CSV_COLUMNS
from tests.cli.conftest import Cli
from tests.doors import NOON, Doors


@pytest.fixture
def config(tmp_path: Path) -> dict[str, str]:
    """A configuration folder of the test's own."""
    return {"JOURNEYS_CONFIG": str(tmp_path / "config")}


async def references(cli: Cli, *words: str, **environment: str) -> set[str]:
    ran = await cli("list", "--limit", "500", *words, "--json", **environment)
    assert ran.code == 0, ran
    return {row["reference"] for row in ran.told["journeys"]}


async def test_every_filter_finds_its_own(cli: Cli, doors: Doors):
    """Stage, key worker, area, locality, programme and text of the reference each leave in what they name."""
    allocated, worker = await doors.allocated()
    referred = await doors.referred(locality="Seacombe")
    both = {allocated, referred}
    for words, expected in (
        (("--stage", "assessment"), {allocated}),
        (("--holder", worker), {allocated}),
        (("--key-worker", worker), {allocated}),
        (("--area", "wirral"), both),
        (("--area", "kent"), set()),
        (("--locality", "Seacombe"), {referred}),
        (("--programme", "wirral-2012"), both),
        (("--programme", "base"), set()),
        (("--reference", allocated[2:6].lower()), {allocated}),
        (("--stage", "assessment", "--locality", "Seacombe"), set()),
    ):
        assert await references(cli, *words) & both == expected, words


async def test_overdue_is_what_was_due_before_today(cli: Cli, doors: Doors):
    """A family whose identification was due on 9 May is overdue on 1 June; one identified in time is not."""
    late, kept = await doors.referred(), await doors.referred()
    await doors.step(kept, "identify", criteria=["poverty", "addiction"], on="2012-06-01")
    assert await references(cli, "--overdue") & {late, kept} == {late}


async def test_no_work_is_overdue_on_the_day_it_is_due(cli: Cli, doors: Doors):
    """Work due today is not overdue, and tomorrow it is."""
    ref = await doors.referred(referred_on="2012-05-25")  # five working days later is 1 June
    assert ref not in await references(cli, "--overdue")
    doors.engine.clock = NOON + timedelta(days=1)
    try:
        assert ref in await references(cli, "--overdue")
    finally:
        doors.engine.clock = NOON


async def test_a_view_is_kept_and_used(cli: Cli, doors: Doors, config: dict[str, str]):
    """Filters are saved under a name and used again; those given beside it are laid over it."""
    allocated, worker = await doors.allocated()
    other = await doors.referred(locality="Seacombe")
    await references(cli, "--holder", worker, "--stage", "assessment", "--save", "mine", **config)
    assert await references(cli, "--view", "mine", **config) == {allocated}
    assert await references(cli, "--view", "mine", "--stage", "closed", **config) == set()
    assert other in await references(cli, **config)
    ran = await cli("views", **config)
    assert f"--stage assessment --holder {worker}" in ran.out


async def test_views_are_listed_and_forgotten(cli: Cli, doors: Doors, config: dict[str, str]):
    """A view is forgotten by its name, and what was never saved is told with what there is."""
    await doors.referred(locality="New Brighton")
    assert "none" in (await cli("views", **config)).out
    ran = await cli("list", "--view", "mine", **config)
    assert (ran.code, "--save" in ran.err) == (2, True)
    await cli("list", "--overdue", "--locality", "New Brighton", "--save", "late ones", **config)
    assert "--locality 'New Brighton' --overdue" in (await cli("views", **config)).out
    ran = await cli("list", "--view", "lat", **config)
    assert (ran.code, "use one of late ones" in ran.err) == (2, True)
    ran = await cli("views", "--forget", "late ones", "--json", **config)
    assert (ran.code, ran.told) == (0, {})
    assert (await cli("views", "--forget", "late ones", **config)).code == 2


async def test_a_name_that_is_none_and_a_broken_file_are_refused(cli: Cli, config: dict[str, str]):
    """A view needs a plain name, and a file that cannot be read is told and left as it is."""
    ran = await cli("list", "--save", "../x", **config)
    assert (ran.code, "cannot be the name of a view" in ran.err) == (2, True)
    file = Path(config["JOURNEYS_CONFIG"]) / "views.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{")
    ran = await cli("views", **config)
    assert (ran.code, str(file) in ran.err, file.read_text()) == (2, True, "{")


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        (("list",), ["reference", "version", "stage", "holder", "locality", "referred", "next"]),
        (("due", "--limit", "500"), ["holder", "due", "late", "reference", "work", "owed by", "since", "clock"]),
        (
            ("staff", "list"),
            [
                "name",
                "role",
                "email",
                "channel",
                "held",
                "cap",
                "active",
                "team",
                "area",
                "by_waiver",
                "offered",
                "leaving_from",
            ],
        ),
        (("claims", "list"), list(CSV_COLUMNS)),
    ],
)
async def test_tables_are_csv_too(cli: Cli, doors: Doors, words: tuple[str, ...], columns: list[str]):
    """With --csv the table's columns and rows are written as CSV, whole and alone on standard output."""
    _, worker = await doors.allocated()
    most = () if words[0] in {"staff", "claims"} else ("--limit", "500")
    ran = await cli(*words, *most, "--csv")
    assert ran.code == 0, ran
    head, *rows = csv.reader(io.StringIO(ran.out))
    assert head == columns
    assert {len(row) for row in rows} <= {len(columns)}
    if words[0] != "claims":
        assert worker in ran.out


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        (("views",), "view,filters"),
        (("counts",), "what,state,count"),
        (("queue",), "place,reference,since,area,programme,locality,criteria,room"),
        (("partners", "list"), "partner,status,sent to,old secret until"),
        (("partners", "agreement", "wirral-schools"), "from,to,purposes,lawful basis,by,source,confidence"),
        (("quarantine", "list"), "id,kind,subject,reason,observed,days"),
        (("messages", "failed"), "message,reference,to,about,since,reason"),
        (("messages", "refused"), "message,reference,to,about,since,reason"),
        (("claims", "windows"), "window,opens,closes,phase,ready,set aside,to audit,submitted,source"),
        (("claims", "windows", "--show", "2013-07"), "claim,pounds,state,sample,audit,set aside because"),
        (("import", "samples/referrals.csv", "--dry-run"), "line,family,outcome,reference,column,value,reason,remedy"),
        (("programmes", "list"), "name,version,title,area,criteria,results,numbers,unverified,hash"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
async def test_every_table_is_csv(cli: Cli, doors: Doors, words: tuple[str, ...], columns: str):
    """A command's own table is CSV and alone on standard output; what is said beside it stands on standard error."""
    await doors.free_places()
    ran = await cli(*words, "--csv")
    assert ran.code in {0, 3}, ran
    head, *rows = csv.reader(io.StringIO(ran.out))
    assert ",".join(head) == columns
    assert {len(row) for row in rows} <= {len(head)}
    assert (await cli(*words, "--csv", "--json")).code == 2


async def test_a_page_of_csv_tells_of_the_next_beside_it(cli: Cli, doors: Doors):
    """The cursor of the next page stands on standard error, and --json with --csv is refused."""
    await doors.referred()
    await doors.referred()
    ran = await cli("list", "--limit", "1", "--csv")
    assert (len(ran.out.splitlines()), "more: --cursor" in ran.err) == (2, True)
    ran = await cli("list", "--csv", "--json")
    assert (ran.code, "choose one" in ran.err) == (2, True)


async def test_csv_is_no_formula(cli: Cli, doors: Doors):
    """A cell that a spreadsheet would take for a formula is written as text."""
    await doors.referred(locality="Leasowe")
    ran = await cli("staff", "add", "kw-formula", "--email", "+kim@council.example")
    assert ran.code == 0, ran
    rows = {row[0]: row for row in csv.reader(io.StringIO((await cli("staff", "list", "--csv")).out))}
    assert rows["kw-formula"][2] == "'+kim@council.example"
