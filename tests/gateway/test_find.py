"""A family found by what somebody says, its names by choice, and who looked at it."""

import logging
from typing import Any

import httpx
import pytest

from store import finding
from tests.doors import PROBLEM, Doors, nhs_number


def people(surname: str, *forenames: str, **changes: Any) -> dict[str, Any]:
    """Return the part of a referral that says who the family is and where it lives."""
    members = [
        {"role": "child", "surname": surname, "forename": name, "date_of_birth": f"1999-10-{day:02}"}
        for day, name in enumerate(forenames, start=5)
    ]
    members.append({"role": "adult", "surname": surname, "forename": "Rowena", "date_of_birth": "1978-04-18"})
    return {"members": members, **changes}


async def find(doors: Doors, text: str, role: str = "manager", name: str = "ann") -> httpx.Response:
    async with doors.client(role, name) as client:
        return await client.post("/v1/find", json={"text": text})


async def found(doors: Doors, text: str, role: str = "manager", name: str = "ann") -> list[tuple[str, str]]:
    """Return the references that were found, each with how it fits."""
    answer = await find(doors, text, role, name)
    assert answer.status_code == 200, answer.text
    return [(match["journey"]["reference"], match["likeness"]) for match in answer.json()["found"]]


async def test_found_by_anything_said(doors: Doors):
    """A family is found by names, a birth date, an identifier, its address and its reference, also nearly spelled."""
    number = nhs_number(771)
    told = people("Quillfeather", "Ottoline")
    told["members"][0]["nhs_number"] = number
    reference = await doors.referred(**told, address="7 Zephyr Crescent", postcode="CH63 9ZQ")
    for text in (
        "Quillfeather",
        "ottoline quillfeather",
        "Quillfeather 05/10/1999",
        number,
        "zephyr crescent",
        "ch639zq",
    ):
        assert [(reference, "exact")] == await found(doors, text), text
    assert [(reference, "exact")] == await found(doors, reference.lower())
    for text in ("Quilfeather", "Otoline Quillfeathers", "Quillfeather 05/10/1989", "Zefyr Crescent"):
        assert [(reference, "near")] == await found(doors, text), text
    assert [] == await found(doors, "Quillfeather 8 Zephyr Crescent")


async def test_found_by_what_is_true_now(doors: Doors):
    """A family from before, or whose address changed, is found by what is held now; an erased one by nothing."""
    reference = await doors.referred(**people("Thistlewick", "Peregrine"), address="3 Old Wharf")
    services = doors.services
    async with services.pool.acquire() as conn:
        await conn.execute("DELETE FROM find_keys WHERE reference = $1", reference)
        while await finding.make_findable(conn, services.vault, 100):
            pass
    assert [(reference, "exact")] == await found(doors, "Thistlewick old wharf")
    async with services.pool.acquire() as conn:
        family = await services.vault.read_family(conn, reference)
        assert family is not None
        moved = type(family.address)(lines="9 New Quay")
        await services.vault.put_family(conn, reference, family.people, moved)
    assert [] == await found(doors, "Thistlewick old wharf")
    assert [(reference, "exact")] == await found(doors, "Thistlewick new quay")
    await doors.step(reference, "close", outcome="moved-away")
    erased = await doors.step(reference, "erase", reason="request")
    assert erased.status_code == 200, erased.text
    assert [] == await found(doors, "Thistlewick")
    async with services.pool.acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM find_keys WHERE reference = $1", reference) == 0


async def test_the_database_holds_no_clear_name(doors: Doors):
    """What a family is found by is kept as numbers that the key alone can make."""
    reference = await doors.referred(**people("Gossamerson", "Isolde"))
    await found(doors, "Gossamerson")
    async with doors.services.pool.acquire() as conn:
        row = await conn.fetchrow("SELECT find_keys::text AS told FROM find_keys WHERE reference = $1", reference)
    assert "gossamer" not in row["told"].lower()


async def test_who_may_find(doors: Doors):
    """Who may not read names finds nobody; a key worker finds families held or offered, and no others."""
    for role in ("auditor", "analyst"):
        refused = await find(doors, "anybody", role, "kim")
        assert (refused.status_code, refused.json()["type"]) == (403, f"{PROBLEM}not-allowed")
    reference, holder = await doors.allocated()
    async with doors.client() as client:
        surname = (await client.get(f"/v1/journeys/{reference}")).json()["family"]["people"][0]["surname"]
    other = await doors.worker()
    assert [(reference, "exact")] == await found(doors, surname, "key-worker", holder)
    assert [] == await found(doors, surname, "key-worker", other)
    assert [] == await found(doors, reference, "key-worker", other)
    await doors.step(reference, "offer-handover", to=other)
    assert [(reference, "exact")] == await found(doors, surname, "key-worker", other)


async def test_a_find_is_logged_without_its_words(doors: Doors, caplog: pytest.LogCaptureFixture):
    """The log says who looked for a family and how many were found; no line holds what was looked for."""
    await doors.referred(**people("Bramblecombe", "Sylvie"))
    with caplog.at_level(logging.DEBUG):
        await found(doors, "Bramblecombe", name="ann")
    lines = [vars(record) for record in caplog.records if record.getMessage() == "find"]
    assert [(line["found"], line["told"]) for line in lines] == [(1, 1)]
    assert "bramblecombe" not in repr([vars(record) for record in caplog.records]).lower()


async def test_too_little(doors: Doors):
    """A single letter is refused with what could be given."""
    refused = await find(doors, "q")
    assert (refused.status_code, refused.json()["type"]) == (422, f"{PROBLEM}too-little-to-find-by")


async def test_names_by_choice(doors: Doors):
    """The people of families are told by reference to those who may read them; others' families are left out."""
    (reference, holder), (foreign, _) = await doors.allocated(), await doors.allocated()
    async with doors.client("key-worker", holder) as client:
        told = (await client.post("/v1/names", json={"references": [reference, foreign]})).json()["families"]
    assert {reference} == told.keys()
    assert 2 == len(told[reference]["people"])


async def test_who_looked(doors: Doors):
    """Each read of a family by name or story is kept with who, what and the request, for managers and auditors."""
    reference, holder = await doors.allocated()
    async with doors.client("key-worker", holder) as client:
        await client.get(f"/v1/journeys/{reference}", headers={"x-request-id": "look-1"})
        await client.post("/v1/names", json={"references": [reference]})
        await client.get("/v1/journeys", params={"names": True})
        await client.get("/v1/journeys")
        refused = await client.get(f"/v1/journeys/{reference}/views")
    async with doors.client("auditor", "una") as client:
        await client.get(f"/v1/journeys/{reference}")
        first = await client.get(f"/v1/journeys/{reference}/views", params={"limit": 2})
        rows = [*first.json(), *(await client.get(first.links["next"]["url"])).json()]
    assert (refused.status_code, refused.json()["type"]) == (403, f"{PROBLEM}not-allowed")
    expected = [
        ("auditor:una", "story"),
        (f"key-worker:{holder}", "names"),
        (f"key-worker:{holder}", "names"),
        (f"key-worker:{holder}", "story-with-names"),
    ]
    assert expected == [(row["actor"], row["what"]) for row in rows]
    assert "look-1" == rows[-1]["request_id"]


async def test_an_offer_is_seen_at_once(doors: Doors):
    """Whom a family is offered to sees it listed, due and whole, until the offer is withdrawn; nobody else does."""
    reference, giver = await doors.allocated()
    taker, other = await doors.worker(), await doors.worker()

    async def seen(name: str) -> tuple[list[str], list[str], int]:
        async with doors.client("key-worker", name) as client:
            listed = (await client.get("/v1/journeys")).json()["journeys"]
            owed = (await client.get("/v1/owed")).json()
            shown = (await client.get(f"/v1/journeys/{reference}")).status_code
        return [row["reference"] for row in listed], [row["work"] for row in owed], shown

    assert ([], [], 403) == await seen(taker)
    await doors.step(reference, "offer-handover", to=taker)
    assert ([reference], ["handover-answer"], 200) == await seen(taker)
    assert ([], [], 403) == await seen(other)
    async with doors.client("key-worker", taker) as client:
        [due] = {row["work"] for row in (await client.get("/v1/due")).json()}
    assert "handover-answer" == due
    await doors.step(reference, "withdraw-handover")
    assert ([], [], 403) == await seen(taker)
    assert giver != taker


async def test_open_only(doors: Doors):
    """Closed journeys are left out where the open ones are asked for."""
    locality = "Hamilton"
    over, running = await doors.referred(locality=locality), await doors.referred(locality=locality)
    await doors.step(over, "close", outcome="moved-away")
    async with doors.client() as client:
        rows = (await client.get("/v1/journeys", params={"locality": locality, "open": True})).json()["journeys"]
    assert over not in {row["reference"] for row in rows}
    assert running in {row["reference"] for row in rows}
