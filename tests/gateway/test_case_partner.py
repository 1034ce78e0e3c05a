"""An action that a partner has to do, closed by the partner through its own signed door."""

import json
import uuid
from typing import Any

from tests.doors import Doors, event, signed
from tests.eventually import eventually
from tests.gateway.test_case_door import case


async def send(doors: Doors, partner: str, uprn: str, action: str) -> str:
    """Say that an action is done; return the event's id."""
    secret = await doors.partner(partner)
    told = event(partner, "action-done", f"uprn:{uprn}", {"action": action, "on": "2012-05-20", "note": "Wren was out"})
    body = json.dumps([told])
    async with doors.bare(signed(secret, body)) as client:
        receipt = (await client.post("/v1/events", content=body)).json()["receipts"][0]
    assert receipt["outcome"] == "accepted", receipt
    return str(told["id"])


async def status(doors: Doors, partner: str, name: str) -> Any:
    """Return what became of an event, once something did."""
    path = f"/v1/events/{name}"
    headers = signed(await doors.partner(partner), "", name=path) | {"ce-source": f"/partners/{partner}"}
    async with doors.bare(headers) as client:
        told = (await client.get(path)).json()
    return (told["status"], told["reason"]) if told["status"] in {"applied", "refused"} else None


async def test_a_partner_closes_its_own_action(doors: Doors):
    """The event closes the action in the partner's name; that of another partner is refused, and says why."""
    uprn = str(10**11 + uuid.uuid4().int % 10**10)
    reference = await doors.referred(address="77 Larkspindle Way", postcode="CH41 9QX", uprn=uprn)
    told = {"need": "poverty", "owner": "partner:wirral-housing", "due_on": "2012-06-20", "do": "home-repair"}
    assert (await doors.step(reference, "case/add-action", on="2012-05-10", **told)).status_code == 200
    other = await send(doors, "wirral-schools", uprn, "A1")
    assert await eventually(lambda: status(doors, "wirral-schools", other)) == ("refused", "unknown-action")
    own = await send(doors, "wirral-housing", uprn, "A1")
    assert await eventually(lambda: status(doors, "wirral-housing", own)) == ("applied", None)
    (action,) = (await case(doors, reference))["actions"]
    assert (action["state"], action["closed_on"], action["closed_by"]) == (
        "done",
        "2012-05-20",
        "partner:wirral-housing",
    )


async def test_what_a_partner_s_event_says_besides_is_not_kept(doors: Doors):
    """The name of the action and the day are kept; any other field is dropped."""
    stored = await doors.services.pool.fetch("SELECT t::text FROM inbox AS t UNION ALL SELECT e::text FROM events AS e")
    assert not [row[0] for row in stored if "Wren was out" in row[0]]
