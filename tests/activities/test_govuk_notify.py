"""GOV.UK Notify, against a local stand-in of its documented API; nothing here has met the real service."""

import pytest
from notifications_python_client.errors import APIError
from notify_stand_in import KEY, TEMPLATE, notify
from temporalio.exceptions import ApplicationError

from activities.delivery.govuk_notify import GovukNotify
from activities.delivery.protocol import Receiver
from activities.delivery.templates import Message
from wiring.settings import Settings

MESSAGE = Message("Family F-1: news", "plain words", "<p>marked up</p>")
REFERENCE = "journey:wirral:F-1:1:3:1"


def channel(secrets_dir, url):
    """The channel with a template of ours."""
    settings = Settings(
        database_url="",
        temporal_address="",
        secrets_dir=secrets_dir,
        notify_url=url,
        notify_templates={"email": TEMPLATE},
    )
    return GovukNotify(settings, None)


@pytest.fixture
async def service():
    """A stand-in of Notify."""
    async with notify() as state:
        yield state


@pytest.fixture
def hand_over(tmp_path, service):
    """Hand one message over to Notify."""
    (tmp_path / "notify.key").write_text(KEY)
    ours = channel(tmp_path, service.url)

    async def send(*, again=False, template=None):
        receiver = Receiver("office", ("office@partner.example",), "office", template=template)
        await ours.send(REFERENCE, receiver, MESSAGE, again=again)

    return send


async def test_a_message_is_handed_over(service, hand_over):
    """It goes to the partner's address by the template, under the effect's id, with subject and body to fill in."""
    await hand_over()
    assert service.taken == [
        {
            "email_address": "office@partner.example",
            "template_id": TEMPLATE,
            "personalisation": {"subject": "Family F-1: news", "body": "plain words"},
            "reference": REFERENCE,
        }
    ]
    assert service.asked == []


@pytest.mark.parametrize(("status", "final"), [(400, True), (403, True), (429, False), (500, False), (503, False)])
async def test_what_notify_answers(service, hand_over, status, final):
    """A 4xx stays the same however often one asks, but for too many requests; a 5xx may pass."""
    service.answers = [status]
    with pytest.raises(ApplicationError) as fault:
        await hand_over()
    assert (fault.value.type, fault.value.non_retryable) == ("NotifyRefused", final)
    assert service.taken == []


async def test_a_template_that_notify_does_not_have(hand_over):
    """A wrong template is final: only the settings mend it."""
    with pytest.raises(ApplicationError) as fault:
        await hand_over(template="00000000-0000-0000-0000-000000000000")
    assert fault.value.non_retryable


async def test_what_notify_may_have_is_asked_first(service, hand_over):
    """Notify takes a reference twice, so after an uncertain try it is asked, and a message it has is not sent again."""
    service.keep, service.answers = True, [503]
    with pytest.raises(ApplicationError):
        await hand_over()
    await hand_over(again=True)
    assert (len(service.taken), service.asked) == (1, [REFERENCE])


async def test_an_uncertain_try_that_did_not_arrive_is_made_again(service, hand_over):
    """When Notify does not know the reference, the message is handed over."""
    await hand_over(again=True)
    assert (len(service.taken), service.asked) == (1, [REFERENCE])


async def test_a_service_that_is_not_there(tmp_path):
    """Without an answer nobody knows what became of it: no answer of Notify's is made up."""
    (tmp_path / "notify.key").write_text(KEY)
    receiver = Receiver("office", ("a@b.example",), "office")
    with pytest.raises(APIError):
        await channel(tmp_path, "http://127.0.0.1:9").send(REFERENCE, receiver, MESSAGE, again=False)


def test_templates_are_set_by_their_kind(monkeypatch):
    """Each kind of template at Notify has a setting of its own in the environment."""
    for name, value in (("DATABASE_URL", "x"), ("TEMPORAL_ADDRESS", "x"), ("SECRETS_DIR", "x")):
        monkeypatch.setenv(f"JOURNEYS_{name}", value)
    monkeypatch.setenv("JOURNEYS_NOTIFY_TEMPLATES__EMAIL", TEMPLATE)
    monkeypatch.setenv("JOURNEYS_NOTIFY_TEMPLATES__SMS", "another")
    assert Settings().notify_templates == {"email": TEMPLATE, "sms": "another"}
