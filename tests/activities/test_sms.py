"""Text messages: whose number is taken, how little they say, and what becomes of them; against a stand-in of Notify."""

import re
from datetime import date
from typing import get_args

import pytest
from notify_stand_in import KEY, TEMPLATE, notify
from temporalio.exceptions import ApplicationError

from activities.delivery import templates
from activities.delivery.sms import Sms
from domain.channels import checked
from domain.journey import events
from domain.journey.effects import Remind
from domain.journey.state import Journey
from domain.programme.clocks import Work
from store import staff
from wiring.settings import Settings

NUMBER = "+447700900123"
TEMPLATES = {"email": TEMPLATE, "sms": TEMPLATE}
SMS = Sms(Settings(database_url="", temporal_address="", secrets_dir="nowhere"), None)
ONE_TEXT = 160  # letters; Notify charges for a second one from here on
PLAIN = re.compile(r"[A-Za-z0-9 ,:-]+")  # letters of the GSM alphabet, and nothing that makes a link
LONGEST = "F-ZZZZ-ZZZZ"
DAY = date(2012, 12, 31)


@pytest.fixture
async def service(office, tmp_path):
    """A stand-in of Notify; the coordinator Bea has a mobile, and Ann is mailed."""
    (tmp_path / "notify.key").write_text(KEY)
    bea = staff.StaffMember("bea", "coordinator", "bea@council.example", channel="sms")
    await staff.add(office.pool, bea, {"mobile": NUMBER})
    async with notify() as state:
        changes = {"notify_url": state.url, "notify_templates": TEMPLATES}
        office.settings = office.settings.model_copy(update=changes)
        yield state


@pytest.mark.parametrize(
    "written", ["07700 900123", "07700-900123", "(07700) 900123", "+44 7700 900123", "+44 (0)7700 900123"]
)
def test_a_number_is_kept_in_one_form(written):
    """However people write it, the number is kept as Notify takes it."""
    assert checked({"mobile": written}) == {"mobile": NUMBER}


@pytest.mark.parametrize("written", ["07400 123456", "07624 123456", "+353 85 012 3456", "07700900000"])
def test_mobiles_of_all_networks_are_taken(written):
    """Great Britain's, the Isle of Man's and those abroad, and the numbers by which Notify is tried out."""
    assert checked({"mobile": written})["mobile"].startswith("+")


@pytest.mark.parametrize(
    "written",
    ["0151 606 2000", "07007 123456", "0740012345", "kim 07700900123", "07400 123456 ext 3", "٠٧٤٠٠١٢٣٤٥٦", "+", ""],
)
def test_what_no_text_can_be_sent_to_is_refused(written):
    """A landline, a number that no phone has, and anything that is no number, with how to write one."""
    with pytest.raises(ValueError, match=r"^mobile: not a mobile number; write it like 07700 900123"):
        checked({"mobile": written})


@pytest.mark.parametrize("work", get_args(Work))
@pytest.mark.parametrize("escalation", [False, True])
def test_a_reminder_is_one_text_that_names_nobody(work, escalation):
    """For all work there is: the work, its day and the family's reference; one text, no link, nobody's name."""
    message = Remind(effect_id="e", reminder_id="r", work=work, due_on=DAY, to="holder", escalation=escalation)
    journey = Journey(reference=LONGEST, key_worker="markholder", locality="marktown", handover_to="markother")
    [text] = SMS.says(templates.reminder(message, journey, templates.Queued(7, ("markroom",)))).values()
    assert LONGEST in text
    assert work.replace("-", " ") in text.lower()
    assert PLAIN.fullmatch(text)
    assert len(text) <= ONE_TEXT
    assert "mark" not in text


@pytest.mark.parametrize(
    "about", [kind.model_fields["type"].default for kind in get_args(get_args(events.AnyEvent)[0])]
)
def test_a_notification_is_one_text_too(about):
    """For every event a partner may be told of: what happened and the reference, whatever else the mail would say."""
    told = {"reference": LONGEST, "about": about, "on": DAY.isoformat(), "key_worker": "kim", "needs": ["debt"]}
    [text] = SMS.says(templates.notice(told)).values()
    assert text == f"Family {LONGEST}: {about.replace('-', ' ')}"
    assert PLAIN.fullmatch(text)
    assert len(text) <= ONE_TEXT


async def test_a_reminder_by_text(office, service, reminder):
    """Bea gets a text under the effect's id and her name, Ann her mail; a second run sends nothing."""
    assert [await office.remind(reminder) for _ in range(2)] == [(None, None)] * 2
    assert service.taken == [
        {
            "phone_number": NUMBER,
            "template_id": TEMPLATE,
            "personalisation": {"body": "Identification for F-7K3Q-9D2X, due 2012-05-09"},
            "reference": f"{reminder.effect_id}:bea",
        }
    ]
    assert [mail.recipient for mail in office.mail.received] == ["ann@council.example"]


@pytest.mark.parametrize("lacking", ["template", "number"])
async def test_who_cannot_be_sent_a_text_is_mailed(office, service, reminder, lacking):
    """Notify is not set up for texts, or has no number to send to: the reminder comes by mail."""
    if lacking == "number":
        await office.pool.execute("UPDATE staff SET addresses = '{}' WHERE name = 'bea'")
    templates_set = {"email": TEMPLATE} if lacking == "template" else TEMPLATES
    assert await office.remind(reminder, notify_templates=templates_set) == (None, None)
    assert [mail.recipient for mail in office.mail.received] == ["ann@council.example, bea@council.example"]
    assert service.taken == []


@pytest.mark.parametrize(("status", "final"), [(400, True), (403, True), (429, False), (503, False)])
async def test_what_notify_answers(office, service, reminder, status, final):
    """With nobody else to remind, a final answer ends the reminder and any other is tried again."""
    await office.pool.execute("UPDATE staff SET active = name = 'bea'")
    service.answers = [status]
    with pytest.raises(ApplicationError) as fault:
        await office.remind(reminder)
    assert (fault.value.type, fault.value.non_retryable) == ("NotifyRefused", final)


async def test_a_partner_by_text(agreed):
    """Where the agreement says so, the partner's mobile gets what happened, under the effect's id."""
    tell, mail, service = agreed
    effect, *outcome = await tell("sms", NUMBER, at="mobile", notify_templates=TEMPLATES)
    assert outcome == [None, None]
    [taken] = service.taken
    assert (taken["phone_number"], taken["reference"]) == (NUMBER, effect.effect_id)
    assert taken["personalisation"] == {"body": "Family F-7K3Q-9D2X: family referred"}
    assert mail.received == []


@pytest.mark.parametrize(
    ("at", "changes", "reason"),
    [("email", {"notify_templates": TEMPLATES}, "no-address"), ("mobile", {}, "no-notify-service")],
)
async def test_a_partner_is_sent_nothing_else_instead(agreed, at, changes, reason):
    """Without a number, or a template for texts, the partner is sent nothing; the reason says what is missing."""
    tell, mail, service = agreed
    _, *outcome = await tell("sms", NUMBER, at=at, **changes)
    assert outcome == ["refused", reason]
    assert (mail.received, service.taken) == ([], [])
