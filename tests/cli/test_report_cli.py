"""`journeys report`: tables a manager reads, and one long table for a spreadsheet."""

import csv
import io

from tests.cli.conftest import Cli
from tests.doors import Doors


async def test_a_report_has_its_tables_and_a_total(cli: Cli, doors: Doors):
    """Families, waiting times and caseloads are told by key worker, and the last row of a table is the whole."""
    _, worker = await doors.allocated()
    out = (await cli("report", "--by", "worker")).out
    for said in ("Figures by worker on", "Families", "Waiting times, in days", "Caseload", worker, "total"):
        assert said in out, said


async def test_a_report_as_csv(cli: Cli, doors: Doors):
    """As CSV each line is one measure of one key, so that a spreadsheet can turn it as it likes."""
    _, worker = await doors.allocated()
    rows = list(csv.DictReader(io.StringIO((await cli("report", "--by", "worker", "--csv")).out)))
    told = {row["measure"]: row for row in rows if row["worker"] == worker}
    assert (told["referred"]["count"], told["held"]["count"]) == ("1", "1")
    assert told["wait:identification"]["median"] == "31"


async def test_an_analyst_is_told_why_a_report_is_refused(cli: Cli, doors: Doors):
    """What could name a family is refused, with what to ask instead; small counts are shown as fewer than five."""
    await doors.referred(locality="Hilbre", referred_on="2012-01-12")
    await cli("login", "--name", "ann", "--role", "analyst")
    refused = await cli("report", "--by", "worker")
    assert (refused.code, "use one of area, locality, month, programme" in refused.err) == (5, True), refused
    out = (await cli("report", "--by", "locality")).out
    assert [line.split()[1] for line in out.splitlines() if line.startswith("Hilbre")][:1] == ["<5"]
