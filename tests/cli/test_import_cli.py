"""`journeys import` as a council's officer uses it: other headings, references back, an example, an undoing."""

import csv
import io
import uuid
from pathlib import Path

import pytest

from cli.journeys.import_report import grouped
from tests.cli.conftest import Cli
from tests.doors import Doors

HEADINGS = "Family ID,Surname,Forename,Role,DOB,Ward,Referrer,Referred on,Criteria"
MARK = b"\xef\xbb\xbf"


def row(doors: Doors, number: str, born: str = "18/04/1978") -> str:
    surname = doors.form()["members"][0]["surname"]
    return f"{number},{surname},Wren,Adult,{born},Leasowe,wirral-schools,29/05/2012,poverty"


def written(folder: Path, *rows: str, headings: str = HEADINGS, encoding: str = "utf-8") -> str:
    file = folder / f"{uuid.uuid4().hex[:8]}.csv"
    file.write_bytes("\r\n".join(["Referrals of May", headings, *rows, f"Total,{len(rows)}"]).encode(encoding))
    return str(file)


async def test_references_come_back(cli: Cli, doors: Doors, tmp_path: Path):
    """Each family is listed with its outcome and reference, in a dry run as new; how the file was read is said."""
    file = written(tmp_path, row(doors, "A1"), row(doors, "A2", "x"))
    dry = await cli("import", file, "--dry-run")
    assert (dry.code, "new" in dry.out, "DOB as date_of_birth" in dry.out) == (3, True, True)
    assert "line 1: above the headings, left out" in dry.out
    told = await cli("import", file)
    (line,) = [line for line in told.out.splitlines() if line.startswith("A1")]
    number, outcome, reference = line.split()
    assert (number, outcome, reference[:2]) == ("A1", "taken", "F-")
    again = await cli("import", file)
    assert f"already taken  {reference}" in again.out
    as_csv = await cli("import", file, "--csv")
    rows = list(csv.DictReader(io.StringIO(as_csv.out)))
    assert [(one["family"], one["outcome"], one["reference"]) for one in rows] == [
        ("A1", "already taken", reference),
        ("A2", "refused", ""),
    ]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
async def test_the_same_file_with_references(cli: Cli, doors: Doors, tmp_path: Path, name: str):
    """The file comes back whole, titles and totals too, with references; imported again it is the same."""
    file, out = written(tmp_path, row(doors, "B1"), row(doors, "B2", "x")), tmp_path / name
    assert (await cli("import", file, "--out", str(out))).code == 3
    assert oct(out.stat().st_mode & 0o777) == "0o600"
    again = tmp_path / "again.csv"
    assert (await cli("import", str(out), "--out", str(again))).code == 3
    assert again.read_bytes().startswith(MARK)
    title, header, first, second, total = csv.reader(io.StringIO(again.read_text(encoding="utf-8-sig")))
    assert (title[0], total[0]) == ("Referrals of May", "Total")
    assert header == [*HEADINGS.split(","), "reference", "outcome"]
    assert (first[4], first[-2][:2], first[-1]) == ("18/04/1978", "F-", "already taken")
    assert second[-2:] == ["", "refused"]


async def test_a_fault_that_repeats_is_one_line(cli: Cli, doors: Doors, tmp_path: Path):
    """Twenty-one days that cannot be read are one line with their count and the first of them."""
    rows = [row(doors, f"C{number}", f"{number}-1988") for number in range(1, 22)]
    ran = await cli("import", written(tmp_path, *rows), "--dry-run")
    told = [line for line in ran.out.splitlines() if "a month, not a day" in line]
    assert len(told) == 1
    assert told[0].startswith("3, 4, 5 ... (21 rows)")
    assert "DOB (date_of_birth)" in ran.out


def test_faults_are_grouped():
    """Faults of one column and reason are one row, with the first lines, families and values; others stay apart."""
    faults = [
        {"line": n, "family_no": f"A{n}", "field": "upn", "value": f"v{n}", "code": "c", "reason": "r", "remedy": "m"}
        for n in (5, 2, 3, 4)
    ]
    other = faults[0] | {"line": 9, "reason": "s"}
    assert grouped([*faults, other], {"Pupil": "upn"}) == [
        ("2, 3, 4 ... (4 rows)", "A2, A3, A4 ...", "Pupil (upn)", "v2, v3, v4 ...", "4 rows: r", "m"),
        (9, "A5", "Pupil (upn)", "v5", "s", "m"),
    ]


async def test_headings_are_mapped_once(cli: Cli, doors: Doors, tmp_path: Path):
    """A heading of the council's own is said once; the next file is read by it, and that is told."""
    key = f"Key {uuid.uuid4().hex[:6]}"
    headings = HEADINGS.replace("Referred on", key)
    refused = await cli("import", written(tmp_path, row(doors, "D1"), headings=headings))
    assert (refused.code, "--map" in refused.err, key in refused.err) == (2, True, True)
    first = await cli("import", written(tmp_path, row(doors, "D1"), headings=headings), "--map", f"{key}=referred_on")
    assert (first.code, f"{key} as referred_on" in first.out) == (0, True), first
    second = await cli("import", written(tmp_path, row(doors, "D2"), headings=headings))
    assert (second.code, "as kept for wirral-schools" in second.out) == (0, True), second


async def test_a_file_in_excels_plain_csv(cli: Cli, doors: Doors, tmp_path: Path):
    """Read as cp1252 where that is said; otherwise the row is refused with how to."""
    name = row(doors, "E1").replace("Wren", "Zoë")
    file = written(tmp_path, name, encoding="cp1252")
    ran = await cli("import", file)
    assert (ran.code, "Zo?" in ran.out, "--encoding cp1252" in ran.out) == (3, True, True)
    assert (await cli("import", file, "--encoding", "cp1252")).code == 0


async def test_changes_are_listed_and_applied(cli: Cli, doors: Doors, tmp_path: Path):
    """What a later file says otherwise is listed with what changes it; addresses by choice."""
    headings, one = f"{HEADINGS},Address", row(doors, "F1")
    file = written(tmp_path, f"{one},5 Safe Close", headings=headings)
    assert (await cli("import", file)).code == 0
    later = written(tmp_path, f"{one},77 New Road", headings=headings)
    ran = await cli("import", later)
    assert (ran.code, "changed 1" in ran.out, "--apply-changes" in ran.out) == (0, True, True)
    for said in ("5 Safe Close", "77 New Road", "Nothing changed."):
        assert said in ran.out
    assert "77 New Road" in (await cli("import", later, "--csv")).out
    applied = await cli("import", later, "--apply-changes")
    assert ("this import" in applied.out, "Nothing changed." in applied.out) == (True, False)
    assert "already taken 1," in (await cli("import", later)).out


async def test_an_import_undone(cli: Cli, doors: Doors, tmp_path: Path):
    """Shown first and done with --yes; a family that was worked with is left, with exit code 3."""
    ran = await cli("import", written(tmp_path, row(doors, "G1"), row(doors, "G2")))
    import_id = ran.out.rsplit("--undo ", 1)[1].split()[0]
    shown = await cli("import", "--undo", import_id)
    assert (shown.code, f"--undo {import_id} --yes" in shown.out) == (0, True)
    reference = next(line.split()[-1] for line in ran.out.splitlines() if line.startswith("G1"))
    assert (await cli("consent", reference)).code == 0
    done = await cli("import", "--undo", import_id, "--yes")
    assert (done.code, "families undone 1, left 1" in done.out) == (3, True), done
    assert "consent-recorded" in done.out
    told = await cli("import", "--undo", import_id, "--json")
    assert sorted(family["outcome"] for family in told.told["families"]) == ["already-undone", "left"]


async def test_an_example_file(cli: Cli, tmp_path: Path):
    """The example is read by the import as it stands, as CSV and as XLSX, and no file is written over."""
    printed = await cli("import", "--template")
    assert printed.out.startswith("family_no,surname")
    for name in ("example.csv", "example.xlsx"):
        file = str(tmp_path / name)
        assert (await cli("import", "--template", "--out", file)).code == 0
        assert (await cli("import", "--template", file)).code == 2
        ran = await cli("import", file, "--dry-run")
        assert (ran.code, "refused 0" in ran.out) == (0, True), ran
    assert (await cli("import")).code == 2


async def test_a_broken_json_file(cli: Cli, tmp_path: Path):
    """A referral's file that is not there, not JSON or not UTF-8 is told as that, JSON with its line and column."""
    broken, other = tmp_path / "broken.json", tmp_path / "other.json"
    broken.write_text('{\n "a": 1,,\n}')
    other.write_bytes(b'{"a": "\xff"}')
    for file, says in (("/nowhere.json", "No such file"), (str(broken), "line 2, column 9"), (str(other), "not UTF-8")):
        ran = await cli("refer", "--file", file)
        assert (ran.code, says in ran.err) == (2, True), ran.err


async def test_csv_for_excel(cli: Cli, doors: Doors, tmp_path: Path):
    """A CSV file carries the mark by which Excel knows UTF-8; standard output does where that is asked for."""
    await doors.referred()
    out = tmp_path / "out.csv"
    await cli.ok("export", "--format", "csv", "--out", str(out))
    assert out.read_bytes().startswith(MARK)
    await cli.ok("export", "--format", "csv", "--no-excel", "--out", str(out))
    assert out.read_bytes().startswith(b"journey_id")
    await cli.ok("export", "--out", str(out))
    assert out.read_bytes().startswith(b"{")
    assert (await cli("export", "--format", "csv")).out.startswith("journey_id")
    assert (await cli("export", "--format", "csv", "--excel")).out.startswith("\ufeffjourney_id")
