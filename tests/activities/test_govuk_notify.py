"""GOV.UK Notify, against a local stand-in of its documented API; nothing here has met the real service."""

import pytest
from notifications_python_client.errors import APIError
from notify_stand_in import KEY, TEMPLATE, notify
from temporalio.exceptions import ApplicationError

from activities.delivery.govuk_notify import GovukNotify
from activities.delivery.templates import Words
from wiring.settings import Settings

WORDS = Words("Family F-1: news", "plain words", "<p>marked up</p>")
REFERENCE = "journey:wirral:F-1:1:3:1"


@pytest.fixture
async def service():
    """A stand-in of Notify."""
    async with notify() as state:
        yield state


@pytest.fixture
def hand_over(tmp_path, service):
    """Hand one message over to Notify."""
    (tmp_path / "notify.key").write_text(KEY)
    settings = Settings(
        database_url="", temporal_address="", secrets_dir=tmp_path, notify_url=service.url, notify_template=TEMPLATE
    )
    ours = GovukNotify(settings)

    async def send(*, again=False, template=TEMPLATE):
        await ours.send(REFERENCE, "office@partner.example", template, WORDS, again=again)

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
    assert (fault.value.type, fault.value.non_retryable) == ("PartnerRefused", final)
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
    settings = Settings(database_url="", temporal_address="", secrets_dir=tmp_path, notify_url="http://127.0.0.1:9")
    with pytest.raises(APIError):
        await GovukNotify(settings).send(REFERENCE, "a@b.example", TEMPLATE, WORDS, again=False)
