"""Who a token's claims say somebody is; each issuer puts name and role under claims of its own."""

import re
from collections.abc import Mapping
from typing import Any

from domain.access import ROLES, Actor, Role

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")  # as a key worker is named in events


def actor_of(claims: Mapping[str, Any], name_claim: str, role_claim: str) -> Actor | None:
    """Return who the claims name, or None where the name is no code, or not exactly one role is ours."""
    name, role = claims.get(name_claim), _role(claims.get(role_claim))
    if role is None or not isinstance(name, str) or not NAME.fullmatch(name):
        return None
    return Actor(name=name, role=role)


def _role(claim: object) -> Role | None:
    """Return the one role of ours in a text, or in a list of texts that may hold roles of other systems too."""
    given = claim if isinstance(claim, list) else [claim]
    if not all(isinstance(each, str) for each in given):
        return None
    ours = [role for each in given for role in ROLES if role == each]
    return ours[0] if len(ours) == 1 else None
