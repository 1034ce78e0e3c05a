"""Who we are to the gateway: a short-lived token in the data folder, made with the local stack's own key."""

import base64
import hashlib
import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.core.errors import BAD_INPUT, NOT_ALLOWED, Trouble

if TYPE_CHECKING:
    from domain.access import Role

TOKEN = "JOURNEYS_TOKEN"  # noqa: S105 - the name of a variable
CONFIG = "JOURNEYS_CONFIG"
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
    session = _read(_file(folder))
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
    session = _read(_file(folder))
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
    _keep(_file(folder), {"token": made, "name": name, "role": role, "expires": expires})
    return made


def whose(folder: Path) -> dict[str, Any] | None:
    """Return name, role and end of the session that is kept here, or None where nobody logged in or it has ended."""
    session = _read(_file(folder))
    goes_on = session.get("expires", 0) > time.time() + MARGIN
    return {part: session[part] for part in ("name", "role", "expires") if part in session} if goes_on else None


def described(folder: Path) -> dict[str, Any]:
    """Return as whom commands run: name, role, `until` when (None: as long as nobody logs in) and `by` what."""
    if os.environ.get(TOKEN):
        name, role = name_in(folder)
        return {"name": name, "role": role, "until": None, "by": f"the token in {TOKEN}"}
    session = whose(folder)
    if session is None and not _file(folder).exists():
        return {"name": NOBODY[0], "role": NOBODY[1], "until": None, "by": "a local stack where nobody logged in"}
    name, role = name_in(folder)  # raises `Trouble` where a session has ended
    kept = whose(folder) or {}
    until = datetime.fromtimestamp(kept.get("expires", 0), UTC).isoformat(timespec="seconds")
    return {"name": name, "role": role, "until": until, "by": "journeys login"}


def logout(folder: Path) -> None:
    """Remove the session; the next command on a local stack runs as `manager` again."""
    _file(folder).unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    """Return the session's file, one a stack: in the folder of JOURNEYS_CONFIG if set, else in the data folder.

    People who work on one machine then do not log each other out.
    """
    own = os.environ.get(CONFIG)
    if not own:
        return folder / "session.json"
    stack = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return Path(own).expanduser() / f"session-{stack}.json"


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
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as file:
            file.write(json.dumps(session).encode())
    except OSError as fault:
        remedy = f"check the folder, name another with --data, or give a token in {TOKEN}"
        raise Trouble(f"{path} cannot be written ({fault.strerror})", remedy, exit_code=BAD_INPUT) from fault
