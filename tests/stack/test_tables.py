"""What a time-lapse draws at its end."""

from typing import Any

from timelapse.figures import Figures
from timelapse.tables import draw


def _told(version: int, **event: Any) -> dict[str, Any]:
    return {"version": version, "event": {"at": "2012-05-03T09:00:00Z"} | event}


def test_the_timeline_is_whole(capsys, monkeypatch):
    """One family's timeline shows every event, the system's own and a `no` among them."""
    monkeypatch.setenv("COLUMNS", "160")
    evidence = {"kind": "offence", "source": "merseyside-police", "observed_on": "2012-05-01", "member": "m1"}
    timeline = [
        _told(1, type="family-identified", criteria=["poverty"], eligible=False),
        _told(2, type="evidence-recorded", evidence=evidence),
        _told(3, type="reminder-sent", reminder_id="assessment.1.2012-05-29.remind+0"),
    ]
    nothing: dict[str, Any] = dict.fromkeys(Figures.__dataclass_fields__, 0)
    counted = ("reminders", "notifications", "stages", "partner_events", "refused_events", "history_events")
    figures = nothing | {key: {} for key in (*counted, "peak_memory_mb")} | {"claims": [], "refused_rows": []}
    draw(Figures(**figures | {"story": {"journey": {"reference": "F-1"}, "timeline": timeline}}))
    drawn = capsys.readouterr().out
    for told in (
        "criteria poverty, eligible no",
        "source merseyside-police, member m1, observed on 2012-05-01, kind offence",
        "reminder id assessment.1.2012-05-29.remind+0",
    ):
        assert told in drawn, drawn
