"""Two thousand journeys due on one date, on the time-skipping server: one reminder each, spread over the day."""

from collections import Counter

import pytest

from bench.herd import QUARTERS, drive, quarter
from domain.calendar import calendar_of

HERD = 2000
ENGLAND = calendar_of("ENG")


@pytest.mark.slow(70)
@pytest.mark.timeout(600)
async def test_a_herd_is_reminded_once_each_and_spread() -> None:
    """None missed, none doubled, all within working hours, and no quarter of an hour holds twice its share."""
    herd = await drive(HERD)
    print(herd.line())  # noqa: T201 - the figures of docs/clock.md
    assert Counter(row["journey_id"] for row in herd.reminders) == Counter(list(herd.planned))
    assert set(herd.mail.values()) == {1}
    assert len(herd.mail) == HERD
    assert {row["journey_id"]: row["planned_for"] for row in herd.reminders} == herd.planned
    assert [row for row in herd.reminders if row["late"] or not ENGLAND.is_open(row["sent_at"])] == []
    spread = Counter(quarter(row["sent_at"]) for row in herd.reminders)
    assert max(spread.values()) <= 2 * HERD / QUARTERS
