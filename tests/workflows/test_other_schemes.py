"""Schemes of other kinds, through a real gateway, real Temporal and the real journal, by name of their pack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gateway.app import create_app
from gateway.http.security import Tokens
from gateway.services import Services
from stack.tokens import mint
from store import partners
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World
from wiring.settings import Settings

WREN = {"role": "adult", "surname": "Chestnut", "date_of_birth": "1978-04-18"}
TONI = {"role": "child", "surname": "Chestnut", "date_of_birth": "2015-10-05"}


@pytest.fixture
async def door(working: World) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway on the world's database and Temporal, with a manager's token."""
    settings = working.settings
    parts = Services(settings, working.pool, working.vault, Tokens(settings), working.engine)

    @asynccontextmanager
    async def opening(_: Settings) -> AsyncIterator[Services]:
        yield parts

    app = create_app(settings, opening)
    token = mint(working.stack.layout.secrets, name="ann", role="manager", lifetime=timedelta(minutes=10))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://gateway", headers={"authorization": f"Bearer {token}"}
        ) as client,
    ):
        yield client


class Family:
    """One family at the door."""

    def __init__(self, door: httpx.AsyncClient, reference: str) -> None:
        self.door, self.reference = door, reference

    @classmethod
    async def refer(cls, door: httpx.AsyncClient, *members: dict[str, str], **told: Any) -> "Family":
        """Refer people whom nobody knows yet."""
        mark = path.fresh().replace("-", "").lower()
        named = [{**member, "forename": f"{mark}{number}"} for number, member in enumerate(members)]
        answer = await door.post("/v1/journeys", json={"members": named, **told})
        assert answer.status_code == 201, answer.text
        return cls(door, answer.json()["reference"])

    async def ask(self, step: str, **body: Any) -> httpx.Response:
        """Take a step, whatever comes of it."""
        return await self.door.post(f"/v1/journeys/{self.reference}/{step}", json=body)

    async def does(self, step: str, **body: Any) -> dict[str, Any]:
        """Take a step that must be taken."""
        answer = await self.ask(step, **body)
        assert answer.status_code == 200, (step, answer.text)
        told: dict[str, Any] = answer.json()
        return told

    async def journey(self) -> dict[str, Any]:
        """Read where it is."""
        told: dict[str, Any] = (await self.door.get(f"/v1/journeys/{self.reference}")).json()["journey"]
        return told


@pytest.fixture(scope="session")
async def st_mungos(world: World) -> str:
    """Give a partner an address in the sink."""
    async with world.pool.acquire() as conn:
        await partners.add(
            conn, world.vault, "st-mungos", {"webhook_url": f"http://127.0.0.1:{world.hooks.port}/st-mungos"}
        )
    return "st-mungos"


async def test_maidstone_assesses_before_it_says_who_is_eligible(door: httpx.AsyncClient) -> None:
    """Taken in without criteria, it gets no plan while its needs do not fit; with more found it goes on."""
    family = await Family.refer(
        door, WREN, TONI, programme="kent-maidstone-2011", referrer="maidstone-borough-council", locality="Maidstone"
    )
    taken = await family.does("identify", criteria=[])
    assert taken["explanation"] == ["eligible", "eligibility is decided by the needs found at assessment"]
    await family.does("allocate", key_worker="kw-1")
    found = await family.does("assess", needs=["worklessness", "debt"])
    assert found["explanation"] == ["not eligible", "criteria met: worklessness; needs 2 criteria"]
    refused = await family.ask("agree-plan", needs=["debt"])
    assert (refused.status_code, refused.json()["type"].rsplit(":", 1)[1]) == (409, "needs-do-not-fit")
    assert "criteria met: worklessness; needs 2 criteria" in refused.json()["detail"]
    assert "close it as not-eligible" in refused.json()["remedy"]
    await family.does("assess", needs=["worklessness", "domestic-violence", "debt"])
    await family.does("agree-plan", needs=["debt"])
    await family.does("start-intervention")
    await family.does("close", outcome="moved-away")
    told = await family.journey()
    assert (told["eligible"], told["stage"], told["programme"]) == (True, "closed", "kent-maidstone-2011")


async def test_maidstone_closes_a_family_whose_needs_do_not_fit(door: httpx.AsyncClient) -> None:
    """Assessed and found to have other needs, a family is closed as not eligible."""
    family = await Family.refer(
        door, WREN, TONI, programme="kent-maidstone-2011", referrer="kent-police", locality="Maidstone"
    )
    await family.does("identify", criteria=[])
    await family.does("allocate", key_worker="kw-1")
    await family.does("assess", needs=["debt"])
    closed = await family.does("close", outcome="not-eligible")
    assert (closed["stage"], closed["happened"]) == ("closed", ["journey-closed"])


async def test_an_adult_alone_goes_the_whole_path_and_the_referrer_is_told(
    door: httpx.AsyncClient, working: World, st_mungos: str
) -> None:
    """A household of one is taken in and helped, and St Mungo's hears of it; with a child it is not eligible."""
    adults = {"programme": "multiple-needs-adults", "referrer": st_mungos, "locality": "Camden"}
    criteria = ["ineffective-contact", "homeless", "mental-health"]
    alone = await Family.refer(door, WREN, **adults)
    assert (await alone.does("identify", criteria=criteria))["explanation"][0] == "eligible"
    await alone.does("consent", basis="public-task", purpose="family-support")
    await alone.does("allocate", key_worker="kw-1")
    for step, body in (
        ("record-contact", {}),
        ("assess", {"needs": ["homeless", "mental-health"]}),
        ("agree-plan", {"needs": ["homeless"]}),
        ("start-intervention", {}),
        ("step-down", {}),
        ("step-up", {"reason": "crisis"}),
        ("close", {"outcome": "no-longer-needed"}),
    ):
        await alone.does(step, **body)
    await eventually(lambda: any(alone.reference in str(each) for each in working.hooks.received))
    together = await Family.refer(door, WREN, TONI, **adults)
    told = await together.does("identify", criteria=criteria)
    assert told["explanation"] == [
        "not eligible",
        "criteria met: ineffective-contact, homeless, mental-health; needs 3 criteria",
        "the household has children, and the programme is for adults without",
        "the household has more people than the programme takes",
    ]
    refused = await together.ask("allocate", key_worker="kw-1")
    assert "the household has children" in refused.json()["remedy"]
