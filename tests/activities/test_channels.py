"""Each partner is told by the channel that its agreement names, at the address that is kept for it."""

import pytest
from temporalio.exceptions import ApplicationError


async def test_by_mail(agreed):
    """The partner's address gets the allowed words, as text and HTML, under a Message-ID of the effect's id."""
    tell, mail, _ = agreed
    effect, *outcome = await tell("email", "office@police.example")
    assert outcome == [None, None]
    [arrived] = mail.received
    assert arrived.recipient == "office@police.example"
    assert effect.effect_id.replace(":", ".") in arrived.key
    assert b"Stage: referral" in arrived.body
    assert b"<li>Stage: referral</li>" in arrived.html


async def test_by_govuk_notify(agreed):
    """Notify is given the partner's address and the words, under the effect's id."""
    tell, mail, service = agreed
    effect, *outcome = await tell("govuk-notify", "office@police.example")
    assert outcome == [None, None]
    [taken] = service.taken
    assert (taken["reference"], taken["email_address"]) == (effect.effect_id, "office@police.example")
    assert mail.received == []


@pytest.mark.parametrize(
    ("channel", "address", "changes", "reason"),
    [
        ("email", None, {}, "no-address"),
        ("email", "office@police.example", {"smtp_host": None}, "no-mail-server"),
        ("govuk-notify", None, {}, "no-address"),
        ("govuk-notify", "office@police.example", {"notify_templates": {}}, "no-notify-service"),
        ("webhook", "office@police.example", {}, "no-webhook"),
    ],
)
async def test_without_what_the_channel_needs(agreed, channel, address, changes, reason):
    """Nothing goes another way than the agreed one: what is missing is said instead."""
    tell, mail, service = agreed
    _, *outcome = await tell(channel, address, **changes)
    assert outcome == ["refused", reason]
    assert (mail.received, service.taken) == ([], [])


async def test_a_final_answer_by_mail(agreed):
    """An address that the mail server refuses for good is not tried again."""
    tell, mail, _ = agreed
    mail.fail(1, 550)
    with pytest.raises(ApplicationError) as fault:
        await tell("email", "gone@police.example")
    assert (fault.value.type, fault.value.non_retryable) == ("MailRefused", True)
