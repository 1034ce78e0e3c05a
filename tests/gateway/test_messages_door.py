"""Messages that did not go out: listed, shown with what would become of them, and tried again by those who may."""

import pytest
from doors import PROBLEM

from store import effects
from tests.unsent import planned, unsent


async def rows(doors, **params):
    """List messages as a coordinator."""
    async with doors.client("coordinator") as client:
        answer = await client.get("/v1/messages", params={"limit": 500, **params})
    assert answer.status_code == 200, answer.text
    return {row["message_id"]: row for row in answer.json()}


async def test_what_failed_is_listed_with_its_reason(doors):
    """A failed message stands in its list, with family, partner and reason, and in no other."""
    reference, message = await unsent(doors)
    row = (await rows(doors))[message]
    assert (row["reference"], row["state"], row["reason"]) == (reference, "failed", "gave-up")
    assert row["told_at"] is not None
    assert message in await rows(doors, partner="wirral-schools")
    assert message not in await rows(doors, partner="merseyside-police")
    assert message not in await rows(doors, state="refused")


async def test_what_was_refused_is_listed_and_shown_with_its_reason(doors):
    """A refused message says why in the list, when shown, and on the family's timeline."""
    reference, message = await unsent(doors, "refused", "no-consent-in-force")
    assert (await rows(doors, state="refused"))[message]["reason"] == "no-consent-in-force"
    async with doors.client() as client:
        shown = (await client.get(f"/v1/messages/{message}")).json()
        story = (await client.get(f"/v1/journeys/{reference}")).json()
    assert (shown["refused_today"], shown["says"]) == ("no-consent-in-force", None)
    told = [one["event"] for one in story["timeline"] if one["event"]["type"] == "notification-not-sent"]
    assert [event["reason"] for event in told] == ["no-consent-in-force"]


async def test_a_message_is_shown_with_what_it_would_say(doors):
    """Where consent and agreement allow it today, the body is shown as the partner would get it."""
    reference, message = await unsent(doors, consent=True)
    async with doors.client() as client:
        shown = (await client.get(f"/v1/messages/{message}")).json()
    assert shown["refused_today"] is None
    assert shown["says"] == {
        "type": "family-journeys.family-identified",
        "reference": reference,
        "stage": "identification",
        "on": shown["message"]["on"],
    }


async def test_a_failed_message_is_tried_again(doors):
    """The journey says so, a new effect with an id of its own is planned, and the old one leaves the list."""
    reference, message = await unsent(doors)
    async with doors.client("coordinator") as client:
        answers = [
            (await client.post(f"/v1/messages/{message}/retry", headers={"Idempotency-Key": f"k-{reference}"})).json()
            for _ in range(2)
        ]
    assert answers[0] == answers[1]
    assert answers[0]["happened"] == ["message-retried"]
    async with doors.services.pool.acquire() as conn:
        every = await effects.of_journey(conn, answers[0]["journey_id"])
    assert [(row.effect_id, row.state) for row in every] == [
        (message, "retried"),
        (f"{message}:retry-1", "planned"),
    ]
    assert message not in await rows(doors)


async def test_what_is_still_under_way_is_not_tried_again(doors):
    """A message whose outcome is not known is refused, and nothing happens."""
    _, row = await planned(doors)
    async with doors.client() as client:
        answer = await client.post(f"/v1/messages/{row.effect_id}/retry")
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}nothing-to-retry")


async def test_pages(doors):
    """The list comes in pages, each beginning where the one before ended."""
    failed = {(await unsent(doors))[1] for _ in range(2)}
    told, following = [], "/v1/messages?limit=1"
    async with doors.client() as client:
        while following:
            answer = await client.get(following)
            told += [row["message_id"] for row in answer.json()]
            following = answer.links.get("next", {}).get("url")
    assert told == list(await rows(doors))
    assert failed <= set(told)


async def test_all_that_failed_to_one_partner(doors):
    """A dry run changes nothing; then each is tried again, and those to others are left alone."""
    failed = {(await unsent(doors))[1] for _ in range(2)}
    _, refused = await unsent(doors, "refused", "partner-suspended")
    async with doors.client() as client:
        dry = (await client.post("/v1/messages/retry", json={"partner": "wirral-schools", "dry_run": True})).json()
        other = (await client.post("/v1/messages/retry", json={"partner": "merseyside-police"})).json()
        assert failed <= set(await rows(doors))
        done = (await client.post("/v1/messages/retry", json={"partner": "wirral-schools"})).json()
    assert failed <= set(dry["retried"])
    assert not failed & set(other["retried"])
    assert (failed <= set(done["retried"]), done["left"]) == (True, [])
    assert not failed & set(await rows(doors))
    assert refused in await rows(doors, state="refused")


@pytest.mark.parametrize(
    ("role", "listed", "one", "many"),
    [
        ("auditor", 200, 403, 403),
        ("analyst", 403, 403, 403),
        ("key-worker", 403, 403, 403),
        ("coordinator", 200, 200, 200),
    ],
)
async def test_who_may(doors, role, listed, one, many):
    """Whoever may read sees the lists; only who works with the family tries again, and only staff in charge in bulk."""
    _, message = await unsent(doors)
    async with doors.client(role) as client:
        answers = [
            await client.get("/v1/messages"),
            await client.post(f"/v1/messages/{message}/retry"),
            await client.post("/v1/messages/retry", json={"partner": "kent-police"}),
        ]
    assert [answer.status_code for answer in answers] == [listed, one, many]


async def test_an_unknown_message(doors):
    """A message nobody knows is said to be unknown."""
    async with doors.client() as client:
        answer = await client.get("/v1/messages/journey:wirral:F-7K3Q-9D2X:1:1:1")
    assert (answer.status_code, answer.json()["type"]) == (404, f"{PROBLEM}unknown-message")


async def test_the_addresses_of_a_partner(doors):
    """A partner's addresses are set together; one that would be told in the clear is refused, and so is a stranger."""
    await doors.partner("wirral-housing")
    async with doors.client() as client:
        body = {"addresses": {"email": "office@housing.example"}, "rate_per_minute": 30}
        kept = await client.put("/v1/partners/wirral-housing/address", json=body)
        open_to_all = {"addresses": {"webhook_url": "http://housing.example/"}}
        clear = await client.put("/v1/partners/wirral-housing/address", json=open_to_all)
        stranger = await client.put("/v1/partners/nobody/address", json={})
    assert (kept.json()["addresses"]["email"], kept.json()["rate_per_minute"]) == ("office@housing.example", 30)
    assert (clear.status_code, "https" in clear.json()["detail"]) == (422, True)
    assert stranger.status_code == 404


async def test_a_category_that_nobody_knows_is_refused(doors):
    """A consent to a mistyped category would cover nothing, silently: it is refused with the categories there are."""
    reference = await doors.referred()
    answer = await doors.step(reference, "consent", categories=["stages"])
    assert (answer.status_code, "use stage, dates" in answer.json()["remedy"]) == (422, True), answer.text


async def test_a_message_of_others_is_as_one_that_is_not(doors):
    """A key worker learns by no answer whether a family that others hold, or nobody, has a message."""
    _, message = await unsent(doors)
    none = f"{message[:-1]}{'8' if message.endswith('9') else '9'}:no"
    stranger = await doors.worker()
    async with doors.client("key-worker", stranger) as client:
        told = [
            (answer.status_code, answer.json())
            for one in (message, none)
            for answer in (await client.get(f"/v1/messages/{one}"), await client.post(f"/v1/messages/{one}/retry"))
        ]
    async with doors.client() as client:
        assert (await client.get(f"/v1/messages/{none}")).status_code == 404
    assert (told[:2], told[0][0]) == (told[2:], 403)
