"""Days and times as people say them, by the business clock, in UK order and British time."""

from datetime import UTC, date, datetime

import pytest

from cli.core.days import Clock, day, moment
from cli.core.errors import BAD_INPUT, Trouble

MONDAY = Clock(datetime(2026, 11, 23, 12, tzinfo=UTC))
FRIDAY = Clock(datetime(2026, 11, 27, 12, tzinfo=UTC))
CHRISTMAS_EVE = Clock(datetime(2026, 12, 24, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("said", "clock", "expected"),
    [
        ("2026-01-20", MONDAY, "2026-01-20"),
        ("today", MONDAY, "2026-11-23"),
        ("Yesterday", MONDAY, "2026-11-22"),
        (" tomorrow ", MONDAY, "2026-11-24"),
        ("next friday", MONDAY, "2026-11-27"),
        ("next friday", FRIDAY, "2026-12-04"),
        ("last friday", MONDAY, "2026-11-20"),
        ("last friday", FRIDAY, "2026-11-20"),
        ("next week", MONDAY, "2026-11-30"),
        ("3 days ago", MONDAY, "2026-11-20"),
        ("in a fortnight", MONDAY, "2026-12-07"),
        ("a month ago", MONDAY, "2026-10-23"),
        ("1/2/2026", MONDAY, "2026-02-01"),
        ("23.11.26", MONDAY, "2026-11-23"),
        ("1st of March 2026", MONDAY, "2026-03-01"),
        ("in 10 working days", MONDAY, "2026-12-07"),
        ("in 1 working day", FRIDAY, "2026-11-30"),
        ("10 working days ago", MONDAY, "2026-11-09"),
        ("in 2 working days", CHRISTMAS_EVE, "2026-12-30"),
        ("in 2 working days", Clock(CHRISTMAS_EVE.now, "SCT"), "2026-12-30"),
        ("in 5 working days", CHRISTMAS_EVE, "2027-01-05"),
        ("in 5 working days", Clock(CHRISTMAS_EVE.now, "SCT"), "2027-01-06"),
    ],
)
def test_a_day_as_it_is_said(said, clock, expected):
    """ISO, words, UK order and working days of the nation all become one day by the business clock."""
    assert day(said, clock) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "friday",
        "1 feb",
        "1/2",
        "march",
        "2026",
        "10",
        "12:30",
        "20260120",
        "tomorrow at 9:00",
        "10 working days",
        "01/13/2026",
        "2026/13/01",
        "in 10 working days ago",
        "31/02/2026",
        "2026-02-30",
        "gibberish",
    ],
)
def test_what_may_mean_two_days_is_refused(said):
    """What names no day, half a day or a day without its year is refused with how to write it."""
    with pytest.raises(Trouble) as refused:
        day(said, MONDAY)
    assert refused.value.exit_code == BAD_INPUT
    assert refused.value.remedy


def test_the_day_stands_before_the_month():
    """A date with its month first is no day; it is not turned round."""
    with pytest.raises(Trouble) as refused:
        day("01/13/2026", MONDAY)
    assert "write the day before the month" in refused.value.remedy


@pytest.mark.parametrize(
    ("now", "today"),
    [
        ("2026-03-28T23:30+00:00", "2026-03-28"),
        ("2026-03-29T00:30+00:00", "2026-03-29"),
        ("2026-03-29T23:30+00:00", "2026-03-30"),
        ("2026-10-24T23:30+00:00", "2026-10-25"),
        ("2026-10-25T23:30+00:00", "2026-10-25"),
        ("2026-10-26T00:30+00:00", "2026-10-26"),
    ],
)
def test_today_is_the_day_in_britain(now, today):
    """Around both changes of the clocks, today is what a calendar in Britain shows."""
    assert day("today", Clock(datetime.fromisoformat(now))) == date.fromisoformat(today)


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        ("2026-03-28", None, "2026-03-29T00:00"),
        ("2026-03-29", None, "2026-03-29T23:00"),
        ("2026-10-24", None, "2026-10-24T23:00"),
        ("2026-10-25", None, "2026-10-26T00:00"),
        ("2026-03-29T00:59", None, "2026-03-29T00:59"),
        ("2026-03-29 02:00", None, "2026-03-29T01:00"),
        ("2026-10-25T00:30", None, "2026-10-24T23:30"),
        ("2026-10-25T01:30", None, "2026-10-25T00:30"),
        ("2026-10-25T02:00", None, "2026-10-25T02:00"),
        ("2026-02-01T00:00Z", None, "2026-02-01T00:00"),
        ("2026-07-01T09:00+01:00", None, "2026-07-01T08:00"),
        ("tomorrow at 9:00", "2026-03-28T12:00", "2026-03-29T08:00"),
        ("tomorrow at 9:00", "2026-10-24T12:00", "2026-10-25T09:00"),
        ("tomorrow", "2026-03-28T12:00", "2026-03-29T23:00"),
        ("tomorrow", "2026-10-24T12:00", "2026-10-26T00:00"),
        ("in 2 hours", "2026-03-29T00:30", "2026-03-29T02:30"),
        ("2 hours ago", "2026-10-25T02:00", "2026-10-25T00:00"),
        ("in 30 minutes", "2026-11-23T12:00", "2026-11-23T12:30"),
        ("now", "2026-11-23T12:00", "2026-11-23T12:00"),
        ("in 2 working days", "2026-03-26T12:00", "2026-03-30T23:00"),
    ],
)
def test_a_time_is_british_and_kept_in_utc(said, now, expected):
    """A day is a limit by its end, a time without a zone is British, hours are hours over both clock changes."""
    clock = Clock(datetime.fromisoformat(f"{now}+00:00")) if now else MONDAY
    assert moment(said, clock) == datetime.fromisoformat(f"{expected}+00:00")
    assert moment(said, clock).tzinfo == UTC


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("2026-03-29 01:30", "does not exist"),
        ("2026-13-01T10:00", "is not a time"),
        ("2026-02-30", "there is no such day"),
        ("friday", "is not a time"),
        ("2 hours", "is not a time"),
        ("some day", "is not a time"),
    ],
)
def test_a_time_that_never_comes_is_refused(said, told):
    """The hour that the clocks skip, days that do not exist and what cannot be read are refused."""
    with pytest.raises(Trouble, match=told):
        moment(said, MONDAY)
