"""Days as councils write them in files."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.intake.bad_cell import BadCell
from domain.intake.referral_columns import read
from domain.intake.written_days import birth_year, day_first, either_first, month_first, referral_year, written_day

TODAY = date(2026, 11, 30)


def born(text: str) -> date:
    return written_day(text, birth_year(TODAY))


@pytest.mark.parametrize(
    "text",
    [
        *("1988-03-14", "14/03/1988", "14/3/1988", "14.03.1988", "14-03-1988", "14 03 1988", "1988/03/14", "1988.3.14"),
        *(
            "14-Mar-88",
            "14-Mar-1988",
            "14 March 1988",
            "14th March 1988",
            "14 Mar. 1988",
            "14mar1988",
            "14th of March 1988",
        ),
        *("March 14, 1988", "Mar 14th 1988", "Monday, 14 March 1988", "Mon 14/03/1988", "14/03/88"),
        *(
            "1988-03-14 00:00:00",
            "1988-03-14T00:00:00",
            "14/03/1988 00:00",
            "1988-03-14 00:00:00.000",
            "32216",
            "32216.0",
        ),
    ],
)
def test_one_day_in_many_spellings(text: str):
    """A birth date is read in every way that a council's program writes it, the day before the month."""
    assert born(text) == date(1988, 3, 14)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25-Nov-26", date(2026, 11, 25)),
        ("01/12/26", date(2026, 12, 1)),  # ahead of today, and refused as that by the family's checks
        ("01/01/27", date(1927, 1, 1)),
        ("31/12/99", date(1999, 12, 31)),
        ("29-Sept-04", date(2004, 9, 29)),
        ("32874", date(1990, 1, 1)),
        ("10000", date(1927, 5, 18)),
        ("73050", date(2099, 12, 31)),
    ],
)
def test_two_digit_years_and_serials_of_births(text: str, day: date):
    """A birth's two-digit year does not lie ahead of this one; a spreadsheet's number is the day it counts to."""
    assert born(text) == day


def test_a_referrals_two_digit_year_is_of_this_century():
    """A referral of next year is refused as in the future elsewhere, and never read as of a hundred years ago."""
    assert written_day("05/10/27", referral_year(TODAY)) == date(2027, 10, 5)


def test_a_time_of_day():
    """A referral may carry the hour it came; a birth may not, for another zone puts it on the day before."""
    assert read("referred_on", "05/10/2026 14:32", TODAY) == date(2026, 10, 5)
    assert read("referred_on", "2026-10-05T14:32:10.5", TODAY) == date(2026, 10, 5)
    with pytest.raises(BadCell, match="time of day"):
        read("date_of_birth", "1988-03-13 23:00:00", TODAY)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("31/02/1980", "no such day"),
        ("1980-13-01", "no such day"),
        ("0000-00-00", "no such day"),
        ("03/14/1988", "month comes before the day"),
        ("99/99/1988", "no such day"),
        ("1988", "a year"),
        ("03/1988", "a month"),
        ("1988-03", "a month"),
        ("Mar-88", "a month"),
        ("14 Foo 1988", "not a date"),
        ("Foo 14, 1988", "not a date"),
        ("19880314", "not a date"),
        ("9999", "not a date"),
        ("99999", "not a date"),
        ("14/03-1988", "not a date"),
        ("2026-10-05T00:00:00Z", "not a date"),
        ("yesterday", "not a date"),
        ("x", "not a date"),
    ],
)
def test_what_is_no_day(text: str, says: str):
    """What is no day, or only a part of one, is refused with how to write it."""
    with pytest.raises(BadCell, match=says) as refused:
        born(text)
    assert (refused.value.code, "2012-05-29" in refused.value.remedy) == ("bad-date", True)


@given(
    st.dates(date(1927, 5, 18), date(2026, 11, 30)), st.sampled_from(["%d/%m/%Y", "%d-%b-%Y", "%Y-%m-%d", "%d.%m.%Y"])
)
def test_whatever_day(day: date, form: str):
    """Every day is read back from every form, and from the number by which a spreadsheet keeps it."""
    assert born(day.strftime(form)) == day
    assert born(str((day - date(1899, 12, 30)).days)) == day


@given(st.text(max_size=30))
def test_whatever_text(text: str):
    """Whatever the text, it is a day or a finding."""
    try:
        born(text)
    except BadCell:
        return


def test_which_stands_first():
    """A date in figures tells whether its day stands first, its month, or either."""
    assert [
        (month_first(text), either_first(text), day_first(text)) for text in ("12/31/1988", "03/04/1988", "31/12/1988")
    ] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert (month_first("x"), either_first("04/04/1988"), day_first("x")) == (False, False, False)
