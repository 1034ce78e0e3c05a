"""Journeys taken out: whole, pseudonymous unless names are asked for and allowed."""

import csv
import io
import json
from pathlib import Path

import pytest

from cli.core.output import cell
from tests.cli.conftest import Cli
from tests.doors import Doors


def lines(text: str) -> dict[str, dict]:
    return {row["reference"]: row for row in map(json.loads, text.splitlines())}


async def test_every_journey_is_exported_once(cli: Cli, doors: Doors, monkeypatch: pytest.MonkeyPatch):
    """Over several pages each journey is one line, as the list tells it, and no name stands in it."""
    monkeypatch.setattr("cli.journeys.export.PAGE", 2)
    form = doors.form()
    async with doors.client() as client:
        ref = (await client.post("/v1/journeys", json=form)).json()["reference"]
    ran = await cli("export")
    async with doors.services.pool.acquire() as conn:
        assert len(ran.out.splitlines()) == await conn.fetchval("SELECT count(*) FROM journeys")
    row = lines(ran.out)[ref]
    assert (row["stage"], row["locality"], "family" in row) == ("referral", "Leasowe", False)
    assert form["members"][0]["surname"] not in ran.out


async def test_names_only_by_the_flag_and_the_role(cli: Cli, doors: Doors):
    """With --names a manager gets the people; an auditor is refused, and nothing is written."""
    form = doors.form()
    async with doors.client() as client:
        ref = (await client.post("/v1/journeys", json=form)).json()["reference"]
    people = lines((await cli("export", "--names")).out)[ref]["family"]["people"]
    assert {person["surname"] for person in people} == {form["members"][0]["surname"]}
    auditor = doors.token("auditor")
    for words in (("export", "--names"), ("export", "--names", "--format", "csv")):
        ran = await cli(*words, JOURNEYS_TOKEN=auditor)
        assert (ran.code, ran.out, "may not" in ran.err) == (5, "", True)
    assert (await cli("export", JOURNEYS_TOKEN=auditor)).code == 0


async def test_a_key_worker_exports_their_own(cli: Cli, doors: Doors):
    """A key worker takes out the families they hold, with names, and no other."""
    ref, worker = await doors.allocated()
    await doors.allocated()
    ran = await cli("export", "--names", JOURNEYS_TOKEN=doors.token("key-worker", worker))
    assert list(lines(ran.out)) == [ref]


async def test_csv_has_a_row_a_journey_or_a_person(cli: Cli, doors: Doors, tmp_path: Path):
    """CSV is one row a journey; with names one row a person, in a file for its owner only."""
    ref = await doors.referred()
    out = tmp_path / "out.csv"
    told = await cli.ok("export", "--format", "csv", "--out", str(out))
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert told == {"file": str(out), "journeys": len(rows)}
    assert [row["stage"] for row in rows if row["reference"] == ref] == ["referral"]
    await cli.ok("export", "--format", "csv", "--names", "--out", str(out))
    named = [row for row in csv.DictReader(io.StringIO(out.read_text())) if row["reference"] == ref]
    assert [(row["role"], row["born"]) for row in named] == [("adult", "1978-04-18"), ("child", "1999-10-05")]
    assert oct(out.stat().st_mode & 0o777) == "0o600"


async def test_a_view_narrows_an_export(cli: Cli, doors: Doors, tmp_path: Path):
    """Only the journeys of a saved view are taken out."""
    ref, worker = await doors.allocated()
    config = {"JOURNEYS_CONFIG": str(tmp_path / "config")}
    await cli("list", "--holder", worker, "--save", "mine", **config)
    assert list(lines((await cli("export", "--view", "mine", **config)).out)) == [ref]


async def test_a_file_is_whole_or_not_there(cli: Cli, doors: Doors, tmp_path: Path):
    """A refused export leaves an earlier file as it was and nothing beside it; a folder that is none is told."""
    out = tmp_path / "kept" / "out.jsonl"
    out.parent.mkdir()
    out.write_text("before")
    ran = await cli("export", "--names", "--out", str(out), JOURNEYS_TOKEN=doors.token("auditor"))
    assert (ran.code, out.read_text(), list(out.parent.iterdir())) == (5, "before", [out])
    ran = await cli("export", "--out", str(tmp_path / "none" / "out.jsonl"))
    assert (ran.code, "check the folder" in ran.err) == (2, True)


@pytest.mark.parametrize("text", ["\uff1dcmd", "\uff0b1", "\uff0d1", "\uff20x", "|calc", "\uff5cx", "  =1", "%x", "=1"])
def test_no_cell_is_a_formula(text: str):
    """Whatever a cell begins with, in whatever width, a spreadsheet reads it as text."""
    assert f"'{text}" == cell(text)
