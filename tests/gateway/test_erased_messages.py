"""Messages of a family erased on a later journey: nothing brings them out any more, and nobody is sent to try."""

import pytest

from domain.calendar import calendar_of
from store import doctor
from tests.doors import NOON, PROBLEM, Doors
from tests.gateway.erasable import erase
from tests.unsent import unsent


@pytest.fixture
async def failed(doors: Doors) -> tuple[str, str]:
    """A failed message of the first of two closed journeys, which consent and agreement would let out."""
    form = doors.form()
    reference, message = await unsent(doors, consent=True, **form)
    assert (await doors.step(reference, "close", outcome="moved-away")).status_code == 200
    assert await doors.referred(**form) == reference
    assert (await doors.step(reference, "close", outcome="moved-away")).status_code == 200
    return reference, message


async def looked_at(doors: Doors, reference: str) -> list[str]:
    """What the doctor finds wrong with the family."""
    async with doors.services.pool.acquire() as conn:
        found = await doctor.journeys(conn, NOON, calendar_of("ENG"), working=True)
    return [one.code for one in found if one.reference == reference and one.code == "notification-failed"]


async def test_it_is_not_tried_again(doors: Doors, failed: tuple[str, str]):
    """Tried again after the erasure it is refused as erased, and shown it would say nothing to anybody."""
    reference, message = failed
    assert (await erase(doors, reference)).status_code == 200
    async with doors.client() as client:
        shown = (await client.get(f"/v1/messages/{message}")).json()
        answer = await client.post(f"/v1/messages/{message}/retry")
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}erased")
    assert (shown["state"], shown["refused_today"], shown["says"]) == ("failed", "family-erased", None)


async def test_nobody_is_sent_to_try_it_again(doors: Doors, failed: tuple[str, str]):
    """The doctor names it until the family is erased and not after; nor does trying all again stop at it."""
    reference, message = failed
    assert await looked_at(doors, reference) == ["notification-failed"]
    assert (await erase(doors, reference)).status_code == 200
    assert await looked_at(doors, reference) == []
    async with doors.client() as client:
        dry = (await client.post("/v1/messages/retry", json={"dry_run": True})).json()
        done = (await client.post("/v1/messages/retry", json={})).json()
    assert message not in dry["retried"] + done["retried"]
    assert message not in {left["message_id"] for left in done["left"]}
