"""What a time-lapse is asked to do is held to what can be run, before anything is started."""

import json
from datetime import date
from pathlib import Path

import pytest

from timelapse.feed import by_day, read
from timelapse.options import read_options

EVENT = {"id": "1", "source": "/partners/police", "time": "2012-05-01T09:00:00+01:00"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--start", "1/2/12"], "'1/2/12' is no day"),
        (["--months", "0"], "'0' is no number of months; give one from 1 to 120"),
        (["--months", "-3"], "'-3' is no number of months"),
        (["--key-workers", "some"], "'some' is no number of key workers"),
        (["--programme", "wiral"], "did you mean wirral-2012?"),
        (["--referrals", "nowhere.csv"], "no file 'nowhere.csv' is here"),
        (["--events", "nowhere.ndjson"], "'nowhere.ndjson' cannot be read"),
    ],
)
def test_an_option_that_cannot_be_run_is_refused_with_what_to_give(
    given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each wrong option ends with 2, the option's name, the fault and what to give instead."""
    with pytest.raises(SystemExit) as ended:
        read_options(given)
    said = capsys.readouterr().err
    assert (ended.value.code, given[0] in said, told in said) == (2, True, True), said


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "line 2 is not JSON"),
        ("[]", "line 2 names no partner"),
        ('{"source": "police"}', "line 2 names no partner"),
        ('{"source": "/partners/The Police"}', "line 2 names no partner"),
    ],
)
def test_a_line_of_the_feed_that_nobody_can_send_is_named(tmp_path: Path, line: str, fault: str) -> None:
    """A feed with such a line is refused with the number of the line."""
    feed = tmp_path / "feed.ndjson"
    feed.write_text(f"{json.dumps(EVENT)}\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=fault):
        read(feed)


def test_an_event_is_sent_on_its_day_and_a_timeless_one_at_once() -> None:
    """What was observed before the first day, or at no time, is sent on that day; what is after the end, never."""
    start, end = date(2012, 4, 16), date(2012, 6, 1)
    early, timeless, late = (
        EVENT | {"time": time} for time in ("2011-12-01T00:00:00Z", "soon", "2013-01-01T00:00:00Z")
    )
    assert by_day([EVENT, early, timeless, late], start, end) == {date(2012, 5, 1): [EVENT], start: [early, timeless]}
