"""Long lists come in pages, and the pages together hold every row once, in order."""

from typing import Any

import pytest

from tests.doors import PROBLEM, Doors

SMALL = 23  # rows a page: other files of this process may have left thousands
WITHIN = {
    "/v1/reminders": "reminders",
    "/v1/queue": "waiting",
    "/v1/journeys": "journeys",
    "/v1/partners": "partners",
    "/v1/quarantine": "events",
}
LONG = {
    "/v1/due": 3,
    "/v1/owed": 3,
    "/v1/staff": 3,
    "/v1/queue": 3,
    "/v1/claim-windows": 3,
}  # rows there are at least


async def pages(doors: Doors, path: str, limit: int) -> list[Any]:
    """Every row of a list, page by page as its `Link` header leads on; no body names the next."""
    rows: list[Any] = []
    following = f"{path}?limit={limit}"
    async with doors.client() as client:
        while following:
            answer = await client.get(following)
            told = answer.json()
            rows += told[WITHIN[path]] if path in WITHIN else told
            assert path not in WITHIN or "next" not in told
            following = answer.links.get("next", {}).get("url")
    return rows


@pytest.mark.parametrize(
    "path", [*LONG, "/v1/reminders", "/v1/claims", "/v1/journeys", "/v1/partners", "/v1/quarantine"]
)
async def test_every_row_once(doors: Doors, path: str):
    """Small pages, one after the other, tell the same rows in the same order as one large page."""
    for _ in range(3):
        await doors.allocated()
        waits = await doors.referred(referred_on="2012-01-05")
        await doors.step(waits, "identify", criteria=["poverty", "addiction"])
    small, large = await pages(doors, path, SMALL), await pages(doors, path, 500)
    assert small == large
    assert len(small) >= LONG.get(path, 0)


@pytest.mark.parametrize(
    "path",
    [*LONG, "/v1/messages", "/v1/reminders", "/v1/claims", "/v1/quarantine", "/v1/partners", "/v1/journeys"],
)
@pytest.mark.parametrize("cursor", ["x", "bm8", "WyJ5ZXN0ZXJkYXkiLCJhIiwiYiJd", "é", "W10", "e30"])
async def test_a_cursor_we_never_told(doors: Doors, path: str, cursor: str):
    """A cursor that no page told is refused."""
    async with doors.client() as client:
        answer = await client.get(path, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (422, f"{PROBLEM}bad-cursor")


async def test_the_document_says_so(doors: Doors):
    """In the OpenAPI document every list with a cursor has the `Link` header, and no body a `next`."""
    async with doors.client() as client:
        document = (await client.get("/openapi.json")).json()
    answers = [
        each["responses"]["200"]
        for path in document["paths"].values()
        for each in path.values()
        if "cursor" in [parameter["name"] for parameter in each.get("parameters", [])]
    ]
    assert len(answers) >= 12
    assert [each for each in answers if "Link" not in each.get("headers", {})] == []
    assert [
        name for name, each in document["components"]["schemas"].items() if "next" in each.get("properties", {})
    ] == []
