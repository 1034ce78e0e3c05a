"""What people look at, and the upkeep, through the staff door."""

from datetime import timedelta

from tests.doors import NOON, PROBLEM, Doors


async def test_list_filters_and_pages(doors: Doors):
    """Journeys are listed by filter and in pages that together hold each once."""
    locality = "Hoylake"
    wanted = {await doors.referred(locality=locality) for _ in range(3)}
    async with doors.client() as client:
        query = {"locality": locality, "stage": "referral", "limit": 2}
        first = await client.get("/v1/journeys", params=query)
        second = await client.get(first.links["next"]["url"])
    told = [row["reference"] for page in (first, second) for row in page.json()["journeys"]]
    assert wanted <= set(told)
    assert len(told) == len(set(told))


async def test_key_worker_sees_own(doors: Doors):
    """A key worker lists their own families only, and what falls due for them, whatever they ask for."""
    reference, holder = await doors.allocated()
    await doors.allocated()
    async with doors.client("key-worker", holder) as client:
        listed = (await client.get("/v1/journeys", params={"holder": "somebody"})).json()["journeys"]
        due = (await client.get("/v1/due")).json()
    assert [row["reference"] for row in listed] == [reference]
    assert {row["reference"] for row in due} == {reference}


async def test_reminders(doors: Doors):
    """A reminder that fell due is listed with its family, and can be acknowledged."""
    reference = await doors.referred()
    doors.engine.clock = NOON + timedelta(days=14)
    try:
        await doors.step(reference, "consent")
        async with doors.client() as client:
            rows = (await client.get("/v1/reminders", params={"limit": 500})).json()["reminders"]
        own = [row["reminder_id"] for row in rows if row["reference"] == reference and row["state"] == "due"]
        answer = await doors.step(reference, "acknowledge", reminder_id=own[-1])
    finally:
        doors.engine.clock = NOON
    assert answer.json()["happened"] == ["reminder-acknowledged"]


async def test_workers(doors: Doors):
    """A worker is added once, brought up to date the second time, and listed with the families held."""
    _, holder = await doors.allocated()
    async with doors.client() as client:
        again = await client.post("/v1/staff", json={"name": holder, "email": "new@council.example", "cap": 3})
        listed = (await client.get("/v1/staff")).json()
        bad = await client.post("/v1/staff", json={"name": "Kim Smith", "email": "x"})
    assert again.json()["held"] == 1
    assert next(row for row in listed if row["name"] == holder)["email"] == "new@council.example"
    assert (bad.status_code, bad.json()["type"]) == (422, f"{PROBLEM}bad-request")


async def test_partners(doors: Doors):
    """A partner's secret is shown when it is added; the same name again is refused."""
    async with doors.client() as client:
        first = await client.post(
            "/v1/partners", json={"name": "night-shelter", "addresses": {"webhook_url": "https://example.org/x"}}
        )
        again = await client.post("/v1/partners", json={"name": "night-shelter"})
    assert first.json()["secret"].startswith("whsec_")
    assert (again.status_code, again.json()["type"]) == (409, f"{PROBLEM}partner-exists")


async def test_counts(doors: Doors):
    """Counts tell journeys by stage, reminders, notifications, claims and the inbox."""
    async with doors.client() as client:
        before = (await client.get("/v1/counts")).json()
        await doors.referred()
        after = (await client.get("/v1/counts")).json()
    assert after["stages"]["referral"] == before["stages"]["referral"] + 1
    assert {"events", "reminders", "notifications", "claims", "inbox"} <= set(after)


async def test_upkeep(doors: Doors):
    """The journal is sound, read models made anew tell the same, and every open journey is armed again."""
    reference = await doors.referred()
    doors.engine.rearmed.clear()
    async with doors.client() as client:
        listed = (await client.get("/v1/journeys", params={"limit": 500})).json()
        sound = (await client.get("/v1/verify")).json()
        one = (await client.get("/v1/verify", params={"reference": reference})).json()
        rebuilt = (await client.post("/v1/rebuild")).json()
        assert (await client.get("/v1/journeys", params={"limit": 500})).json() == listed
        armed, following = [], "/v1/rearm?limit=1"
        while following:
            answer = await client.post(following)
            armed.append(answer.json())
            following = answer.links.get("next", {}).get("url", "").replace("limit=1&", "limit=500&")
        claims = (await client.get("/v1/claims")).json()
    assert sound == one == {"sound": True, "findings": [], "left_out": 0}
    assert rebuilt["journeys"] >= len(listed["journeys"])
    assert armed[0]["journeys"] == 1
    assert armed[0]["left"] == sum(page["journeys"] for page in armed[1:])
    open_now = {row["journey_id"] for row in listed["journeys"] if row["stage"] != "closed"}
    assert len(doors.engine.rearmed) == len(set(doors.engine.rearmed))
    assert open_now <= set(doors.engine.rearmed)
    assert [claim for claim in claims if claim["reference"] == reference] == []


async def test_health(doors: Doors):
    """The gateway tells that it is up, and ready when database and engine answer."""
    async with doors.bare() as client:
        assert (await client.get("/healthz")).json() == {"status": "up"}
        ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": True, "temporal": True, "room": True})
