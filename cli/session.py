"""Who we are to the gateway: a short-lived token in the data folder, made with the local stack's own key."""

import json
import os
import time
from pathlib import Path
from typing import Any

from cli.trouble import NOT_ALLOWED, Trouble

ISSUER, AUDIENCE = "family-journeys-local", "family-journeys"
LIFETIME = 8 * 3600  # seconds: a working day
MARGIN = 60  # seconds before its end from which a token is not used any more


def token(folder: Path) -> str:
    """Return JOURNEYS_TOKEN, the session's token, or on a local stack a fresh one as manager."""
    given = os.environ.get("JOURNEYS_TOKEN")
    if given:
        return given
    session = _read(folder / "session.json")
    if session.get("expires", 0) > time.time() + MARGIN:
        return str(session["token"])
    return login(folder, "manager", "manager")


def login(folder: Path, name: str, role: str) -> str:
    """Make a token with the local stack's key and keep it where only its owner can read it."""
    key = _read(folder / "secrets" / "jwt.json")
    if not key:
        raise Trouble(
            f"no signing key in {folder / 'secrets'}",
            "start the stack with: journeys up; or give a token of your issuer in JOURNEYS_TOKEN",
            exit_code=NOT_ALLOWED,
        )
    expires = int(time.time()) + LIFETIME
    made = mint(key, name, role, expires)
    _keep(folder / "session.json", {"token": made, "name": name, "role": role, "expires": expires})
    return made


def mint(key: dict[str, Any], name: str, role: str, expires: int) -> str:
    """Sign a staff token with a private Ed25519 JWK."""
    import jwt  # noqa: PLC0415 - the CLI must start fast

    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": name, "role": role, "iat": now, "exp": expires}
    return jwt.encode(claims, jwt.PyJWK(key).key, algorithm="EdDSA", headers={"kid": key["kid"]})


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _keep(path: Path, session: dict[str, Any]) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(session, file)
    fresh.replace(path)
