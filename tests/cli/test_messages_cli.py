"""`journeys messages`: what did not go out, why, and another try."""

from tests.cli.conftest import Cli
from tests.doors import Doors
from tests.unsent import unsent


async def test_what_failed_is_listed_shown_and_tried_again(cli: Cli, doors: Doors):
    """A failed message is found by its partner, shown with why, tried again, and gone from the list."""
    reference, message = await unsent(doors, "failed", "gave-up")
    listed = (await cli("messages", "failed", "--partner", "wirral-schools", "--limit", "500")).out
    assert (message in listed, reference in listed, "gave-up" in listed) == (True, True, True)
    shown = (await cli("messages", "show", message)).out
    assert "refused: no-consent-in-force" in shown
    assert "gave-up" in shown
    ran = await cli("messages", "retry", message)
    assert (ran.code, "message-retried" in ran.out) == (0, True)
    assert message not in [row["message_id"] for row in await cli.ok("messages", "failed", "--limit", "500")]
    assert "message-retried" in (await cli("show", reference)).out


async def test_what_was_refused_is_listed_with_the_reason(cli: Cli, doors: Doors):
    """A refused message stands in its own list with why."""
    _, message = await unsent(doors, "refused", "partner-suspended")
    rows = {row["message_id"]: row for row in await cli.ok("messages", "refused", "--limit", "500")}
    assert rows[message]["reason"] == "partner-suspended"
    assert "partner-suspended" in (await cli("messages", "refused")).out


async def test_all_to_one_partner(cli: Cli, doors: Doors):
    """A dry run lists what would be tried again and leaves it; without it, it is tried again."""
    _, message = await unsent(doors, "failed", "partner-refused")
    dry = await cli("messages", "retry", "--partner", "wirral-schools", "--dry-run")
    assert (dry.code, "would be tried again" in dry.out, message in dry.out) == (0, True, True)
    assert message in (await cli.ok("messages", "retry", "--partner", "wirral-schools"))["retried"]
    assert message not in (await cli("messages", "retry", "--partner", "wirral-schools")).out


async def test_which_messages_must_be_said(cli: Cli):
    """One message or one partner, not both and not neither."""
    for words in [(), ("x", "--partner", "wirral-schools"), ("x", "--dry-run")]:
        ran = await cli("messages", "retry", *words)
        assert (ran.code, "--partner" in ran.err) == (2, True)
    assert (await cli("messages", "retry", "x")).code == 1


async def test_the_address_of_a_partner(cli: Cli):
    """Where a partner is told things is set in one command; an address in the clear is bad input."""
    await cli("partners", "add", "wirral-health")
    told = await cli.ok("partners", "address", "wirral-health", "--email", "office@health.example", "--rate", "30")
    assert (told["addresses"], told["rate_per_minute"]) == ({"email": "office@health.example"}, 30)
    again = await cli("partners", "address", "wirral-health", "--email", "office@health.example")
    assert "office@health.example" in again.out
    assert (await cli("partners", "address", "wirral-health", "--webhook-url", "http://health.example/")).code == 2


async def test_reminders_by_another_channel(cli: Cli):
    """How somebody is reached is set with the rest and listed; the number itself is shown nowhere again."""
    known = ("staff", "add", "kw-mobile", "--email", "kw@council.example")
    told = await cli.ok(*known, "--channel", "sms", "--mobile", "07700 900123")
    assert told["channel"] == "sms"
    listed = await cli("staff", "list")
    assert ("sms" in listed.out, "900123" in listed.out, "900123" in str(told)) == (True, False, False)
    new = ("staff", "add", "kw-no-mobile", "--email", "kw@council.example")
    missing = await cli(*new, "--channel", "sms")
    assert (missing.code, "sms needs an address" in missing.err) == (2, True)
    assert (await cli.ok(*known, "--channel", "email"))["channel"] == "email"


async def test_a_partner_s_mobile(cli: Cli):
    """A number is kept in one form; one that is none is bad input, with how to write it."""
    await cli("partners", "add", "wirral-wardens")
    told = await cli.ok("partners", "address", "wirral-wardens", "--mobile", "07700 900123")
    assert told["addresses"] == {"mobile": "+447700900123"}
    wrong = await cli("partners", "address", "wirral-wardens", "--mobile", "0151 606 2000")
    assert (wrong.code, "write it like 07700 900123" in wrong.err) == (2, True)
