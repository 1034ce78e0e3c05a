"""Every route, those of tomorrow too, asked by every role: who may not is refused, and no auditor sees a birthday."""

import re
from collections.abc import AsyncIterator

import pytest
from fastapi.routing import APIRoute

from domain.access import ROLES, Actor, may
from gateway.http.security import Policy
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, PACK
from tests.doors import NOON, PROBLEM, Doors
from tests.gateway.erasable import Home
from tests.gateway.test_security import OPEN, SIGNED, policies, routes
from tests.ledger import Ledger
from wiring.references import new_reference

BIRTH = re.compile(r"date_of_birth|\bborn\b|birthday", re.IGNORECASE)


def guarded(doors: Doors) -> list[tuple[APIRoute, str, Policy]]:
    """Every staff route with its method and its policy."""
    return [
        (route, method, policy)
        for route in routes(doors)
        if route.path not in OPEN | SIGNED
        for method in route.methods
        for policy in policies(route.dependant)
    ]


def at(route: APIRoute, reference: str, claim: str = "none") -> str:
    """The address of a route, about one family and one claim."""
    filled = route.path.replace("{reference}", reference).replace("{claim_id}", claim)
    return re.sub(r"{\w+(:path)?}", "none", filled)


@pytest.mark.parametrize("role", ROLES)
async def test_who_may_not_is_refused_at_every_route(doors: Doors, role: str):
    """Whose role does not allow what a route is for gets 403 there, whatever is sent, and hears of no family."""
    reference, holder = await doors.allocated()
    name = holder if role == "key-worker" else "ann"
    actor = Actor(name=name, role=role)
    refused = [each for each in guarded(doors) if not may(actor, each[2].action, name)]
    assert (len(refused) > 10) == (role != "manager")
    async with doors.client(role, name) as client:
        for route, method, _ in refused:
            for body in ({}, {"reason": "request", "names": True}):
                answer = await client.request(method, at(route, reference), json=body)
                assert (answer.status_code, answer.json()["type"]) == (403, f"{PROBLEM}not-allowed"), route.path
                assert reference not in answer.text


async def test_a_key_worker_gets_nothing_of_a_family_of_others(doors: Doors, home: Home):
    """No route tells a key worker anything of a family that others hold, by its reference or in a list."""
    stranger = await doors.worker()
    async with doors.client("key-worker", stranger) as client:
        for route, method, _ in guarded(doors):
            if method == "GET":
                answer = await client.get(at(route, home.reference), params={"names": True, "limit": 500})
                told = answer.text if answer.status_code < 300 or "{reference}" not in route.path else ""
                assert (home.reference in told, home.found_in.search(told)) == (False, None), route.path
                assert answer.status_code != 200 or "{reference}" not in route.path, route.path


@pytest.fixture
async def claimed(doors: Doors) -> AsyncIterator[tuple[str, str]]:
    """A family with a claim, by reference and claim id; its people have birthdays that nothing else has."""
    ledger, reference = Ledger(doors.services.pool, doors.services.vault), new_reference()
    own = {"reference": reference, "journey_id": f"journey:wirral:{reference}:1"}
    journey = await ledger.open(PACK, [AT_WORK[0].model_copy(update=own), *AT_WORK[1:]], BORN)
    await ledger.evaluate(journey, AS_OF)
    [claim] = await ledger.claims(reference)
    doors.engine.clock = ledger.now
    yield reference, claim.claim_id
    doors.engine.clock = NOON


async def _told(doors: Doors, role: str, reference: str, claim: str) -> dict[str, str]:
    """What every route that only tells says to a role, by route and question."""
    told = {}
    async with doors.client(role, "zoe") as client:
        for route, method, _ in guarded(doors):
            if method == "GET":
                for params in ({}, {"names": True}, {"claim": claim, "known": "now"}, {"claim": claim}):
                    answer = await client.get(at(route, reference, claim), params={"limit": 500} | params)
                    told[f"{route.path} {params}"] = answer.text
    return told


@pytest.mark.parametrize("role", ["auditor", "analyst"])
async def test_no_birthday_for_who_may_not_read_names(doors: Doors, home: Home, claimed: tuple[str, str], role: str):
    """No route tells an auditor or an analyst a name, an identifier or a day of birth: in no field, of no family."""
    reference, claim = claimed
    days = re.compile("|".join([day.isoformat() for day in BORN.values()]))
    seen = await _told(doors, "manager", reference, claim)
    assert [route for route, text in seen.items() if days.search(text)], "a manager does see them"
    for asked in (reference, home.reference):
        for route, text in (await _told(doors, role, asked, claim)).items():
            assert (days.search(text), home.found_in.search(text)) == (None, None), (route, text[:300])
            assert BIRTH.search(text) is None or "claim-file" in route, (route, BIRTH.search(text))
