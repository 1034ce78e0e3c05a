"""What a time-lapse draws at its end."""

from dataclasses import replace
from typing import Any

import pytest

from domain.fault import Fault
from timelapse.figures import Figures
from timelapse.tables import draw


def _told(version: int, **event: Any) -> dict[str, Any]:
    return {"version": version, "event": {"at": "2012-05-03T09:00:00Z"} | event}


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Figures:
    """A time-lapse that came to nothing, as wide as it needs."""
    monkeypatch.setenv("COLUMNS", "160")
    nothing: dict[str, Any] = dict.fromkeys(Figures.__dataclass_fields__, 0)
    counted = ("reminders", "notifications", "stages", "partner_events", "refused_events", "history_events")
    told = nothing | {key: {} for key in (*counted, "peak_memory_mb")} | {"claims": [], "refused_rows": []}
    return Figures(**told | {"story": {"journey": {"reference": "F-1"}, "timeline": []}})


def test_refused_rows_say_what_is_wrong(capsys: pytest.CaptureFixture[str], figures: Figures):
    """A row that was not taken is shown with its line, column, value, reason and remedy, as the gateway tells them."""
    fault = Fault(field="referred_on", value="5-2012", reason="a month, not a day", remedy="write the day")
    draw(replace(figures, refused_rows=[{"line": 7, **fault.model_dump()}]))
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "5-2012" in line]
    for told in ("7", *fault.model_dump().values()):
        assert told in row, row


def test_the_timeline_is_whole(capsys: pytest.CaptureFixture[str], figures: Figures):
    """With --verbose, one family's timeline shows every event, the system's own and a `no` among them."""
    evidence = {"kind": "offence", "source": "merseyside-police", "observed_on": "2012-05-01", "member": "m1"}
    timeline = [
        _told(1, type="family-identified", criteria=["poverty"], eligible=False),
        _told(2, type="evidence-recorded", evidence=evidence),
        _told(3, type="reminder-sent", reminder_id="assessment.1.2012-05-29.remind+0"),
    ]
    draw(replace(figures, story={"journey": {"reference": "F-1"}, "timeline": timeline}), verbose=True)
    drawn = capsys.readouterr().out
    for told in (
        "criteria poverty, eligible no",
        "source merseyside-police, member m1, observed on 2012-05-01, kind offence",
        "reminder id assessment.1.2012-05-29.remind+0",
    ):
        assert told in drawn, drawn


def test_a_council_is_spoken_to_first(capsys: pytest.CaptureFixture[str], figures: Figures):
    """Six sentences come first, then tables with people's steps alone: nothing for engineers, and no cell is cut."""
    remedy = "write one of " + ", ".join(f"criterion-{number}" for number in range(30))
    refused = [{"line": 7, "field": "criteria", "value": "x", "reason": "unknown", "remedy": remedy}]
    timeline = [_told(1, type="family-identified", eligible=True), _told(2, type="reminder-sent", reminder_id="r.1")]
    claims = [{"reference": "F-7K3Q-9D2X", "result": "work", "as_of": "2013-05-20", "amount": 29_000}]
    story = {"journey": {"reference": "F-1"}, "timeline": timeline}
    draw(replace(figures, refused_rows=refused, claims=claims, story=story, history_events={"most": 132.0}))
    drawn = capsys.readouterr().out
    assert "£29,000 can be claimed for 1 family," in drawn.splitlines()[3]
    assert "criterion-29" in drawn.replace("\n", "").replace(" ", "")
    assert ("family identified" in drawn, "reminder sent" in drawn, "132" in drawn) == (True, False, False)
    assert "Now try:" in drawn
