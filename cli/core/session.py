"""Who we are to the gateway: a short-lived token in the data folder, made with the local stack's own key."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.core.errors import BAD_INPUT, NOT_ALLOWED, Trouble

if TYPE_CHECKING:
    from domain.access import Role

TOKEN = "JOURNEYS_TOKEN"  # noqa: S105 - the name of a variable
NOBODY: "tuple[str, Role]" = ("manager", "manager")  # who uses a local stack without a login
LIFETIME = timedelta(hours=8)  # a working day
MARGIN = 60  # seconds before its end from which a token is not used any more


def token(folder: Path) -> str:
    """Return JOURNEYS_TOKEN, the session's token, or on a local stack where nobody logged in one as manager.

    Whose session has ended is told so: going on as manager would put another name under what they do.
    """
    given = os.environ.get(TOKEN)
    if given:
        return given
    session = _read(folder / "session.json")
    if session.get("expires", 0) > time.time() + MARGIN:
        return str(session["token"])
    who = session.get("name"), session.get("role")
    if who == NOBODY:
        return login(folder, *NOBODY)
    again = f"journeys login --name {who[0]} --role {who[1]}" if all(who) else "journeys login"
    raise Trouble("your session has ended", f"log in again: {again}", exit_code=NOT_ALLOWED)


def login(folder: Path, name: str, role: "Role") -> str:
    """Make a token with the local stack's key and keep it where only its owner can read it."""
    from stack.tokens import mint

    if not (folder / "secrets" / "jwt.json").is_file():
        raise Trouble(
            f"no signing key in {folder / 'secrets'}",
            "start the stack with: journeys up; or give a token of your issuer in JOURNEYS_TOKEN",
            exit_code=NOT_ALLOWED,
        )
    made = mint(folder / "secrets", name=name, role=role, lifetime=LIFETIME)
    expires = int(time.time() + LIFETIME.total_seconds())
    _keep(folder / "session.json", {"token": made, "name": name, "role": role, "expires": expires})
    return made


def _read(path: Path) -> dict[str, Any]:
    """Return the session; where there is none, that of nobody, and one that cannot be read has ended."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"name": NOBODY[0], "role": NOBODY[1]}
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) and isinstance(told.get("expires"), int | float) else {}


def _keep(path: Path, session: dict[str, Any]) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(session, file)
        fresh.replace(path)
    except OSError as fault:
        remedy = f"check the folder, name another with --data, or give a token in {TOKEN}"
        raise Trouble(f"{path} cannot be written ({fault.strerror})", remedy, exit_code=BAD_INPUT) from fault
