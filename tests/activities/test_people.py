"""Reminders to our own people: each by the channel they chose, once each, and to nobody less for one that fails."""

import pytest
from notify_stand_in import KEY, TEMPLATE, notify
from temporalio.exceptions import ApplicationError

from domain.journey import commands as ask
from store import effects, staff

BEA = staff.StaffMember("bea", "coordinator", "bea@council.example", channel="govuk-notify")
SENT = (None, None)


@pytest.fixture
async def service(office, tmp_path):
    """A stand-in of Notify, and a coordinator beside Ann who is reminded through it."""
    (tmp_path / "notify.key").write_text(KEY)
    await staff.add(office.pool, BEA)
    async with notify() as state:
        office.settings = office.settings.model_copy(
            update={"notify_url": state.url, "notify_templates": {"email": TEMPLATE}}
        )
        yield state


def mailed(office):
    """The addresses of each mail."""
    return [mail.recipient for mail in office.mail.received]


def notified(service):
    """The addresses that Notify was given."""
    return [taken["email_address"] for taken in service.taken]


async def test_each_by_their_own_channel_and_once(office, service, reminder):
    """Ann is mailed and Bea hers is handed to Notify, under the effect's id and her name; no second time."""
    assert [await office.remind(reminder) for _ in range(2)] == [SENT, SENT]
    assert (mailed(office), notified(service)) == (["ann@council.example"], ["bea@council.example"])
    assert [taken["reference"] for taken in service.taken] == [f"{reminder.effect_id}:bea"]


async def test_whom_it_reached_is_not_sent_it_again(office, service, reminder):
    """Notify is away at first: Ann has her mail all the same, and the next try is for Bea alone."""
    service.answers = [503]
    with pytest.raises(ApplicationError) as fault:
        await office.remind(reminder)
    assert (fault.value.non_retryable, mailed(office), notified(service)) == (False, ["ann@council.example"], [])
    assert await office.remind(reminder) == SENT
    assert (mailed(office), notified(service)) == (["ann@council.example"], ["bea@council.example"])


async def test_a_mail_server_that_is_away_holds_up_nobody(office, service, reminder):
    """Bea is reached though the mail to Ann has to wait; when it goes, Bea gets no second one."""
    office.mail.fail(1, 451)
    with pytest.raises(Exception, match="451"):
        await office.remind(reminder)
    assert (mailed(office), notified(service)) == ([], ["bea@council.example"])
    assert await office.remind(reminder) == SENT
    assert (mailed(office), notified(service)) == (["ann@council.example"], ["bea@council.example"])


async def test_what_may_have_arrived_is_asked_of_notify_alone(office, service, reminder):
    """Notify took the message and answered with a fault: the next try asks for it and does not send it again."""
    service.keep, service.answers = True, [503]
    with pytest.raises(ApplicationError):
        await office.remind(reminder)
    await effects.begin(office.pool, reminder.effect_id, "bea")
    assert await office.remind(reminder) == SENT
    assert (notified(service), service.asked) == (["bea@council.example"], [f"{reminder.effect_id}:bea"])


async def test_one_who_refuses_for_good_ends_it_for_nobody_else(office, service, reminder):
    """Notify will not have Bea's address: Ann is reminded, and that is that."""
    service.answers = [400]
    assert await office.remind(reminder) == SENT
    assert (mailed(office), notified(service)) == (["ann@council.example"], [])


async def test_a_reminder_that_everybody_refuses_has_failed(office, service, reminder):
    """Neither the mail server nor Notify takes it, for good: no further try."""
    service.answers = [400]
    office.mail.fail(1, 550)
    with pytest.raises(ApplicationError) as fault:
        await office.remind(reminder)
    assert fault.value.non_retryable


async def test_who_cannot_be_reached_by_their_channel_is_mailed(office, service, reminder):
    """There is no template at Notify: Bea is mailed together with Ann, in one mail."""
    assert await office.remind(reminder, notify_templates={}) == SENT
    assert mailed(office) == ["ann@council.example, bea@council.example"]
    assert notified(service) == []


async def test_without_a_mail_server_the_others_are_reached(office, service, reminder):
    """Ann cannot be mailed, and Bea needs no mail server."""
    assert await office.remind(reminder, smtp_host=None) == SENT
    assert notified(service) == ["bea@council.example"]


async def test_a_reminder_that_reached_one_and_is_not_wanted_any_more(office, service, reminder):
    """Ann was reminded, Bea was not yet, and the work is done: what became of it is not sure."""
    service.answers = [503]
    with pytest.raises(ApplicationError):
        await office.remind(reminder)
    await office.do(ask.IdentifyFamily, criteria=("poverty",))
    assert await office.remind(reminder) == ("failed", "unconfirmed")
