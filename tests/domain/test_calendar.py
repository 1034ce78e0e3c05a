"""Working days by nation, and messages within working hours on any day of any year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import add_months, calendar_of, local_date
from wiring.references import new_reference

NATIONS = ("ENG", "WLS", "SCT", "NIR")
LONDON = ZoneInfo("Europe/London")
days = st.dates(date(2011, 1, 1), date(2031, 12, 31))
nations = st.sampled_from(NATIONS)


def within_hours(moment, nation):
    local = moment.astimezone(LONDON)
    return time(8) <= local.time() < time(18) and calendar_of(nation).is_working(local.date())


@pytest.mark.parametrize(
    ("day", "closed_in"),
    [
        (date(2012, 6, 5), "ENG WLS SCT NIR"),  # the Diamond Jubilee
        (date(2013, 1, 1), "ENG WLS SCT NIR"),
        (date(2013, 1, 2), "SCT"),
        (date(2013, 3, 18), "NIR"),  # St Patrick's Day, kept on the Monday
        (date(2013, 4, 1), "ENG WLS NIR"),  # Easter Monday
        (date(2013, 7, 12), "NIR"),  # Battle of the Boyne
        (date(2013, 8, 5), "SCT"),  # the Scottish summer bank holiday
        (date(2013, 8, 26), "ENG WLS NIR"),
        (date(2013, 12, 2), "SCT"),  # St Andrew's Day, kept on the Monday
        (date(2013, 12, 25), "ENG WLS SCT NIR"),
        (date(2013, 12, 28), "ENG WLS SCT NIR"),  # a Saturday
        (date(2013, 12, 31), ""),
    ],
)
def test_each_nation_keeps_its_own_bank_holidays(day, closed_in):
    """Offices are closed at weekends and on the bank holidays of their own nation only."""
    assert closed_in.split() == [nation for nation in NATIONS if not calendar_of(nation).is_working(day)]


@pytest.mark.parametrize(
    ("day", "by", "expected"),
    [
        (date(2012, 6, 1), 0, date(2012, 6, 1)),
        (date(2012, 6, 1), 1, date(2012, 6, 6)),  # over a weekend and two bank holidays
        (date(2012, 6, 6), -1, date(2012, 6, 1)),
        (date(2012, 6, 2), 0, date(2012, 6, 6)),  # a day off counts as the working day after it
        (date(2012, 6, 2), 1, date(2012, 6, 7)),
        (date(2012, 6, 2), -1, date(2012, 6, 1)),
        (date(2012, 12, 21), 5, date(2013, 1, 2)),
    ],
)
def test_working_days_are_counted_over_weekends_and_bank_holidays(day, by, expected):
    """Counting forwards or back skips every day off."""
    assert expected == calendar_of("ENG").shift(day, by)


@given(days, st.integers(0, 60), nations)
def test_counting_there_and_back_returns(day, by, nation):
    """From a working day, so many working days on and as many back lead home."""
    calendar = calendar_of(nation)
    start = calendar.roll(day)
    assert start == calendar.shift(calendar.shift(start, by), -by)


@given(days, st.integers(-600, 600), nations)
def test_working_days_are_those_of_the_wall_calendar(day, by, nation):
    """Going from day to day and counting only the working ones leads to the same day."""
    calendar = calendar_of(nation)
    walked, step = calendar.roll(day), timedelta(days=1 if by > 0 else -1)
    for _ in range(abs(by)):
        walked += step
        while not calendar.is_working(walked):
            walked += step
    assert walked == calendar.shift(day, by)


@given(days, nations, st.from_regex(r"F-[2-9A-Z]{4}-[2-9A-Z]{4}", fullmatch=True))
def test_messages_go_out_within_working_hours(day, nation, reference):
    """Whatever the day, the moment lies between 08:00 and 18:00 in London, on a working day not before it."""
    moment = calendar_of(nation).moment(day, reference)
    assert within_hours(moment, nation)
    assert calendar_of(nation).roll(day) == local_date(moment)


@pytest.mark.parametrize(
    ("day", "hour"),
    [(date(2013, 3, 28), 8), (date(2013, 4, 2), 7), (date(2013, 10, 25), 7), (date(2013, 10, 28), 8)],
)
def test_offices_open_at_eight_by_the_wall_on_both_sides_of_a_clock_change(day, hour):
    """Eight o'clock is 07:00 UTC in summer and 08:00 UTC in winter, and every family's moment moves with it."""
    calendar = calendar_of("ENG")
    after_opening = calendar.moment(date(2013, 1, 7), "F-2222-2222") - datetime(2013, 1, 7, 8, tzinfo=UTC)
    assert datetime.combine(day, time(hour), tzinfo=UTC) == calendar.moment(day, "F-2222-2222") - after_opening


def test_a_familys_moment_is_stable_and_families_are_spread():
    """One family is always written to at the same time of day; a thousand families share out the ten hours."""
    day, calendar = date(2013, 4, 2), calendar_of("ENG")
    references = [new_reference() for _ in range(1000)]
    moments = [calendar.moment(day, reference) for reference in references]
    assert moments == [calendar.moment(day, reference) for reference in references]
    busiest = max(sum(moment.astimezone(LONDON).hour == hour for moment in moments) for hour in range(8, 18))
    assert busiest < 200


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2013, 7, 1, 23, 30, tzinfo=UTC), date(2013, 7, 2)),
        (datetime(2013, 1, 1, 23, 30, tzinfo=UTC), date(2013, 1, 1)),
    ],
)
def test_today_is_the_day_in_britain(moment, expected):
    """In summer the new day begins an hour before UTC says so."""
    assert expected == local_date(moment)


def test_a_month_on_from_the_thirty_first_is_the_last_day():
    """Calendar months never spill over into the month after."""
    assert [date(2013, 2, 28), date(2012, 2, 29), date(2013, 3, 31)] == [
        add_months(date(2013, 1, 31), 1),
        add_months(date(2012, 1, 31), 1),
        add_months(date(2013, 1, 31), 2),
    ]


@given(days, st.integers(-600, 600))
def test_calendar_months_are_those_of_dateutil(day, months):
    """A month on or back is what the common library makes of it."""
    assert day + relativedelta(months=months) == add_months(day, months)


@given(days, st.integers(0, 60))
def test_a_calendar_month_is_never_shorter_than_its_days(day, months):
    """So many months on is never more than so many times thirty-one days away."""
    assert timedelta(days=28 * months) <= add_months(day, months) - day <= timedelta(days=31 * months)
