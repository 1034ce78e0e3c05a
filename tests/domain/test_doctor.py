"""What the doctor makes of what was seen: a finding each, with a command to paste."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.calendar import calendar_of
from domain.doctor import caseloads as of_staff
from domain.doctor import finding
from domain.doctor import journeys as of_journeys
from domain.doctor import system as of_system
from domain.doctor.caseloads import Holding
from domain.doctor.journeys import Journal

NOW = datetime(2012, 6, 1, 12, tzinfo=UTC)
ROW = Journal(
    journey_id="journey:wirral:F-7K3Q-9D2X:1",
    reference="F-7K3Q-9D2X",
    version=5,
    labels={"JourneyStage": "assessment", "JourneyKeyWorker": "kim"},
)


def test_each_fault_of_a_journey_names_its_family_and_a_command():
    """A finding about a family carries its reference, and a remedy that begins with the program's name."""
    found = [
        *of_journeys.not_running([ROW]),
        of_journeys.other_version(ROW, 4),
        of_journeys.ahead(ROW, 9),
        of_journeys.orphan(ROW.reference, 3),
        of_journeys.other_labels(ROW, {"JourneyStage": "referral", "JourneyKeyWorker": "kim"}),
        of_journeys.stuck(ROW, "notify_partner", 7),
        of_journeys.missed(ROW.reference, 2, NOW, working=True),
        of_journeys.unsent(ROW.reference, "plan.4.2012-06-13.remind+0", NOW),
        of_journeys.failed(ROW.reference, "journey:wirral:F-7K3Q-9D2X:1:4:1", "notify"),
        of_journeys.without_holder(ROW.reference),
        of_journeys.without_row(ROW.reference),
        of_journeys.unheard(ROW.reference, ["m2", "m3"]),
        of_journeys.not_erased(ROW.reference, "request"),
        of_journeys.unsound(ROW.reference, 3, "changed"),
    ]
    assert len({finding.code for finding in found}) == len(found)
    assert {finding.reference for finding in found} == {ROW.reference}
    assert all(finding.remedy.startswith("journeys ") and ROW.reference in finding.remedy for finding in found)


def test_a_changed_file_of_heads_is_told():
    """A file outside the database that is not as it was written is named."""
    found = of_system.heads_changed("a.heads is not as a worker wrote it")
    assert (found.code, found.what) == ("heads-changed", "a.heads is not as a worker wrote it")


def test_clocks_are_told_with_both_times():
    """A clock that went back, and one that differs, are told with what each reads."""
    back = of_system.clock_back(NOW, NOW + timedelta(hours=2))
    assert "reads 2012-06-01 12:00 UTC and the journal's last event is of 2012-06-01 14:00 UTC" in back.what
    differ = of_system.clocks_differ(NOW, NOW + timedelta(minutes=3))
    assert "12:00:00 UTC and the database's 2012-06-01 12:03:00 UTC" in differ.what
    assert {back.remedy, differ.remedy} == {"timedatectl set-ntp true"}


def test_foreign_messages_name_the_last_workflow():
    """A finding about refused messages says how many came, as what, why, when last and to which workflow."""
    found = of_system.foreign("update", "plain", 3, NOW, ROW.journey_id)
    assert found.what == (
        "3 messages were refused at Temporal's port because this system did not send them (update, plain),"
        " the last to journey:wirral:F-7K3Q-9D2X:1 at 2012-06-01 12:00 UTC"
    )
    assert "the last at" in of_system.foreign("start", "plain", 1, NOW, "").what
    assert found.remedy == "journeys refusals --seen"


def test_what_differs_is_told():
    """A finding says which attribute differs and which versions stand against each other."""
    told = of_journeys.other_labels(ROW, {"JourneyStage": "referral"}).what
    assert "JourneyKeyWorker none for kim, JourneyStage referral for assessment" in told
    assert "version 4, its journal at 5" in of_journeys.other_version(ROW, 4).what


@pytest.mark.parametrize(
    ("due", "now", "told"),
    [
        ("2012-06-01T09:00", "2012-06-01T09:10", False),
        ("2012-06-01T09:00", "2012-06-01T09:20", True),
        ("2012-06-01T09:00", "2012-06-01T20:00", False),
        ("2012-05-31T09:00", "2012-06-01T07:05", False),
        ("2012-05-31T09:00", "2012-06-01T16:59", True),
    ],
)
def test_a_deadline_is_missed_within_working_hours(due: str, now: str, told: bool):  # noqa: FBT001
    """One that passed is told of after a quarter of an hour, and one from an outage after the family's own moment."""
    at, moment = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (due, now))
    assert of_journeys.overdue(at, "F-7K3Q-9D2X", moment, calendar_of("ENG")) == told


def test_a_missed_deadline_without_a_worker_is_mended_by_a_worker():
    """Waking a journey helps nothing while no worker runs."""
    assert of_journeys.missed(ROW.reference, 1, NOW, working=False).remedy == "journeys up"


@pytest.mark.parametrize(
    ("count", "age", "grows"),
    [(0, None, False), (1, timedelta(days=6), False), (1, timedelta(days=7), True), (100, timedelta(), True)],
)
def test_a_quarantine_grows_by_count_or_age(count: int, age: timedelta | None, grows: bool):  # noqa: FBT001
    """A hundred events, or one that waits for a week, are told of."""
    assert bool(of_system.quarantine(count, None if age is None else NOW - age, NOW)) == grows


@pytest.mark.parametrize(("minutes", "told"), [(None, False), (14, False), (16, True)])
def test_an_inbox_waits_when_it_is_late(minutes: int | None, told: bool):  # noqa: FBT001
    """What waits in the inbox is told of after a quarter of an hour."""
    since = None if minutes is None else NOW - timedelta(minutes=minutes)
    assert bool(of_system.unapplied(3, since, NOW)) == told


def test_caseloads():
    """A leaver with families and a worker over the cap are told of; waivers, and room for them, are counted."""
    workers = [
        Holding(name="kim", held=3, cap=10, leaving=True),
        Holding(name="lee", held=4, cap=3, by_waiver=1, latest="F-1"),
        Holding(name="max", held=5, cap=3, by_waiver=1, latest="F-2"),
    ]
    told = [
        (one.code, one.reference, one.remedy) for one in of_staff.caseloads(workers, {"ann": 2, "bob": 1, "cat": 1})
    ]
    assert told == [
        ("leaver-holds", None, "journeys staff leave kim --to ann --to bob"),
        ("over-cap", "F-2", "journeys offer-handover F-2 --to ann"),
    ]
    assert of_staff.caseloads(workers[2:], {})[0].remedy == "journeys staff cap max 4"


def test_one_look_tells_of_so_many():
    """Five hundred findings are told; of the rest the kinds are counted, and with none left out nothing is said."""
    many = [of_journeys.without_row(f"F-{number}") for number in range(finding.MOST)]
    assert finding.shown(many) == (many, [])
    kept, notes = finding.shown(
        [*many, of_system.NO_WORKER, of_journeys.without_holder("F-1"), of_journeys.without_holder("F-2")]
    )
    assert (kept, notes) == (
        many,
        ["findings not shown: no-worker 1, no-holder 2; mend these first, then run journeys doctor again"],
    )
