"""Sessions, one for each person with a configuration folder; staff, changed only where something is said."""

from pathlib import Path

from tests.cli.conftest import Cli


async def test_two_people_do_not_log_each_other_out(cli: Cli, tmp_path: Path):
    """With JOURNEYS_CONFIG set, each has a session of their own, that nobody else's login replaces."""
    kim, carol = {"JOURNEYS_CONFIG": str(tmp_path / "kim")}, {"JOURNEYS_CONFIG": str(tmp_path / "carol")}
    await cli("login", "--name", "kim", "--role", "key-worker", **kim)
    await cli("login", "--name", "carol", "--role", "coordinator", **carol)
    told = [(await cli("whoami", "--json", **each)).told for each in (kim, carol)]
    assert [(each["name"], each["role"]) for each in told] == [("kim", "key-worker"), ("carol", "coordinator")]


async def test_a_login_says_whom_it_replaces(cli: Cli):
    """Who logs in over another's session is told whose; logging out makes the stack's usual manager of everybody."""
    await cli("login", "--name", "kim", "--role", "key-worker")
    assert "replaces the session of kim" in (await cli("login", "--name", "lee", "--role", "auditor")).out
    assert "replaces" not in (await cli("login", "--name", "lee", "--role", "auditor")).out
    assert "The session of lee, auditor, has ended" in (await cli("logout")).out
    assert (await cli("whoami", "--json")).told["name"] == "manager"
    assert "Nobody was logged in" in (await cli("logout")).out


async def test_changing_staff_keeps_what_is_left_out(cli: Cli):
    """A new e-mail address changes nothing else, and what changed is printed; the same again changes nothing."""
    await cli.ok("staff", "add", "kim-keep", "--email", "kim@old.example", "--team", "north", "--cap", "8")
    ran = await cli("staff", "add", "kim-keep", "--email", "kim@new.example")
    assert "changed: email from kim@old.example to kim@new.example" in ran.out
    told = await cli.ok("staff", "add", "kim-keep", "--email", "kim@new.example")
    assert (told["team"], told["cap"], told["new"], told["was"]) == ("north", 8, False, {})


async def test_a_channel_may_use_an_address_that_is_known(cli: Cli):
    """A number that was given once need not be given again to choose its channel."""
    await cli.ok("staff", "add", "kim-sms", "--email", "kim@council.example", "--mobile", "07700 900123")
    assert (await cli.ok("staff", "add", "kim-sms", "--channel", "sms"))["channel"] == "sms"


async def test_somebody_new_needs_an_address(cli: Cli):
    """A mistyped name is not silently somebody new without an address."""
    ran = await cli("staff", "add", "kimm-new", "--cap", "3")
    assert (ran.code, "journeys staff list" in ran.err) == (2, True), ran
