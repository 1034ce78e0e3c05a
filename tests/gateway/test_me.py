"""`GET /v1/me` says who asks, what they may do, and until when."""

from datetime import datetime

import jwt
import pytest

from domain.access import ACTIONS, ROLES, Actor, Role, may
from tests.doors import Doors


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_sees_itself(doors: Doors, role: Role):
    """Each role is told its name, its role, and the actions that the policy allows it."""
    async with doors.client(role, "zoe") as client:
        told = (await client.get("/v1/me")).json()
    actions = [each for each in ACTIONS if may(Actor(name="zoe", role=role), each, "zoe")]
    assert (told["name"], told["role"], told["actions"], told["own"]) == ("zoe", role, actions, role == "key-worker")


async def test_until_is_the_end_of_the_token(doors: Doors):
    """`until` is the moment at which the token ends."""
    token = doors.token()
    async with doors.bare({"authorization": f"Bearer {token}"}) as client:
        told = (await client.get("/v1/me")).json()
    expires = jwt.decode(token, options={"verify_signature": False})["exp"]
    assert datetime.fromisoformat(told["until"]).timestamp() == expires


async def test_team_and_area_are_those_of_the_staff_list(doors: Doors):
    """Who is on the staff list is told the team and area recorded there."""
    form = {"name": "kw-mel", "email": "mel@council.example", "team": "north", "area": "wirral"}
    async with doors.client() as client:
        assert (await client.post("/v1/staff", json=form)).status_code == 201
    async with doors.client("key-worker", "kw-mel") as client:
        told = (await client.get("/v1/me")).json()
    assert (told["team"], told["area"]) == ("north", "wirral")
