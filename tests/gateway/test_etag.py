"""Two people on one journey: who acts on what has changed meanwhile is told so, and overwrites nothing."""

import asyncio

import httpx
import pytest

from tests.doors import PROBLEM, Doors


async def tag(doors: Doors, reference: str) -> str:
    """The journey's entity tag, as it is shown now."""
    async with doors.client() as client:
        return (await client.get(f"/v1/journeys/{reference}")).headers["etag"]


async def identify(doors: Doors, reference: str, if_match: str, key: str | None = None, **body) -> httpx.Response:
    headers = {"if-match": if_match} | ({"idempotency-key": key} if key else {})
    async with doors.client() as client:
        told = {"criteria": ["poverty", "addiction"]} | body
        return await client.post(f"/v1/journeys/{reference}/identify", json=told, headers=headers)


async def test_as_it_was_shown(doors: Doors):
    """A step on the journey as it was shown is taken; one that changed since refuses it, with what changed."""
    reference = await doors.referred()
    seen = await tag(doors, reference)
    first = await identify(doors, reference, seen)
    late = await identify(doors, reference, seen, criteria=["poverty"])
    assert (seen, first.status_code, late.status_code) == ('"1-1"', 200, 412)
    assert late.json()["type"] == f"{PROBLEM}changed-since"
    assert "is at version 2, not 1; since then: family-identified" in late.json()["detail"]
    assert await tag(doors, reference) == '"1-2"'


async def test_two_at_once(doors: Doors):
    """Of two who act at once on the same version exactly one is taken."""
    reference = await doors.referred()
    seen = await tag(doors, reference)
    both = await asyncio.gather(*(identify(doors, reference, seen, criteria=[one]) for one in ("poverty", "addiction")))
    assert sorted(answer.status_code for answer in both) == [200, 412]


async def test_a_repeat_is_no_change(doors: Doors):
    """The same step under the same key is answered the same, although it changed the version itself."""
    reference = await doors.referred()
    seen = await tag(doors, reference)
    first, again = [await identify(doors, reference, seen, key=f"k-{reference}") for _ in range(2)]
    assert (first.status_code, again.json()) == (200, first.json())


async def test_another_journey(doors: Doors):
    """A tag of the family's journey before is not one of its new journey, whatever the version."""
    reference = await doors.referred()
    assert (await identify(doors, reference, '"7-1"')).status_code == 412


@pytest.mark.parametrize(("if_match", "expected"), [("*", 200), ("1-1", 422), ('W/"1-1"', 422), ('"1"', 422)])
async def test_other_tags(doors: Doors, if_match: str, expected: int):
    """A star stands for any version; what is no tag of ours is a bad request."""
    assert (await identify(doors, await doors.referred(), if_match)).status_code == expected
