"""The days that steps are given, as a real gateway on a business clock of its own takes them."""

import asyncio
from datetime import timedelta

from prometheus_client import REGISTRY

from tests.cli.conftest import Cli
from tests.doors import NOON, Doors
from tests.eventually import eventually


async def days(cli: Cli, ref: str) -> dict[str, str]:
    """Return the day of each event of a family's timeline."""
    timeline = (await cli.ok("show", ref))["timeline"]
    return {one["event"]["type"]: one["event"].get("on", "") for one in timeline}


async def test_a_day_in_words_is_of_the_business_clock(cli: Cli, doors: Doors):
    """On a stack whose clock stands at 1 June 2012, "yesterday" is the last of May."""
    ref = await doors.referred()
    await cli.ok("identify", ref, "--criterion", "poverty", "--criterion", "addiction", "--on", "last monday")
    await cli.ok("allocate", ref, "--to", await doors.worker(), "--on", "2 working days ago")
    await cli.ok("contact", ref, "--on", "yesterday")
    await cli.ok("consent", ref, "--expires-on", "in 10 working days")
    shown = await cli.ok("show", ref)
    told = await days(cli, ref)
    assert [told[name] for name in ("family-identified", "key-worker-allocated", "contact-recorded")] == [
        "2012-05-28",
        "2012-05-30",
        "2012-05-31",
    ]
    (consent,) = shown["journey"]["consents"]
    # 4 and 5 June 2012 were bank holidays.
    assert (consent["on"], consent["expires_on"]) == ("2012-06-01", "2012-06-19")


async def test_a_correction_takes_a_day_in_words(cli: Cli, doors: Doors):
    """The day of an earlier event is corrected to a day in words."""
    ref = await doors.referred()
    await cli.ok("identify", ref, "--criterion", "poverty")
    await cli.ok("correct", ref, "2", "--reason", "typo", "--set", "on=3 days ago")
    corrected = (await cli.ok("show", ref))["timeline"][-1]["event"]
    assert corrected["replacement"]["on"] == "2012-05-29"


async def test_a_referral_takes_a_day_in_words(cli: Cli, doors: Doors):
    """A family is referred as of yesterday; text that is no day is judged as the same cell of a file is."""
    form = doors.form()
    person = ",".join(form["members"][0][name] for name in ("role", "surname", "forename", "date_of_birth"))
    words = ["refer", "--referrer", "wirral-schools", "--locality", "Leasowe", "--criterion", "poverty"]
    ref = (await cli.ok(*words, "--member", person, "--referred-on", "yesterday"))["reference"]
    assert (await days(cli, ref))["family-referred"] == "2012-05-31"
    ran = await cli(*words, "--member", person, "--referred-on", "some day")
    assert (ran.code, "--referred-on" in ran.err, "YYYY-MM-DD" in ran.err) == (2, True, True)


async def test_an_unreadable_day_says_how_to_write_it(cli: Cli, doors: Doors):
    """A day that may mean two is refused before anything is sent."""
    ref = await doors.referred()
    ran = await cli("identify", ref, "--criterion", "poverty", "--on", "friday")
    assert (ran.code, "next friday" in ran.err) == (2, True)
    assert list(await days(cli, ref)) == ["family-referred"]


async def test_what_is_due_until_a_day(cli: Cli, doors: Doors):
    """Until a day holds all that falls due on it, and nothing of the day after."""
    ref = await doors.referred()
    (first, *_) = [row for row in await cli.ok("due", "--reminders", "--limit", "500") if row["reference"] == ref]
    day = first["at"][:10]
    before = (doors.engine.clock.fromisoformat(f"{day}T00:00Z") - timedelta(days=1)).date().isoformat()
    for until, expected in ((day, True), (before, False), (f"{day}T00:01", False)):
        rows = await cli.ok("due", "--reminders", "--until", until, "--limit", "500")
        assert (first["deadline_id"] in {row["deadline_id"] for row in rows if row["reference"] == ref}) == expected


async def test_a_step_tried_again_after_midnight_is_of_its_day(cli: Cli, doors: Doors):
    """A step that meets an engine away, and is tried again on the next day, is of the day on which it was given."""
    ref = await doors.referred()
    doors.engine.away = True
    told = {"route": "/v1/journeys/{reference}/identify", "method": "POST", "status": "503"}
    before = REGISTRY.get_sample_value("journeys_request_seconds_count", told) or 0
    running = asyncio.create_task(cli("identify", ref, "--criterion", "poverty"))
    try:
        await eventually(lambda: (REGISTRY.get_sample_value("journeys_request_seconds_count", told) or 0) > before)
        doors.engine.clock = NOON + timedelta(days=1)
        doors.engine.away = False
        assert (await running).code == 0
    finally:
        doors.engine.clock, doors.engine.away = NOON, False
    assert (await days(cli, ref))["family-identified"] == NOON.date().isoformat()


async def test_due_says_what_it_leaves_out(cli: Cli, doors: Doors):
    """A list cut at its limit says so, and one under a name that nobody bears is refused."""
    for _ in range(2):
        await doors.referred()
    cut, whole, mistyped = (
        await cli("due", "--limit", "1"),
        await cli("due", "--limit", "500"),
        await cli("due", "--holder", "kmi"),
    )
    assert ("at most 1 are shown" in cut.err, whole.err) == (True, "")
    assert (mistyped.code, "nobody has the name kmi" in mistyped.err) == (2, True)
