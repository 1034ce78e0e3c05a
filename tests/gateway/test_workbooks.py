"""A council's spreadsheet through the staff door, and the dry run that writes nothing."""

import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from domain.access import Actor
from domain.errors import Rejected
from domain.intake.referral import Terms
from domain.intake.referral_csv import PLAIN, BadFile
from domain.intake.referring import check_family
from domain.intake.referring import rows_of as rows_of_form
from domain.programme.local_scheme import Localities
from gateway.intake.reading import glance
from gateway.intake.referrals import try_out
from gateway.intake.reservations import Taking
from gateway.intake.workbook import read_workbook
from programmes import load
from tests.doors import NOON, Doors
from tests.workbooks import EPOCH, EPOCH_1904, workbook

SAMPLE = Path(__file__).parents[2] / "samples" / "referrals.csv"
HEADER = SAMPLE.read_text(encoding="utf-8-sig").splitlines()[0].split(",")


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


async def send(doors: Doors, data: bytes, **params: str) -> list[dict]:
    async with doors.client("coordinator") as client:
        answer = await client.post("/v1/imports", content=data, params=params)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def row(doors: Doors, number: str, **changes: object) -> list:
    surname = doors.form()["members"][0]["surname"]
    cells = {
        "family_no": number,
        "surname": surname,
        "forename": "Wren",
        "role": "adult",
        "date_of_birth": "1978-04-18",
    }
    cells |= {"locality": "Leasowe", "referrer": "wirral-schools", "referred_on": "2012-05-29", "criteria": "poverty"}
    return [(cells | changes).get(name, "") for name in HEADER]


async def written(doors: Doors) -> dict[str, int]:
    """Count the rows of every table."""
    async with doors.services.pool.acquire() as conn:
        names = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row["tablename"]: await conn.fetchval(f"SELECT count(*) FROM {row['tablename']}") for row in names}


def test_cells_become_the_text_of_a_csv():
    """Days become ISO, whole numbers lose their point, and text stays as it is; sheets after the first are named."""
    cells = [date(2012, 5, 29), 100012345678, 1.5, "9990000001", " é "]
    book = read_workbook(workbook({"Referrals": [["a"], [], cells], "Notes & more": [["x"]]}))
    assert book.records[1] == (3, ["2012-05-29", "100012345678", "1.5", "9990000001", " é "])
    assert book.ignored == ("Notes & more",)


@pytest.mark.parametrize("epoch", [EPOCH, EPOCH_1904])
def test_a_day_counts_from_the_calendar_of_its_workbook(epoch: date):
    """Real days and plain numbers of a day's column are the same days under both calendars; other numbers stay."""
    cells = ["41058", "Lark", "Tess", "adult", date(1988, 3, 14), (date(1986, 4, 18) - epoch).days]
    header = ["family_no", "surname", "forename", "role", "referred_on", "DOB"]
    (_, _), (_, read) = glance(workbook({"R": [header, [41058, *cells[1:]]]}, epoch), PLAIN)
    assert read == [*cells[:4], "1988-03-14", str((date(1986, 4, 18) - EPOCH).days)]


async def test_a_workbook_is_judged_as_the_csv(doors: Doors):
    """The sample as a workbook gets the verdict of the sample as CSV, row by row."""
    told = [
        await send(doors, data, dry_run="true")
        for data in (SAMPLE.read_bytes(), workbook({"R": rows_of(SAMPLE.read_bytes())}))
    ]
    faults = [
        [(line["family_no"], line["outcome"], line["faults"]) for line in one if line["type"] == "family"]
        for one in told
    ]
    assert faults[0] == faults[1]
    assert len(faults[0]) == 58


async def test_a_workbook_is_taken(doors: Doors):
    """Families of a workbook with real dates and numbers are taken once, and the same file again changes nothing."""
    good = row(doors, "X1", date_of_birth=date(1978, 4, 18), referred_on=date(2012, 5, 29), uprn=100012345678)
    data = workbook({"Referrals": [HEADER, good, row(doors, "X2", referred_on=date(2031, 1, 1))]})
    plan, first, second, summary = await send(doors, data)
    assert (plan["rows"], first["outcome"], second["faults"][0]["code"]) == (2, "taken", "future-date")
    assert (summary["taken"], summary["refused"]) == (1, 1)
    again = await send(doors, data)
    assert [line["outcome"] for line in again[1:3]] == ["already-taken", "refused"]


async def test_a_dry_run_writes_nothing_and_tells_the_same(doors: Doors):
    """A dry run tells what the import then tells, of bad rows and of people already known, and no table grows."""
    known = row(doors, "D1")
    await send(doors, workbook({"R": [HEADER, known]}))
    known_again = [*known[:-3], "wirral-health", "2012-05-30", "poverty"]
    data = workbook({"R": [HEADER, known_again, row(doors, "D2"), row(doors, "D3", role="parent")]})
    before = await written(doors)
    dry = await send(doors, data, dry_run="true")
    assert await written(doors) == before
    real = await send(doors, data)
    assert (dry[0]["dry_run"], real[0]["dry_run"]) == (True, False)
    told = [[(line["family_no"], line["outcome"], line["faults"]) for line in one[1:-1]] for one in (dry, real)]
    assert told[0] == told[1]
    assert [line["outcome"] for line in real[1:-1]] == ["joined", "taken", "refused"]
    assert (dry[-1]["taken"], dry[-1]["changed"], real[-1]["changed"]) == (1, False, True)


async def test_a_dry_run_rejects_what_the_journey_would(doors: Doors):
    """What only the journey's own rules refuse, such as a locality not served, a dry run tells too."""
    served = Localities(names=("Leasowe",), source="the tests", confidence="verified")
    pack = load("wirral-2012").model_copy(update={"localities": served})
    for locality, refused in (("Leasowe", False), ("Seacombe", True)):
        terms = Terms(programme=load("wirral-2012"), today=NOON.date())
        referral = check_family(rows_of_form(doors.form(locality=locality)), terms).referral
        taking = Taking(f"import:test:{locality}", referral, pack, Actor(name="ann", role="manager"))
        if refused:
            with pytest.raises(Rejected):
                await try_out(doors.services, taking)
        else:
            await try_out(doors.services, taking)


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (257 * 1024 * 1024))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 and no more", "not a workbook that can be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or protected workbook"),
        (workbook({"R": []})[:300], "not a workbook that can be read"),
        (_bomb, "unpacks to more than"),
    ],
)
def test_what_is_no_workbook_is_refused(data, reason):
    """A torn, old, protected or swollen workbook is refused with what to save instead."""
    with pytest.raises(BadFile, match=reason) as refused:
        read_workbook(data() if callable(data) else data)
    assert "CSV" in refused.value.fault.remedy
