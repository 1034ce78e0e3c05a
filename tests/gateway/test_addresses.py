"""The addresses that staff give: of networks that are ours, with passwords in them, and of no mail."""

import pytest

from store import partners
from tests.doors import Doors

WEBHOOKS = {
    "https://10.0.0.7/hook": "not a public address",
    "https://169.254.169.254/latest/meta-data": "not a public address",
    "https://2852039166/": "not a public address",
    "https://[::ffff:192.168.0.1]/": "not a public address",
    "https://metadata.google.internal/": "not a public address",
    "https://intranet/hook": "not a public address",
    "https://kim:sesame@partner.example/hook": "holds a name or a password",
    "https://kim@partner.example/hook": "holds a name or a password",
}


@pytest.mark.parametrize("url", WEBHOOKS)
async def test_a_webhook_that_is_refused(doors: Doors, url: str):
    """At both doors, with the field, the fault and the remedy."""
    await doors.partner("wirral-health")
    async with doors.client() as client:
        answers = [
            await client.put("/v1/partners/wirral-health/address", json={"addresses": {"webhook_url": url}}),
            await client.post("/v1/partners", json={"name": "someone-new", "addresses": {"webhook_url": url}}),
        ]
    for answer in answers:
        assert (422, True, True) == (
            answer.status_code,
            WEBHOOKS[url] in answer.json()["detail"],
            "sesame" not in answer.text,
        ), answer.text


async def test_a_live_gateway_refuses_this_machine(doors: Doors, monkeypatch: pytest.MonkeyPatch):
    """Without the setting a webhook on this machine is refused as any other private one."""
    await doors.partner("wirral-health")
    body = {"addresses": {"webhook_url": "http://127.0.0.1:9/x"}}
    async with doors.client() as client:
        open_ = await client.put("/v1/partners/wirral-health/address", json=body)
        monkeypatch.setattr(doors.services.settings, "webhook_loopback", False)
        closed = await client.put("/v1/partners/wirral-health/address", json=body)
        monkeypatch.undo()
        await client.put("/v1/partners/wirral-health/address", json={})
    assert (200, 422) == (open_.status_code, closed.status_code), closed.text


async def test_what_an_address_holds_is_for_who_sets_it(doors: Doors):
    """A password kept from earlier is shown to nobody, and the path, which may be a secret too, to managers only."""
    await doors.partner("wirral-health")
    url = "https://kim:sesame@partner.example/hooks/T0KEN?key=T0KEN"
    await partners.set_addresses(doors.services.pool, "wirral-health", {"webhook_url": url})
    seen = {}
    for role in ("manager", "coordinator", "auditor"):
        async with doors.client(role) as client:
            rows = (await client.get("/v1/partners")).json()["partners"]
        seen[role] = next(row["addresses"]["webhook_url"] for row in rows if row["name"] == "wirral-health")
    await partners.set_addresses(doors.services.pool, "wirral-health", {})
    assert seen == {
        "manager": "https://partner.example/hooks/T0KEN?key=T0KEN",
        "coordinator": "https://partner.example/...",
        "auditor": "https://partner.example/...",
    }


@pytest.mark.parametrize("email", ["a<b@c.example", "a@b..c", '"@x', "kim@c.example>"])
async def test_an_address_of_no_mail(doors: Doors, email: str):
    """Neither a member of staff nor a partner gets an address that no mail can be made of."""
    await doors.partner("wirral-health")
    async with doors.client() as client:
        answers = [
            await client.put("/v1/partners/wirral-health/address", json={"addresses": {"email": email}}),
            await client.post("/v1/staff", json={"name": "kw-bad", "email": email}),
        ]
    assert [(422, "email: not one e-mail address")] * 2 == [
        (answer.status_code, answer.json()["detail"]) for answer in answers
    ]
