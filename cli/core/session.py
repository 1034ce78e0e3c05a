"""Who we are to the gateway: a short-lived token in the data folder, made with the local stack's own key."""

import base64
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


def is_logged_in(folder: Path) -> bool:
    """Tell whether somebody logged in whose session goes on and who may see what is to be done."""
    if os.environ.get(TOKEN):
        return name_in(folder)[1] != "analyst"
    session = _read(folder / "session.json")
    return session.get("expires", 0) > time.time() + MARGIN and session.get("role") != "analyst"


def name_in(folder: Path) -> tuple[str, str]:
    """Return the name and the role in the token that would be sent; the gateway alone says whether it holds."""
    try:
        part = token(folder).split(".")[1]
        told = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return str(told["sub"]), str(told["role"])
    except (IndexError, ValueError, KeyError, TypeError):
        return "", ""


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
    from stack.files import whole

    try:
        with whole(path) as file:
            file.write(json.dumps(session).encode())
    except OSError as fault:
        remedy = f"check the folder, name another with --data, or give a token in {TOKEN}"
        raise Trouble(f"{path} cannot be written ({fault.strerror})", remedy, exit_code=BAD_INPUT) from fault
