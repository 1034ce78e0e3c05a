"""Staff tokens of a one-machine stack: short-lived, signed with the stack's own key."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt

from domain.access import Role

ISSUER = "family-journeys-local"
AUDIENCE = "family-journeys"
LIFETIME = timedelta(hours=12)


def mint(secrets: Path, *, name: str, role: Role, lifetime: timedelta = LIFETIME) -> str:
    """Return a token for `name` in `role`, signed with `<secrets>/jwt.json`; only the stack's owner can read that."""
    key = json.loads((secrets / "jwt.json").read_text(encoding="utf-8"))
    now = datetime.now(UTC)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": name, "role": role, "iat": now, "exp": now + lifetime}
    return jwt.encode(claims, jwt.PyJWK(key).key, algorithm="EdDSA", headers={"kid": key["kid"]})
