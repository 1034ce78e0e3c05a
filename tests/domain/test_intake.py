"""What becomes of a referral's rows, whoever brought them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import programmes
from domain.intake.referral import Checked, Row, Terms
from domain.intake.referral_columns import COLUMNS, shown
from domain.intake.referral_csv import BadFile, Sheet
from domain.intake.referring import check_families, check_family, rows_of
from domain.programme.local_scheme import Localities
from tests.sheets import read_sheet

SAMPLE = (Path(__file__).parents[2] / "samples" / "referrals.csv").read_bytes()
TERMS = Terms(programme=programmes.load("wirral-2012"), today=date(2012, 6, 1))
HEADER = ",".join(COLUMNS)


def row(line: int = 2, **cells: str) -> Row:
    """A good row of one adult, except for `cells`."""
    good = {
        "family_no": "W1",
        "surname": "Chestnut",
        "forename": "Wren",
        "role": "adult",
        "date_of_birth": "1978-04-18",
        "locality": "Leasowe",
        "referrer": "wirral-schools",
        "referred_on": "2012-05-29",
        "criteria": "poverty;addiction",
    }
    return Row(line=line, cells=good | cells)


def child(line: int = 3, **cells: str) -> Row:
    """A good row of a child of the same family."""
    return row(line, **({"forename": "Toni", "role": "child", "date_of_birth": "1999-10-05"} | cells))


def codes(checked: Checked) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.field, fault.code) for fault in checked.faults]


def sheet(*lines: str, header: str = HEADER) -> Sheet:
    return read_sheet("\r\n".join([header, *lines, ""]).encode())


def cells(**changed: str) -> str:
    """A line of a file."""
    return ",".join(row(**changed).cells.get(column, "") for column in COLUMNS)


def test_good_family():
    """A good family becomes a referral, its values read and brought into one form."""
    checked = check_family([row(nhs_number="999 280 5196", nino="qq 18 16 20 c", postcode="ch588zz"), child()], TERMS)
    assert checked.faults == ()
    referral = checked.referral
    assert referral is not None
    assert (referral.criteria, referral.postcode) == (("poverty", "addiction"), "CH58 8ZZ")
    assert referral.people[0].identifiers == {"nhs-number": "9992805196", "nino": "QQ181620C"}
    assert [person.born for person in referral.people] == [date(1978, 4, 18), date(1999, 10, 5)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"role": ""}, "missing"),
        ({"locality": ""}, "missing"),
        ({"referrer": ""}, "missing"),
        ({"referred_on": ""}, "missing"),
        ({"role": "parent"}, "unknown-role"),
        ({"role": "child"}, "wrong-role"),
        ({"date_of_birth": "2000-01-01"}, "wrong-role"),
        ({"date_of_birth": "31/02/1980"}, "bad-date"),
        ({"date_of_birth": "1980-02-31"}, "bad-date"),
        ({"date_of_birth": "19800203"}, "bad-date"),
        ({"date_of_birth": "1880-02-03"}, "bad-date"),
        ({"date_of_birth": "2031-05-06"}, "future-date"),
        ({"date_of_birth": "2012-05-30"}, "future-date"),
        ({"referred_on": "2012-06-02"}, "future-date"),
        ({"criteria": "poverty;unlucky"}, "unknown-criterion"),
        ({"referrer": "unknown-agency"}, "unknown-referrer"),
        ({"nhs_number": "9990000001"}, "bad-nhs-number"),
        ({"nhs_number": "12"}, "bad-nhs-number"),
        ({"nino": "QQ12345"}, "bad-nino"),
        ({"upn": "388837901156"}, "bad-upn"),
        ({"police_urn": "MP;1"}, "bad-police-urn"),
        ({"uprn": "12a"}, "bad-uprn"),
        ({"postcode": "nowhere"}, "bad-postcode"),
        ({"family_no": "W 1!"}, "bad-family-no"),
        ({"locality": "L" * 81}, "too-long"),
        ({"surname": "x" * 201}, "too-long"),
        ({"forename": "Wr\x07en"}, "control-characters"),
        ({"address": "1 Road\x0bTown"}, "control-characters"),
        ({"surname": "=HYPERLINK(1)"}, "formula"),
        ({"forename": "@x"}, "formula"),
        ({"address": "+44"}, "formula"),
    ],
)
def test_bad_cells(changed: dict[str, str], code: str):
    """A bad cell refuses the family and is told with its column, its code, a reason and a remedy."""
    (column,) = changed
    checked = check_family([row(**changed)], TERMS)
    assert checked.referral is None
    (fault,) = checked.faults
    expected = "role" if code == "wrong-role" else column
    assert (fault.line, fault.field, fault.code) == (2, expected, code)
    assert fault.reason
    assert fault.remedy


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "child", "date_of_birth": "1992-05-30"},
        {"role": "adult", "date_of_birth": "1996-05-29"},
        {"criteria": ""},
        {"surname": "O'Neill-Šímová"},
        {"date_of_birth": "1900-01-01"},
        {"upn": "K388837901156"},
        {"referred_on": "2012-06-01"},
    ],
)
def test_unusual_but_possible(changed: dict[str, str]):
    """What may be right is taken: a child of 19, an adult of 16, no criteria yet, a name with marks, a check letter."""
    assert check_family([row(**changed)], TERMS).faults == ()


def test_child_alone():
    """A family of children only is taken."""
    assert check_family([child()], TERMS).referral is not None


def test_every_fault_is_told():
    """All faults of a family are told at once, in the order of its rows."""
    checked = check_family(
        [row(role="", criteria="unlucky"), child(criteria="", date_of_birth="x", nhs_number="1")], TERMS
    )
    assert codes(checked) == [
        (2, "role", "missing"),
        (2, "criteria", "unknown-criterion"),
        (3, "date_of_birth", "bad-date"),
        (3, "nhs_number", "bad-nhs-number"),
    ]


def test_household_cells_may_stand_once():
    """What one row says of the household the others may leave empty."""
    bare = child(locality="", referrer="", referred_on="", criteria="")
    referral = check_family([bare.model_copy(update={"line": 2}), row(3, uprn="42397869")], TERMS).referral
    assert referral is not None
    assert (referral.locality, referral.uprn) == ("Leasowe", "42397869")


@pytest.mark.parametrize("column", ["locality", "referrer", "referred_on", "criteria", "address", "postcode", "uprn"])
def test_rows_that_disagree(column: str):
    """Rows of one family that say different things of the household refuse it, naming the line they differ from."""
    values = {
        "locality": ("Leasowe", "Seacombe"),
        "referrer": ("wirral-schools", "wirral-health"),
        "referred_on": ("2012-05-29", "2012-05-28"),
        "criteria": ("poverty", "addiction"),
        "address": ("1 Road", "2 Road"),
        "postcode": ("CH41 1ZZ", "CH41 2ZZ"),
        "uprn": ("1", "2"),
    }[column]
    checked = check_family([row(**{column: values[0]}), child(**{column: values[1]})], TERMS)
    assert codes(checked) == [(3, column, "rows-disagree")]
    assert "line 2" in checked.faults[0].reason


def test_exact_repeat_is_dropped():
    """A row that repeats another is left out and told, and the family is taken."""
    checked = check_family([row(), child(), row(9)], TERMS)
    assert checked.referral is not None
    assert len(checked.referral.people) == 2
    assert [(fault.line, fault.code) for fault in checked.dropped] == [(9, "repeated-row")]


@pytest.mark.parametrize(
    ("first", "second", "column"),
    [
        ({}, {"nino": "QQ181620C"}, "surname"),
        ({"nhs_number": "9992805196"}, {"forename": "Ash", "nhs_number": "999 280 5196"}, "nhs_number"),
    ],
)
def test_same_person_twice(first: dict[str, str], second: dict[str, str], column: str):
    """Two different rows of one person refuse the family: one of them is wrong."""
    assert codes(check_family([row(**first), row(3, **second)], TERMS)) == [(3, column, "repeated-person")]


def test_too_many_members():
    """Thirty members are a family; thirty-one are a mistake."""
    rows = [child(line, forename=f"Toni{line}") for line in range(2, 33)]
    assert check_family(rows[:30], TERMS).faults == ()
    assert codes(check_family(rows, TERMS)) == [(32, "family_no", "too-many-members")]


def test_form():
    """A form gives the same referral as rows do; a programme that lists no criteria takes any."""
    form = row().cells | {"criteria": ["poverty", "addiction"], "members": [row().cells, child().cells]}
    assert check_family(rows_of(form, "W1"), TERMS).referral == check_family([row(1), child(2)], TERMS).referral
    free = TERMS.model_copy(update={"programme": TERMS.programme.model_copy(update={"eligibility": None})})
    assert check_family(rows_of(form | {"criteria": ["unlucky"]}), free).referral is not None


def test_no_members():
    """A form without members is refused."""
    assert ("surname", "missing") in [(fault.field, fault.code) for fault in check_family(rows_of({}), TERMS).faults]


def test_the_sample():
    """Of the sample fifty families are good; each bad row is told by its line and reason."""
    read = read_sheet(SAMPLE)
    judged = check_families(read.rows, TERMS, read.faults)
    assert sum(family.referral is not None for family in judged) == 50
    assert sorted((fault.line, fault.code) for family in judged for fault in (*family.faults, *family.dropped)) == [
        (42, "bad-date"),
        (43, "missing"),
        (44, "unknown-criterion"),
        (95, "future-date"),
        (96, "bad-nhs-number"),
        (97, "missing"),
        (98, "formula"),
        (98, "unknown-referrer"),
        (207, "repeated-row"),
        (208, "person-in-other-family"),
    ]


def test_person_in_two_families():
    """A person in two families of a file stays with the first good one; the other family is refused whole."""
    rows = [row(2), child(3, family_no="W2", forename="Ash"), row(4, family_no="W2"), row(5, family_no="W3", role="")]
    first, second, third = check_families(rows, TERMS)
    assert first.referral is not None
    assert codes(second) == [(4, "surname", "person-in-other-family")]
    assert third.referral is None


def test_families_need_not_be_together():
    """Rows of a family are brought together from anywhere in the file."""
    one, two = check_families([row(2), row(3, family_no="W2", surname="Ash"), child(4)], TERMS)
    assert (one.lines, two.lines) == ((2, 4), (3,))


def test_lines_are_those_of_the_file():
    """A row's line is the one it starts on, also after cells that run over several lines, and blank lines."""
    read = sheet(cells().replace("Chestnut", '"Chest\r\nnut"'), "", cells(family_no="W2"))
    assert [one.line for one in read.rows] == [2, 5]


def test_line_ends_and_mark():
    """A byte order mark and any line ends make no difference."""
    plain = f"{HEADER}\n{cells()}\n".encode()
    assert read_sheet(b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")) == read_sheet(plain)


def test_ragged_rows():
    """A row with too many or too few cells refuses its family, for its cells may stand in the wrong columns."""
    read = sheet(cells(), f"{cells(forename='Ash')},more", "W2,Elm", f"{cells(family_no='W3', surname='Oak')}")
    judged = check_families(read.rows, TERMS, read.faults)
    assert [(family.family_no, family.referral is None) for family in judged] == [
        ("W1", True),
        ("W3", False),
        ("W2", True),
    ]
    assert [codes(family) for family in judged] == [
        [(3, "family_no", "cell-count")],
        [],
        [(4, "family_no", "cell-count")],
    ]


def test_a_row_that_is_no_utf_8():
    """A row with bytes that are not UTF-8 is told with line, column and value; the families beside it are taken."""
    good, bad = cells(family_no="W2"), cells(family_no="W1", surname="M\u00fcller")
    read = read_sheet("\r\n".join([HEADER, bad, good, cells(family_no="W1", forename="Kim")]).encode("cp1252"))
    judged = check_families(read.rows, TERMS, read.faults)
    assert [(family.family_no, family.referral is not None) for family in judged] == [("W2", True), ("W1", False)]
    (fault,) = judged[1].faults
    assert (fault.line, fault.field, fault.value, fault.code) == (2, "surname", "M?ller", "not-utf-8")


def test_a_family_of_which_nothing_can_be_read():
    """Rows of one family that cannot be read are one refused family; those without a number stand alone."""
    read = sheet(cells(), "W2,Elm", "W2,Ash", ",y", ",x")
    judged = check_families(read.rows, TERMS, read.faults)
    assert [(family.family_no, family.lines) for family in judged] == [
        ("W1", (2,)),
        ("W2", (3, 4)),
        ("", (5,)),
        ("", (6,)),
    ]


@pytest.mark.parametrize(
    "data",
    [
        f"{HEADER}\r{cells()}".encode(),
        f"{HEADER}\n{cells()}".encode("utf-16"),
        f"{HEADER}\t\n{cells()},".replace(",", "\t").encode("utf-16"),
        "\n".join([HEADER.replace(",", ";"), cells(criteria='"poverty;addiction"').replace(",", ";")]).encode(),
        f"{HEADER.upper().replace('_', ' ')}\n{cells()}".encode(),
    ],
    ids=["line ends", "utf-16", "tabs", "semicolons", "names"],
)
def test_other_ways_to_save_it(data: bytes):
    """What programs save otherwise reads the same: line ends, UTF-16, tabs, semicolons, the header's case."""
    (family,) = check_families(read_sheet(data).rows, TERMS)
    assert family.referral is not None
    assert family.referral.criteria == ("poverty", "addiction")


def test_an_address_of_several_lines():
    """An address that a spreadsheet keeps on several lines is taken, written on one; a name of two lines is not."""
    checked = check_family([row(address="Flat 2,\r\n12 The Elms\n\n")], TERMS)
    assert checked.referral is not None
    assert checked.referral.address == "Flat 2, 12 The Elms"
    assert codes(check_family([row(surname="New\nLine")], TERMS)) == [(2, "surname", "control-characters")]


def test_every_criterion_of_a_pack():
    """A family may meet every criterion of any pack; a list beyond all packs is told, not cut."""
    terms = TERMS.model_copy(update={"programme": programmes.load("supporting-families-2022")})
    every = ";".join(terms.programme.known_criteria)
    assert codes(check_family([row(criteria=every, referrer="")], terms)) == [(2, "referrer", "missing")]
    assert codes(check_family([row(criteria="x;" * 2_000)], TERMS)) == [(2, "criteria", "too-long")]


def test_other_columns_are_ignored():
    """A column that is not ours is not read, and is named."""
    read = sheet(f"{cells()},secret", header=f"{HEADER},notes")
    assert (read.ignored, "notes" in read.rows[0].cells) == (("notes",), False)


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", "empty-file", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty-file", "empty"),
        (HEADER.encode(), "empty-file", "no rows"),
        (b"family_no,surname\r\nW1,x", "missing-columns", "forename"),
        (HEADER.replace(",", "|").encode(), "missing-columns", "family_no"),
        (f"{HEADER},upn\r\n".encode(), "repeated-column", "upn"),
        (f"{HEADER},Stra\u00dfe\r\n".encode("cp1252"), "not-utf-8", "header"),
        (f"{HEADER}\r\n{cells()}".encode("utf-16")[:-1], "not-utf-8", "cut short"),
        (f'{HEADER}\r\n{cells()}\r\n"W2,x'.encode(), "bad-csv", "row"),
    ],
)
def test_bad_files(data: bytes, code: str, says: str):
    """A file that cannot be read is refused as a whole, saying what and where."""
    with pytest.raises(BadFile) as refused:
        read_sheet(data)
    assert (refused.value.fault.code, says in refused.value.fault.reason) == (code, True), refused.value


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("  @x", "'  @x"),
        ("a\x1b[31mb", "a\\u001b[31mb"),
        ("plain", "plain"),
        ("\u202eabc", "\\u202eabc"),
    ],
)
def test_shown(value: str, safe: str):
    """A value is shown without control characters, and never as a live formula."""
    assert shown(value) == safe


def test_shown_is_short():
    """A long value is cut."""
    assert len(shown("x" * 10_000)) < 300


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes):
    """Whatever the bytes, a file is read or refused, never more than that."""
    try:
        read = read_sheet(data)
    except BadFile:
        return
    check_families(read.rows, TERMS, read.faults)


@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=40)), min_size=1, max_size=4))
def test_any_cells(told: list[dict[str, Any]]):
    """Whatever the cells, every family is judged: a referral, or faults, and never both."""
    rows = [row(line, **changed) for line, changed in enumerate(told, start=2)]
    for family in check_families(rows, TERMS):
        assert (family.referral is None) == bool(family.faults)


def test_a_locality_outside_the_programme():
    """A programme of some localities takes rows from those, however spelled; another locality is told with its line."""
    leasowe = Localities(names=("Leasowe",), source="the tests", confidence="verified")
    local = TERMS.model_copy(update={"programme": TERMS.programme.model_copy(update={"localities": leasowe})})
    assert check_family([row(locality="LEASOWE")], local).faults == ()
    assert codes(check_family([row(3, locality="Dover")], local)) == [(3, "locality", "other-locality")]
