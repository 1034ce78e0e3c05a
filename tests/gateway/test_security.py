"""Who gets in, what every answer carries, and that no route is without a policy."""

import json
import time
from collections.abc import Iterator

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from gateway.http.security import Policy
from tests.doors import PROBLEM, Doors

OPEN = {"/healthz", "/readyz", "/clock"}
SIGNED = {"/v1/events", "/v1/receipts", "/v1/events/{event_id:path}"}


def policies(dependant: Dependant) -> Iterator[Policy]:
    if isinstance(dependant.call, Policy):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from policies(inner)


def routes(doors: Doors) -> list[APIRoute]:
    found = [route for route in _walk(doors.app.router.routes) if isinstance(route, APIRoute)]
    assert len(found) > 30
    return found


def _walk(entries: list) -> Iterator[object]:
    for entry in entries:
        inner = getattr(getattr(entry, "original_router", None), "routes", None)
        yield from _walk(inner) if inner else [entry]


async def test_every_route_has_a_policy(doors: Doors):
    """Every route asks for an action, is signed by a partner, or tells of nothing but health and the time."""
    free = {route.path for route in routes(doors) if not list(policies(route.dependant))}
    assert free == OPEN | SIGNED


async def test_no_route_without_a_token(doors: Doors):
    """Without a token every staff route answers 401 and tells nothing."""
    async with doors.bare() as client:
        for route in routes(doors):
            if route.path in OPEN | SIGNED:
                continue
            (method,) = route.methods
            answer = await client.request(method, route.path.replace("{reference}", "F-2222-2222"), json={})
            assert (answer.status_code, answer.json()["type"]) == (401, f"{PROBLEM}unauthenticated"), route.path


def tokens(doors: Doors) -> dict[str, str]:
    """Tokens that must not hold."""
    key, soon = doors.key, int(time.time()) + 600
    claims = {"iss": "family-journeys-local", "aud": "family-journeys", "sub": "ann", "role": "manager"}
    claims |= {"iat": int(time.time()), "exp": soon}
    signer = jwt.PyJWK(key).key

    def made(**changes: object) -> str:
        told = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(told, signer, algorithm="EdDSA", headers={"kid": key["kid"]})

    return {
        "expired": doors.token(lifetime=-61),
        "other issuer": made(iss="elsewhere"),
        "other audience": made(aud="elsewhere"),
        "no end": made(exp=None),
        "no subject": made(sub=None),
        "strange role": made(role="owner"),
        "strange name": made(sub="Ann <b>"),
        "not yet": made(iat=soon),
        "unsigned": jwt.encode(claims, None, algorithm="none"),
        "symmetric": jwt.encode(claims, key["x"] * 2, algorithm="HS256", headers={"kid": key["kid"]}),
        "other key": jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": key["kid"]}),
        "unknown key": jwt.encode(claims, signer, algorithm="EdDSA", headers={"kid": "s-other"}),
        "nonsense": "a.b.c",
    }


async def test_bad_tokens(doors: Doors):
    """A token holds only when its key, issuer, audience, times, name and role all do."""
    for why, token in tokens(doors).items():
        async with doors.bare({"authorization": f"Bearer {token}"}) as client:
            answer = await client.get("/v1/journeys")
        assert (answer.status_code, answer.headers.get("www-authenticate")) == (401, "Bearer"), why


async def test_clock_skew(doors: Doors):
    """A token that ended less than a minute ago still holds, for clocks differ."""
    async with doors.bare({"authorization": f"Bearer {doors.token(lifetime=-30)}"}) as client:
        assert (await client.get("/v1/journeys")).status_code == 200


async def test_rotated_key(doors: Doors):
    """A token of a key that was added to the key set after the start holds at once."""
    private = Ed25519PrivateKey.generate()
    told = jwt.algorithms.OKPAlgorithm.to_jwk(private, as_dict=True) | {"kid": "s-new", "alg": "EdDSA"}
    place = doors.stack.layout.secrets / "jwks.json"
    before = place.read_text()
    public = {name: value for name, value in told.items() if name != "d"}
    place.write_text(json.dumps({"keys": [*json.loads(before)["keys"], public]}))
    try:
        claims = jwt.decode(doors.token(), options={"verify_signature": False})
        token = jwt.encode(claims, private, algorithm="EdDSA", headers={"kid": "s-new"})
        async with doors.bare({"authorization": f"Bearer {token}"}) as client:
            assert (await client.get("/v1/journeys")).status_code == 200
    finally:
        place.write_text(before)


@pytest.mark.parametrize(
    ("role", "own", "expected"),
    [
        ("manager", "other", {"show": 200, "names": True, "work": 200, "allocate": 409, "counts": 200, "rebuild": 200}),
        (
            "coordinator",
            False,
            {"show": 200, "names": True, "work": 200, "allocate": 409, "counts": 200, "rebuild": 403},
        ),
        (
            "key-worker",
            "own",
            {"show": 200, "names": True, "work": 200, "allocate": 403, "counts": 403, "rebuild": 403},
        ),
        (
            "key-worker",
            False,
            {"show": 403, "names": False, "work": 403, "allocate": 403, "counts": 403, "rebuild": 403},
        ),
        (
            "auditor",
            "other",
            {"show": 200, "names": False, "work": 403, "allocate": 403, "counts": 200, "rebuild": 403},
        ),
        (
            "analyst",
            "other",
            {"show": 403, "names": False, "work": 403, "allocate": 403, "counts": 200, "rebuild": 403},
        ),
    ],
)
async def test_roles(doors: Doors, role: str, own: str, expected: dict):
    """Each role can do what its row of the table says, on its own families and on others'."""
    reference, holder = await doors.allocated()
    other = await doors.worker()
    async with doors.client(role, holder if own == "own" else other) as client:
        shown = await client.get(f"/v1/journeys/{reference}")
        told = {
            "show": shown.status_code,
            "names": bool(shown.json().get("family")),
            "work": (await client.post(f"/v1/journeys/{reference}/record-contact", json={})).status_code,
            "allocate": (
                await client.post(f"/v1/journeys/{reference}/allocate", json={"key_worker": other})
            ).status_code,
            "counts": (await client.get("/v1/counts")).status_code,
            "rebuild": (await client.post("/v1/rebuild")).status_code,
        }
    assert told == expected


async def test_analyst_sees_no_small_counts(doors: Doors):
    """An analyst is told no count from one to four."""
    await doors.referred()
    async with doors.client("analyst") as client:
        told = (await client.get("/v1/counts")).json()
    counts = [count for value in told.values() for count in (value.values() if isinstance(value, dict) else [value])]
    assert not {1, 2, 3, 4} & set(counts)


async def test_every_answer(doors: Doors):
    """Every answer, a fault too, carries safe headers and the request's id, but not one that could forge a log line."""
    async with doors.client() as client:
        good = await client.get("/healthz", headers={"x-request-id": "abc-1"})
        bad = await client.get("/nowhere", headers={"x-request-id": "a b\\n{}"})
    assert good.headers["x-request-id"] == "abc-1"
    assert len(bad.headers["x-request-id"]) == 32
    for answer in (good, bad):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert (bad.status_code, bad.json()["type"]) == (404, f"{PROBLEM}unknown-path")


async def test_unexpected(doors: Doors, monkeypatch: pytest.MonkeyPatch):
    """A fault of ours is answered as a problem without its inside, and with the safe headers."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("Wren Chestnut")

    monkeypatch.setattr(doors.engine, "submit", broken)
    async with doors.client() as client:
        answer = await client.post("/v1/journeys", json=doors.form())
    assert (answer.status_code, answer.json()["type"]) == (500, f"{PROBLEM}unexpected")
    assert "Wren" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_openapi(doors: Doors):
    """The OpenAPI document names every step with its own body, and the token they need."""
    async with doors.bare() as client:
        told = (await client.get("/openapi.json")).json()
    step = told["paths"]["/v1/journeys/{reference}/step-up"]["post"]
    assert step["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/StepUp")
    assert step["security"] == [{"HTTPBearer": []}]
    assert "application/problem+json" in step["responses"]["409"]["content"]


async def test_whose_family_it_is_is_said_where_it_matters(doors: Doors):
    """A key worker hears of families held by others where the step is theirs at all, and nowhere else."""
    reference, _ = await doors.allocated()
    async with doors.client("key-worker", "lee") as client:
        step = await client.post(f"/v1/journeys/{reference}/record-contact", json={})
        staff = await client.post("/v1/staff", json={"name": "x", "email": "x@council.example"})
    assert step.json()["detail"] == "a key-worker may not do this for a family that others hold"
    assert (staff.status_code, staff.json()["detail"]) == (403, "a key-worker may not do this")
