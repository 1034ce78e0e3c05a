"""The claims of Entra and Keycloak say who asks, and nothing that only looks like a role or a name does."""

import time

import jwt
import pytest

from domain.access import Actor
from domain.errors import Rejected
from gateway.http.security import Tokens
from gateway.http.staff_claims import actor_of
from tests.doors import Doors

ANNA = Actor(name="kw-anna", role="key-worker")


@pytest.mark.parametrize(
    "role",
    [
        "key-worker",
        ["key-worker"],
        ["offline_access", "key-worker"],
        ["key-worker", "uma_authorization", "KEY-WORKER"],
    ],
)
def test_one_role_of_ours(role: object):
    """A role is a text, or the one of ours in a list."""
    assert actor_of({"code": "kw-anna", "roles": role}, "code", "roles") == ANNA


@pytest.mark.parametrize(
    "role",
    [
        None,
        "",
        [],
        "owner",
        "Key-Worker",
        "MANAGER",
        " manager",
        "manager\n",
        "manager,auditor",
        "m\u0430nager",  # a Cyrillic letter
        "\uff4danager",  # a full-width letter
        "manager\u200b",
        "__proto__",
        "constructor",
        "__class__",
        True,
        7,
        {"manager": True},
        {"roles": ["manager"]},
        ["manager", "auditor"],
        ["manager", "manager"],
        [["manager"]],
        ["manager", {}],
        ["manager", None],
        ["Manager"],
    ],
)
def test_no_role_of_ours(role: object):
    """What is not exactly one role of ours, letter for letter, is nobody's role."""
    assert actor_of({"sub": "kw-anna", "role": role}, "sub", "role") is None


@pytest.mark.parametrize(
    "name", [None, "", 7, True, ["kw-anna"], {"kw-anna": 1}, "Kw-anna", "kw-\u0430nna", "kw-anna\n", "-anna", "a" * 65]
)
def test_no_name_of_ours(name: object):
    """What is no code of a member of staff is nobody's name."""
    assert actor_of({"sub": name, "role": "manager"}, "sub", "role") is None


def test_no_other_claim_is_read():
    """Name and role are read where the settings say, and nowhere else."""
    claims = {"sub": "kw-anna", "role": "manager", "nested": {"roles": ["manager"]}}
    assert (actor_of(claims, "code", "role"), actor_of(claims, "sub", "nested.roles")) == (None, None)


def _token(doors: Doors, **more: object) -> str:
    now = int(time.time())
    claims = {"iss": "family-journeys-local", "aud": "family-journeys", "iat": now, "exp": now + 600} | more
    return jwt.encode(claims, jwt.PyJWK(doors.key).key, algorithm="EdDSA", headers={"kid": doors.key["kid"]})


async def test_the_settings_name_the_claims(doors: Doors):
    """A gateway whose settings name other claims takes the token of such an issuer."""
    renamed = {"token_name_claim": "staff_code", "token_role_claim": "roles"}
    tokens = Tokens(doors.services.settings.model_copy(update=renamed))
    token = _token(doors, sub="9f1c-4E", staff_code="kw-anna", roles=["key-worker"])
    assert (await tokens.session(token)).actor == ANNA


async def test_a_gateway_with_other_claims_refuses_the_usual_ones(doors: Doors):
    """A token that says its role only where no setting looks is refused."""
    tokens = Tokens(doors.services.settings.model_copy(update={"token_role_claim": "roles"}))
    with pytest.raises(Rejected) as refused:
        await tokens.session(_token(doors, sub="kw-anna", role="manager"))
    assert refused.value.code == "unauthenticated"
