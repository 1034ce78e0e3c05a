"""What a scheme adds to the path by hand: its cohorts, its localities, and needs that decide who is eligible."""

from tests.cli.conftest import Cli
from tests.doors import Doors

CHESTNUT = "2012-05-01"


async def refer(cli: Cli, doors: Doors, programme: str, **told: str):
    """Refer people whom nobody knows yet."""
    people = [
        f"--member={one['role']},{one['surname']},{one['forename']},{one['date_of_birth']}"
        for one in doors.form()["members"]
    ]
    flags = [f"--{name}={value}" for name, value in told.items()]
    return await cli("refer", f"--programme={programme}", "--referred-on", CHESTNUT, *people, *flags, "--json")


async def test_a_comparison_family_by_hand(cli: Cli, doors: Doors):
    """The cohort is said when the family is identified, told by show and list, and no key worker can be given."""
    ran = await refer(cli, doors, "birmingham-shard-end", referrer="birmingham-health", locality="Shard End")
    ref = ran.told["reference"]
    ran = await cli("identify", ref, "--criterion", "complex-needs", "--cohort", "comparison")
    assert "in the comparison group: followed without a key worker" in ran.out
    refused = await cli("allocate", ref, "--to", "kim")
    assert (refused.code, "--set cohort=NAME" in refused.err) == (1, True)
    assert "cohort        comparison" in (await cli("show", ref)).out
    listed = await cli.ok("list", "--programme", "birmingham-shard-end", "--limit", "500")
    assert [row["cohort"] for row in listed["journeys"] if row["reference"] == ref] == ["comparison"]


async def test_needs_that_decide_by_hand(cli: Cli, doors: Doors):
    """Without criteria the family is taken in; the assessment says whether it is eligible and why."""
    ran = await refer(cli, doors, "kent-maidstone-2011", referrer="kent-police", locality="Maidstone")
    ref = ran.told["reference"]
    assert "eligibility is decided by the needs found" in (await cli("identify", ref, "--without-criteria")).out
    both = await cli("identify", ref, "--without-criteria", "--criterion", "worklessness")
    assert (both.code, "--without-criteria" in both.err) == (2, True)
    await cli("allocate", ref, "--to", await doors.worker())
    ran = await cli("assess", ref, "--need", "worklessness")
    assert [line.strip() for line in ran.out.splitlines()[1:]] == [
        "not eligible",
        "criteria met: worklessness; needs 2 criteria",
    ]


async def test_a_locality_refused_by_hand(cli: Cli, doors: Doors):
    """A referral from another district is refused with the districts that the programme takes."""
    ran = await refer(cli, doors, "kent-swale-2011", referrer="kent-police", locality="Thanet")
    assert (ran.code, "kent-swale-2011 takes no families from there" in ran.err) == (2, True)
