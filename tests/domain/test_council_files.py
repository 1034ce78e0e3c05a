"""Files as councils export them: other headings, titles, totals, merged numbers, twins without a name."""

from datetime import date

import pytest

import programmes
from domain.intake.headings import headed
from domain.intake.referral import Checked, Terms
from domain.intake.referral_columns import COLUMNS, BadCell, read
from domain.intake.referral_csv import BadFile, Layout, Sheet, sheet_of
from domain.intake.referring import check_families, check_family, rows_of
from domain.intake.unnamed import unnamed
from tests.sheets import read_sheet

TODAY = date(2026, 11, 30)
TERMS = Terms(programme=programmes.load("wirral-2012"), today=TODAY)
HEADER = ",".join(column for column in COLUMNS if column != "expected")
TAIL = ",,,,,,,,Leasowe,wirral-schools,2026-10-05,poverty;addiction"
ANN = f"M7,Oakley,Ann,adult,1986-04-18{TAIL}"


def sheet(*lines: str, header: str = HEADER, layout: Layout | None = None) -> Sheet:
    return read_sheet("\r\n".join([header, *lines, ""]).encode(), layout or Layout())


def person(  # noqa: PLR0913, PLR0917 - a cell each
    number: str, surname: str, forename: str, role: str, born: str, tail: str = TAIL
) -> str:
    return f"{number},{surname},{forename},{role},{born}{tail}"


def judged(read: Sheet) -> list[Checked]:
    return check_families(read.rows, TERMS, read.faults)


def told(read: Sheet) -> list[tuple[str, list[str]]]:
    """Each family's number and the forenames taken; none of a family that is refused."""
    return [
        (family.family_no, [each.forename for each in family.referral.people] if family.referral else [])
        for family in judged(read)
    ]


def codes(read: Sheet) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.field, fault.code) for family in judged(read) for fault in family.faults]


COUNCIL = "Family ID,Surname,First Name,Adult/Child,D.O.B. (dd/mm/yyyy),NHS No.,Ward,Referred by,Referral Date,Notes"
COUNCIL_ROW = "7,Oakley,Ann,Adult,18/04/1986,9992805196,Leasowe,wirral-schools,05/10/26,seen"


def test_headings_by_other_names():
    """Well-known headings are read as the columns they mean and are named; optional columns may be missing."""
    read = sheet(COUNCIL_ROW, header=COUNCIL)
    (family,) = judged(read)
    assert family.referral is not None
    assert (family.referral.people[0].born, family.referral.referred_on) == (date(1986, 4, 18), date(2026, 10, 5))
    assert family.referral.people[0].identifiers == {"nhs-number": "9992805196"}
    assert read.mapped["Ward"] == "locality"
    assert read.mapped["D.O.B. (dd/mm/yyyy)"] == "date_of_birth"
    assert (read.ignored, "Surname" in read.mapped) == (("Notes",), False)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        *(("DOB", "date_of_birth"), ("Date of Birth", "date_of_birth"), ("Birth Date", "date_of_birth")),
        *(("Ward", "locality"), ("NHS No", "nhs_number"), ("NHS Number", "nhs_number"), ("Last name", "surname")),
        *(("Family ID", "family_no"), ("FAMILY_NO", "family_no"), ("Family Ref.", "family_no"), ("NI No", "nino")),
        *(("Date of\nReferral", "referred_on"), ("Referral Source", "referrer"), ("Post Code", "postcode")),
    ],
)
def test_well_known_names(heading: str, column: str):
    """A heading is known by its letters, however it is spaced, pointed and capitalised."""
    assert headed([heading], {}).columns == (column,)


def test_a_mapped_heading():
    """What the sender says of a heading goes before what is known, and may leave a column out."""
    layout = Layout(headings={"Key date": "referred_on", "Notes": ""})
    read = sheet(COUNCIL_ROW, header=COUNCIL.replace("Referral Date", "Key Date"), layout=layout)
    assert read.mapped["Key Date"] == "referred_on"
    assert judged(read)[0].referral is not None


def test_a_heading_that_is_not_there():
    """A heading that the file lacks is refused, with those it has."""
    with pytest.raises(BadFile) as refused:
        sheet(COUNCIL_ROW, header=COUNCIL, layout=Layout(headings={"Key date": "referred_on"}))
    assert (refused.value.fault.code, "Referral Date" in refused.value.fault.remedy) == ("unknown-heading", True)


def test_two_headings_of_one_meaning():
    """Our own name goes before another; of two others the sender must say which, and may."""
    both = f"{HEADER},DOB"
    assert judged(sheet(f"{ANN},x", header=both))[0].referral is not None
    two, row = COUNCIL.replace("Notes", "Date of Birth"), COUNCIL_ROW.replace("seen", "18/04/1987")
    with pytest.raises(BadFile, match="both mean date_of_birth") as refused:
        sheet(row, header=COUNCIL.replace("Notes", "DOB").replace("D.O.B. (dd/mm/yyyy)", "Birth date"))
    assert '--map "Birth date=date_of_birth"' in refused.value.fault.remedy
    read = sheet(row, header=two, layout=Layout(headings={"D.O.B.": "date_of_birth", "Date of Birth": ""}))
    assert judged(read)[0].referral.people[0].born == date(1986, 4, 18)


def test_what_is_missing_is_named_with_what_is_there():
    """A file that lacks a column names it, its own headings, and how to say which is meant."""
    with pytest.raises(BadFile) as refused:
        sheet("1,x", header="Family ID,Surname,a,b,c,d,e,f,g,h,i")
    fault = refused.value.fault
    assert "forename" in fault.reason
    assert "Family ID, Surname, a" in fault.reason
    assert fault.reason.endswith(", ...")
    assert '--map "HEADING=forename"' in fault.remedy


def test_the_partner_of_rows_that_name_none():
    """A partner's own file need not name it; a row that names another stays as it is."""
    header = HEADER.replace("referrer,", "")
    row = ANN.replace("wirral-schools,", "")
    with pytest.raises(BadFile, match="lacks referrer"):
        sheet(row, header=header)
    (family,) = judged(sheet(row, header=header, layout=Layout(referrer="wirral-health")))
    assert family.referral.referrer == "wirral-health"
    (family,) = judged(sheet(ANN, layout=Layout(referrer="wirral-health")))
    assert family.referral.referrer == "wirral-schools"


def test_a_title_a_total_and_blank_lines():
    """Titles above the headings, blank lines, totals and remarks below are left out, and their lines are named."""
    read = sheet(
        HEADER,
        "",
        ANN,
        "Total,1",
        "Generated on 30/11/2026 by Northshire",
        ",,58",
        header="Families referred in October; all wards",
    )
    assert told(read) == [("M7", ["Ann"])]
    assert (read.header_line, read.above, read.totals) == (2, (1,), (5, 6, 7))


@pytest.mark.parametrize(
    "total",
    ["Total families: 1", "Grand total,,,,1", ",,,,,,,,,,,Total,1", "Sub-total,1", "Count,1", "Number of rows,1", "58"],
)
def test_totals(total: str):
    """A row that counts, however it is worded and wherever it stands, is no family."""
    assert told(sheet(ANN, total)) == [("M7", ["Ann"])]
    assert [family for family, _ in told(sheet(ANN, total, person("M8", "Elm", "Bo", "adult", "1980-01-01")))][:1] == [
        "M7"
    ]


def test_a_person_called_total_is_taken():
    """A row with a name or a role tells of a person, though another cell reads like a total."""
    assert told(sheet(person("M1", "Total", "Ann", "adult", "1986-04-18"))) == [("M1", ["Ann"])]
    nameless = person("M1", "Oakley", "", "", "2016-04-18", ",Count House" + TAIL[1:])
    assert told(sheet(person("M1", "Oakley", "Ann", "adult", "1986-04-18"), nameless)) == [("M1", [])]


def test_separators_and_titles():
    """The separator is the one that parts the headings, whatever else stands in titles and criteria."""
    lines = ["Referrals, by ward, by school, by day", COUNCIL.replace(",", ";"), COUNCIL_ROW.replace(",", ";")]
    read = read_sheet("\n".join(lines).encode())
    assert [row.text("surname") for row in read.rows] == ["Oakley"]
    assert judged(read_sheet(f"sep=;\n{COUNCIL};Criteria\n{COUNCIL_ROW};x".replace(",", ";").encode()))[0].faults != ()


def test_columns_without_a_name():
    """Empty columns at the end are none; one without a name that holds something is named as ignored."""
    read = sheet(f"{ANN},,", header=f"{HEADER},,")
    assert (read.ignored, told(read)) == ((), [("M7", ["Ann"])])
    assert sheet(f"{ANN},x,y", header=f"{HEADER},,Notes").ignored == ("17 (no name)", "Notes")
    assert sheet(f"{ANN},,y", header=f"{HEADER},,Notes").ignored == ("Notes",)


def test_a_merged_family_number():
    """A number that stands only in each family's first row is that of the rows below it: the family is taken whole."""
    bo = person("", "Oakley", "Bo", "child", "2016-06-30")
    read = sheet(
        ANN, bo, person("M8", "Elm", "Kit", "adult", "1980-01-01"), person("", "Ash", "Jo", "child", "2015-01-01")
    )
    assert told(read) == [("M7", ["Ann", "Bo"]), ("M8", ["Kit", "Jo"])]
    assert read.numbered == (3, 5)


def test_a_forgotten_family_number():
    """Where the file repeats numbers, a row without one and the family it may be of are both refused."""
    rows = [ANN, person("M7", "Oakley", "Cy", "child", "2014-06-30"), person("", "Oakley", "Bo", "child", "2016-06-30")]
    read = sheet(*rows, person("M8", "Elm", "Kit", "adult", "1980-01-01"))
    assert told(read) == [("M7", []), ("M8", ["Kit"])]
    assert codes(read) == [(4, "family_no", "missing")]
    assert "M7" in judged(read)[0].faults[0].reason


def test_a_row_of_another_household_without_a_number():
    """A row without a number whose address is another one is refused alone."""
    far = ",9 Far Road" + TAIL[1:]
    rows = [
        ANN,
        person("M7", "Oakley", "Cy", "child", "2014-06-30"),
        person("", "Elm", "Bo", "child", "2016-06-30", far),
    ]
    assert told(sheet(*rows)) == [("M7", ["Ann", "Cy"]), ("", [])]


def test_a_first_row_without_a_number():
    """The first row of a file has no family above it."""
    assert codes(sheet(person("", "Elm", "Bo", "child", "2016-06-30"), ANN)) == [(2, "family_no", "missing")]


def test_a_torn_row_of_a_merged_family():
    """A row without a number that cannot be read refuses the family above it: no child is left out unseen."""
    read = sheet(ANN, ",Oakley,Bo,child", person("M8", "Elm", "Kit", "adult", "1980-01-01"))
    assert told(read) == [("M7", []), ("M8", ["Kit"])]
    assert codes(read) == [(3, "family_no", "cell-count")]


def test_roles_in_any_case():
    """Adult and CHILD are the roles they say."""
    (family,) = judged(sheet(ANN.replace("adult", "Adult"), person("M7", "Oakley", "Bo", "CHILD", "2016-06-30")))
    assert [each.role for each in family.referral.people] == ["adult", "child"]


def test_plain_csv_of_excel():
    """A file in Excel's plain CSV is read where that is said; one that is UTF-8 is not read so."""
    data = f"{HEADER}\r\n{ANN.replace('Oakley', 'Brontë')}".encode("cp1252")
    assert told(read_sheet(data)) == [("M7", [])]
    fault = judged(read_sheet(data))[0].faults[0]
    assert (fault.value, "--encoding cp1252" in fault.remedy) == ("Bront?", True)
    read = read_sheet(data, Layout(encoding="cp1252"))
    assert judged(read)[0].referral.people[0].surname == "Brontë"
    with pytest.raises(BadFile, match="the file is UTF-8"):
        read_sheet(f"{HEADER}\r\n{ANN.replace('Oakley', 'Brontë')}".encode(), Layout(encoding="cp1252"))
    marked = f"{HEADER}\r\n{ANN.replace('Oakley', 'Brontë')}".encode("utf-8-sig")
    assert judged(read_sheet(marked, Layout(encoding="cp1252")))[0].referral.people[0].surname == "Brontë"
    assert told(read_sheet(f"{HEADER}\r\n{ANN}".encode(), Layout(encoding="cp1252"))) == [("M7", ["Ann"])]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#value!", "#DIV/0!", "#NAME?"])
def test_failed_formulas(error: str):
    """A formula that failed is called that, in whichever column."""
    for column in ("surname", "date_of_birth", "nhs_number", "address"):
        with pytest.raises(BadCell, match="a formula in the spreadsheet failed") as refused:
            read(column, error, TODAY)
        assert refused.value.code == "formula-error"


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("nhs_number", "999280519", "nine digits: an NHS number has ten; did a leading zero go?"),
        ("nhs_number", "99928051960", "eleven digits: an NHS number has ten"),
        ("nhs_number", "9", "one digit: an NHS number has ten"),
        ("nhs_number", "9992805196123", "13 digits: an NHS number has ten"),
        ("nhs_number", "9992805197", "the check digit of the NHS number is wrong"),
        ("nhs_number", "abc", "the check digit of the NHS number is wrong"),
        (
            "nhs_number",
            "9.99281E+09",
            "9.99281E+09: the spreadsheet has shortened the number, and its last digits are lost",
        ),
        ("uprn", "1.00012E+11", "1.00012E+11: the spreadsheet has shortened the number, and its last digits are lost"),
    ],
)
def test_numbers_that_a_spreadsheet_changed(column: str, value: str, says: str):
    """A number that lost a zero or its last digits is called that."""
    with pytest.raises(BadCell) as refused:
        read(column, value, TODAY)
    assert refused.value.reason == says


def test_a_column_with_its_month_first():
    """Where one day of a column can only have its month first, those that read either way are refused too."""
    rows = [person("A1", "Elm", "Bo", "adult", "03/14/1988"), person("A2", "Ash", "Jo", "adult", "03/04/1988")]
    assert codes(sheet(*rows, person("A3", "Oak", "Cy", "adult", "1988-03-04"))) == [
        (2, "date_of_birth", "bad-date"),
        (3, "date_of_birth", "bad-date"),
    ]
    mixed = sheet(*rows, person("A3", "Oak", "Cy", "adult", "31/12/1988"))
    assert codes(mixed) == [(2, "date_of_birth", "bad-date")]


LATER = TAIL.replace("2026-10-05", "2026-11-25")


def thyme(forename: str, role: str, born: str) -> str:
    return person("T1", "Thyme", forename, role, born, LATER)


def babies(*forenames: str) -> list[str]:
    return [thyme("Ada", "adult", "1995-01-01"), *(thyme(forename, "child", "2026-11-20") for forename in forenames)]


@pytest.mark.parametrize(
    "name", ["Baby", "Unnamed", "Twin", "Baby boy", "?", "n/k", "Not yet named", "Infant of Ada"[:6]]
)
def test_unnamed_newborn_twins(name: str):
    """Two children of one birth date without a name are two people, told apart by a number, and that is said."""
    (family,) = judged(sheet(*babies(name, name)))
    assert family.referral is not None
    assert [each.forename for each in family.referral.people] == ["Ada", name, f"{name} (2)"]
    assert ("line 4" in family.notes[0], len(family.notes), family.dropped) == (True, 1, ())


def test_three_of_them():
    """Triplets are three."""
    (family,) = judged(sheet(*babies("Baby", "Baby", "baby")))
    assert [each.forename for each in family.referral.people] == ["Ada", "Baby", "Baby (2)", "baby (3)"]


def test_newborns_of_one_name_are_a_question():
    """Two newborns of one real name, or named twice in other words, are refused with the question that it is."""
    (family,) = judged(sheet(*babies("Ash", "Ash")))
    assert [(fault.line, fault.code) for fault in family.faults] == [(4, "repeated-person")]
    assert "twins, or one child twice?" in family.faults[0].reason


def test_a_repeated_row_of_one_child():
    """An older child, or one with an identifier, in the very same row twice is one; so is one whose day is no day."""
    for child in (
        thyme("Ash", "child", "2016-11-20"),
        thyme("Baby", "child", "2026-11-20").replace(",,,,,,,,Leasowe", ",,,,,9992805196,,,Leasowe"),
    ):
        (family,) = judged(sheet(child, child))
        assert (len(family.referral.people), [fault.code for fault in family.dropped]) == (1, ["repeated-row"])
    broken = thyme("Ash", "child", "2026-02-31")
    (family,) = judged(sheet(broken, broken))
    assert [fault.code for fault in (*family.faults, *family.dropped)] == ["bad-date", "repeated-row"]


def test_twins_in_a_form():
    """A form gets the same two people."""
    baby = {"role": "child", "surname": "Thyme", "forename": "Baby", "date_of_birth": "2026-11-20"}
    form = {"locality": "Leasowe", "referrer": "wirral-schools", "referred_on": "2026-11-25", "members": [baby, baby]}
    checked = check_family(rows_of(form), TERMS)
    assert [each.forename for each in checked.referral.people] == ["Baby", "Baby (2)"]


@pytest.mark.parametrize(
    ("name", "expected"), [("Baby 2", True), ("-", True), ("Ash", False), ("Noname", False), ("Not", False)]
)
def test_which_forenames_are_none(name: str, *, expected: bool):
    """A word that stands for a name is none; a name that sounds so is one."""
    assert unnamed(name) is expected


def test_no_records_at_all():
    """A workbook without a row is refused as empty."""
    with pytest.raises(BadFile, match="the file is empty"):
        sheet_of([])


def test_a_cell_without_end():
    """A cell longer than any reader takes is refused as no CSV."""
    with pytest.raises(BadFile) as refused:
        read_sheet(f"{HEADER}\n{'x' * 140_000}".encode())
    assert refused.value.fault.code == "bad-csv"
