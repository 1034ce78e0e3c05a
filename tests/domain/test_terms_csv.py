"""School terms as a council keeps them in a file: what is taken, and every fault with its line."""

from datetime import date
from pathlib import Path

import pytest

from domain.intake.terms_csv import BadTerms, read_terms

SAMPLE = Path(__file__).parents[2] / "samples" / "school-terms.csv"


def test_the_sample_is_taken_as_it_stands():
    """Nine terms of Wirral, in the order of the file."""
    terms = read_terms(SAMPLE.read_bytes())
    assert (len(terms), {term.area for term in terms}) == (9, {"wirral"})
    assert (terms[0].from_, terms[0].to) == (date(2011, 9, 5), date(2011, 12, 16))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfTo,Area,From,Note\r\n2026-12-18,wirral,2026-09-02,autumn\r\n\r\n,,,\r\n",
        b"area;from;to\nwirral;2026-09-02;2026-12-18\nwirral;2026-09-02;2026-12-18\n",
    ],
)
def test_a_file_as_excel_writes_it_is_taken(content):
    """Columns in any order and case, a mark at the start, semicolons, blank lines, other columns, a line twice."""
    assert {(term.area, str(term.from_), str(term.to)) for term in read_terms(content)} == {
        ("wirral", "2026-09-02", "2026-12-18")
    }


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (b"", ["line 1"]),
        (b"area,from,to\n", ["line 1"]),
        (b"area,first,last\nwirral,2026-09-02,2026-12-18\n", ["line 1"]),
        (b"area,from,to\n\xff,2026-09-02,2026-12-18\n", ["byte 13"]),
        (
            b"area,from,to\nThe Wirral,2026-09-02,2026-12-18\nwirral,2026-13-02,2026-12-18\n",
            ["line 2, area", "line 3, from"],
        ),
        (b"area,from,to\nwirral,2026-09-02\n", ["line 2, to"]),
        (b"area,from,to\nwirral,2026-12-18,2026-09-02\n", ["line 2, to"]),
        (b"area,from,to\nwirral,2026-09-02,2027-07-20\n", ["line 2, to"]),
        (
            b"area,from,to\nwirral,2026-09-02,2026-12-18\nwirral,2026-12-18,2027-03-20\nkent,2026-12-18,2027-03-20\n",
            ["line 3"],
        ),
    ],
)
def test_every_fault_is_named_with_its_line(content, places):
    """No term is taken while one line is wrong."""
    with pytest.raises(BadTerms) as caught:
        read_terms(content)
    assert [fault.field for fault in caught.value.faults] == places
    assert all(fault.remedy for fault in caught.value.faults)
