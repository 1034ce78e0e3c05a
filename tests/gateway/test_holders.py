"""Queue, waiver, handover between teams, leave: through the staff door."""

import uuid
from typing import Any

import httpx

from domain.calendar import local_date
from store import journal, programmes
from tests.doors import NOON, PROBLEM, Doors


async def waiting(doors: Doors, **changes: Any) -> str:
    """Refer a family that is found eligible and waits."""
    reference = await doors.referred(**changes)
    assert (await doors.step(reference, "identify", criteria=["poverty", "addiction"])).status_code == 200
    return reference


async def post(doors: Doors, place: str, role: str = "manager", who: str = "ann", /, **body: Any) -> httpx.Response:
    async with doors.client(role, who) as client:
        return await client.post(place, json=body)


async def shown(doors: Doors, reference: str) -> dict[str, Any]:
    async with doors.client() as client:
        return (await client.get(f"/v1/journeys/{reference}")).json()


async def caseload(doors: Doors, families: int, cap: int | None = None) -> tuple[str, list[str]]:
    """A key worker who holds this many families."""
    worker = await doors.worker(cap=cap)
    references = [await waiting(doors) for _ in range(families)]
    for reference in references:
        assert (await doors.step(reference, "allocate", key_worker=worker)).status_code == 200
    return worker, references


async def empty(doors: Doors) -> None:
    """Allocate everybody whom other tests left in the queue."""
    worker = await doors.worker(cap=100)
    while (await post(doors, "/v1/queue/next", key_worker=worker)).status_code == 200:
        pass


async def test_the_queue(doors: Doors):
    """The queue tells each family's place, since when it waits and who has room; the next one is the oldest."""
    await empty(doors)
    first, second = await waiting(doors), await waiting(doors, referred_on="2012-05-02")
    worker = await doors.worker(cap=1)
    async with doors.client() as client:
        told = (await client.get("/v1/queue", params={"area": "wirral"})).json()["waiting"]
    assert [(row["reference"], row["place"]) for row in told] == [(first, 1), (second, 2)]
    assert told[0]["since"] == NOON.date().isoformat()
    assert told[0]["criteria"] == ["poverty", "addiction"]
    assert {"name": worker, "area": None, "free": 1, "unoffered": 1} in told[0]["room"]
    taken = await post(doors, "/v1/queue/next", key_worker=worker)
    assert (taken.status_code, taken.json()["reference"]) == (200, first)
    full = await post(doors, "/v1/queue/next", key_worker=worker)
    assert (full.status_code, full.json()["type"]) == (409, f"{PROBLEM}caseload-full")
    assert (await post(doors, "/v1/queue/next", key_worker=await doors.worker(), area="kent")).status_code == 409


async def test_the_next_family_is_taken_once_under_one_key(doors: Doors):
    """Whoever repeats the request for the next family under the same key gets the same family, and no second one."""
    await empty(doors)
    first, second = await waiting(doors), await waiting(doors, referred_on="2012-05-02")
    worker, headers = await doors.worker(), {"idempotency-key": uuid.uuid4().hex}
    async with doors.client() as client:
        told = [
            (await client.post("/v1/queue/next", json={"key_worker": worker}, headers=headers)).json() for _ in range(2)
        ]
    assert [answer["reference"] for answer in told] == [first, first]
    assert (await shown(doors, second))["holder"] is None


async def test_a_key_worker_of_an_area_takes_families_there(doors: Doors):
    """The queue's next family for a worker of another area is one of that area, here none."""
    await waiting(doors)
    await post(doors, "/v1/staff", name="kw-kent", email="k@council.example", area="kent")
    answer = await post(doors, "/v1/queue/next", key_worker="kw-kent")
    assert answer.json()["type"] == f"{PROBLEM}queue-empty"


async def test_anybody_with_room(doors: Doors):
    """A family is allocated to anybody only where that is asked for."""
    reference = await waiting(doors)
    await doors.worker(cap=100)
    assert (await doors.step(reference, "allocate")).status_code == 422
    assert (await doors.step(reference, "allocate", key_worker="kim", any=True)).status_code == 422
    assert (await doors.step(reference, "allocate", any=True)).status_code == 200
    assert (await shown(doors, reference))["holder"]


async def test_a_waiver(doors: Doors):
    """A manager exceeds a cap with a reason, which is shown and counted; a coordinator is refused."""
    worker, _ = await caseload(doors, 1, cap=1)
    reference = await waiting(doors)
    refused = await doors.step(reference, "allocate", role="coordinator", key_worker=worker, waiver="sibling-group")
    assert (refused.status_code, refused.json()["type"]) == (403, f"{PROBLEM}waiver-not-allowed")
    assert (await doors.step(reference, "allocate", key_worker=worker, waiver="sibling-group")).status_code == 200
    told = await shown(doors, reference)
    assert told["journey"]["waiver"] == "sibling-group"
    assert told["timeline"][-1]["event"]["waiver"] == "sibling-group"
    async with doors.client() as client:
        listed = {row["name"]: row for row in (await client.get("/v1/staff")).json()}
    assert [listed[worker][name] for name in ("held", "cap", "by_waiver")] == [2, 1, 1]


async def test_who_answers_an_offer(doors: Doors):
    """An offer is answered by whom it is made to or a manager of that team; a refusal comes back with its reason."""
    worker, [reference] = await caseload(doors, 1)
    other = await doors.worker()
    await post(doors, "/v1/staff", name=other, email="o@council.example", team="south", area="wirral")
    for name, team in (("mo-north", "north"), ("mo-south", "south")):
        form = {"name": name, "role": "manager", "email": "m@council.example", "team": team}
        async with doors.client() as client:
            assert (await client.post("/v1/staff", json=form)).status_code == 201
    offered = await doors.step(reference, "offer-handover", role="key-worker", name=worker, to=other)
    assert offered.status_code == 200, offered.text
    told = [row["event"] for row in (await shown(doors, reference))["timeline"]]
    event, reminder = (one for one in told if one["type"] in {"handover-offered", "reminder-fell-due"})
    assert ("handover-answer", "offered") == (reminder["work"], reminder["to"])  # at once
    assert (event["to"], event["to_team"], event["to_area"]) == (other, "south", "wirral")
    for role, name in (("coordinator", "co"), ("manager", "mo-north"), ("key-worker", worker)):
        answer = await doors.step(reference, "refuse-handover", role=role, name=name, reason="too-far")
        assert answer.status_code == 403, (role, name)
    answer = await doors.step(reference, "refuse-handover", name="mo-south", reason="too-far")
    assert answer.status_code == 200, answer.text
    told = await shown(doors, reference)
    [refused] = [row["event"] for row in told["timeline"] if row["event"]["type"] == "handover-refused"]
    assert (told["holder"], refused["reason"]) == (worker, "too-far")
    assert "handover-refusal" in {row["work"] for row in told["agenda"]}


async def test_an_offer_is_withdrawn_by_its_giver(doors: Doors):
    """The holder takes an offer back, and whom it was made to cannot."""
    worker, [reference] = await caseload(doors, 1)
    other = await doors.worker()
    await doors.step(reference, "offer-handover", to=other)
    assert (await doors.step(reference, "withdraw-handover", role="key-worker", name=other)).status_code == 403
    answer = await doors.step(reference, "withdraw-handover", role="key-worker", name=worker)
    assert answer.json()["happened"][0] == "handover-withdrawn"
    assert (await shown(doors, reference))["journey"]["handover_to"] is None


async def test_a_leave_is_shown_then_offered_then_accepted(doors: Doors):
    """A dry run changes nothing; the run offers every family, and run again changes nothing; receivers accept."""
    worker, references = await caseload(doors, 3)
    lee, mia = await doors.worker(), await doors.worker(cap=1)
    place, form = f"/v1/staff/{worker}/leave", {"to": [lee, mia], "from": "2012-06-01"}
    dry = (await post(doors, place, **form, dry_run=True)).json()
    assert (dry["room"], {row["state"] for row in dry["families"]}) == ({lee: 10, mia: 1}, {"to-offer"})
    assert all([(await shown(doors, reference))["journey"]["handover_to"] is None for reference in references])
    part = (await post(doors, place, **form, limit=1)).json()
    assert (part["left"], [row["state"] for row in part["families"]]) == (2, ["offered", "to-offer", "to-offer"])
    full = (await post(doors, place, **form)).json()
    again = (await post(doors, place, **form)).json()
    assert (full["left"], full["families"]) == (0, again["families"])
    assert {row["state"] for row in full["families"]} == {"offered"}
    for row in full["families"]:
        told = await shown(doors, row["reference"])
        assert (told["holder"], told["journey"]["handover_to"]) == (worker, row["to"])
        assert [one["event"]["type"] for one in told["timeline"]].count("handover-offered") == 1
    answer = await doors.step(await waiting(doors), "allocate", key_worker=worker)
    assert answer.json()["type"] == f"{PROBLEM}on-leave"
    first = full["families"][0]
    await doors.step(first["reference"], "accept-handover", role="key-worker", name=first["to"], key_worker=first["to"])
    async with doors.client("key-worker", first["to"]) as client:
        due = (await client.get("/v1/due")).json()
    assert first["reference"] in {row["reference"] for row in due}


async def test_a_manager_hands_a_caseload_over_at_once(doors: Doors):
    """With acceptance by a manager the receivers hold the families at once; others may not accept for them."""
    worker, references = await caseload(doors, 2)
    lee = await doors.worker()
    place, form = f"/v1/staff/{worker}/leave", {"to": [lee], "accept_for": True}
    refused = await post(doors, place, "coordinator", "co", **form)
    assert (refused.status_code, "lee" in lee or lee in refused.json()["detail"]) == (403, True)
    told = (await post(doors, place, **form)).json()
    assert {row["state"] for row in told["families"]} == {"handed-over"}
    assert [(await shown(doors, reference))["holder"] for reference in references] == [lee, lee]
    assert (await post(doors, f"/v1/staff/{worker}/return")).status_code == 200
    assert (await doors.step(await waiting(doors), "allocate", key_worker=worker)).status_code == 200
    assert (await post(doors, "/v1/staff/nobody-here/return")).status_code == 422


async def test_without_room_for_all_nothing_is_done(doors: Doors):
    """A leave is refused whole when a family would go to nobody, naming it; the worker is not on leave."""
    worker, references = await caseload(doors, 2)
    mia, place = await doors.worker(cap=1), f"/v1/staff/{worker}/leave"
    for to, said in (([mia], mia), ([], "nobody is named")):
        answer = await post(doors, place, to=to)
        assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}no-room")
        assert said in answer.json()["detail"]
        assert any(reference in answer.json()["detail"] for reference in references)
    assert (await doors.step(await waiting(doors), "allocate", key_worker=worker)).status_code == 200
    for to, code in (([worker], "same-holder"), (["nobody-here"], "unknown-key-worker")):
        assert (await post(doors, place, to=to)).json()["type"] == f"{PROBLEM}{code}"


async def test_room_is_that_of_the_family_s_own_programme(doors: Doors):
    """Who is full by the cap of a family's programme gets no offer of it, whatever the gateway's own one allows."""
    worker, [reference] = await caseload(doors, 1)
    lee, _ = await caseload(doors, 1)
    wide = await doors.services.programme()
    narrow = wide.model_copy(update={"caseload": wide.caseload.model_copy(update={"families": 1}), "hash": worker})
    async with doors.services.pool.acquire() as conn:
        await programmes.keep(conn, narrow)
        await conn.execute("UPDATE journeys SET programme_hash = $1 WHERE reference = $2", narrow.hash, reference)
        answer = await post(doors, f"/v1/staff/{worker}/leave", to=[lee], dry_run=True)
        await conn.execute("UPDATE journeys SET programme_hash = $1 WHERE reference = $2", wide.hash, reference)
    assert (answer.status_code, f"no room for {reference}" in answer.json()["detail"]) == (409, True), answer.text
    free = (await post(doors, f"/v1/staff/{worker}/leave", to=[lee], dry_run=True)).json()
    assert free["room"] == {lee: 9}


async def test_a_family_that_cannot_be_handed_over_holds_up_no_other(doors: Doors):
    """What is refused on the way is told with its reason, and the other families are handed over."""
    worker, references = await caseload(doors, 2)
    lee = await doors.worker(cap=2)
    await post(doors, f"/v1/staff/{worker}/leave", to=[lee])
    for reference in [await waiting(doors)]:
        assert (await doors.step(reference, "allocate", key_worker=lee)).status_code == 200
    told = (await post(doors, f"/v1/staff/{worker}/leave", to=[lee], accept_for=True)).json()
    assert sorted(row["state"] for row in told["families"]) == ["handed-over", "waits"]
    assert ["cap is 2" in row["reason"] for row in told["families"] if row["state"] == "waits"] == [True]
    assert sorted([(await shown(doors, reference))["holder"] for reference in references]) == sorted([lee, worker])


async def test_open_reminders_follow_the_family(doors: Doors):
    """A reminder that waits for an answer is answered by the new holder, and by the old one no more."""
    worker, [reference] = await caseload(doors, 1)
    lee = await doors.worker()
    doors.engine.clock = NOON.replace(month=8)
    try:
        await doors.step(reference, "record-contact", kind="attempted")
        open_ones = [one for one in (await shown(doors, reference))["journey"]["reminders"] if one["state"] == "due"]
        await post(doors, f"/v1/staff/{worker}/leave", to=[lee], accept_for=True)
        for name, status in ((worker, 403), (lee, 200)):
            answer = await doors.step(
                reference, "acknowledge", role="key-worker", name=name, reminder_id=open_ones[0]["id"]
            )
            assert answer.status_code == status, answer.text
    finally:
        doors.engine.clock = NOON


async def test_a_cap_is_set(doors: Doors):
    """A key worker's own cap is set by a manager, and nothing else of them changes."""
    worker = await doors.worker()
    told = (await post(doors, f"/v1/staff/{worker}/cap", families=12)).json()
    assert (told["cap"], told["email"]) == (12, f"{worker}@council.example")
    assert (await post(doors, f"/v1/staff/{worker}/cap", "coordinator", "co", families=12)).status_code == 403
    assert (await post(doors, "/v1/staff/nobody-here/cap", families=12)).status_code == 422


async def test_commands_of_a_leave_are_its_own(doors: Doors):
    """Each family of a leave is offered under a command id of its own, by whoever asked."""
    worker, [reference] = await caseload(doors, 1)
    await post(doors, f"/v1/staff/{worker}/leave", to=[await doors.worker()])
    async with doors.services.pool.acquire() as conn:
        journey_id = (await shown(doors, reference))["journey"]["journey_id"]
        [last] = [one for one in await journal.timeline(conn, journey_id) if one.event.type == "handover-offered"]
    assert (last.command_id.startswith("leave:"), last.actor) == (True, "manager:ann")
    assert local_date(last.event.at) == NOON.date()
