"""The idempotency key of a step whose outcome is not known yet: the same command, typed again, takes it up.

A key is written down before its step is sent, in a file of the owner's own, and deleted at the first answer that says
what became of the step. The file is named by a keyed digest of who asks what, so that it tells nothing of a family.
"""

import hashlib
import hmac
import json
import os
import time
import uuid
from base64 import urlsafe_b64decode
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

NAME = "steps-under-way"
KEPT = 30 * 24 * 3600  # seconds after which nobody types the same command for the same step any more
SALT = ".salt"


class KeptKeys:
    """The keys of one user: in the data folder where they may write there, else in their own folder of program state.

    A folder that cannot be written costs the taking up, and not the step.
    """

    def __init__(self, data: Path) -> None:
        self._folder = _writable(data) / NAME
        self._file: Path | None = None

    def key(self, *content: Any) -> str:
        """Return the key of a step by its content, the first of which is the `authorization` of who asks."""
        made = uuid.uuid4().hex
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._prune()
            self._file = self._folder / self._digest(*content)
            if not _written(self._file, json.dumps({"key": made})):
                return self._taken_up(self._file)
        except (OSError, ValueError, KeyError) as fault:
            typer.echo(f"the step's key cannot be kept ({type(fault).__name__}): see {self._folder}", err=True)
            self._file = None
        return made

    def settle(self) -> None:
        """Forget the key: it is known what became of its step."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _taken_up(self, file: Path) -> str:
        key = str(json.loads(file.read_text(encoding="utf-8"))["key"])
        since = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
        typer.echo(f"the same command of {since:%H:%M} was not answered: it is taken up, and done once", err=True)
        return key

    def _digest(self, authorization: str, *content: Any) -> str:
        told = json.dumps([_who(authorization), *content], sort_keys=True, default=str)
        return hmac.new(self._salt(), told.encode(), hashlib.sha256).hexdigest()

    def _salt(self) -> bytes:
        file = self._folder / SALT
        _written(file, os.urandom(32).hex())
        return bytes.fromhex(file.read_text(encoding="ascii"))

    def _prune(self) -> None:
        for file in self._folder.iterdir():
            if file.name != SALT and file.stat().st_mtime < time.time() - KEPT:
                file.unlink(missing_ok=True)


def _writable(data: Path) -> Path:
    if data.is_dir() and os.access(data, os.W_OK):
        return data
    from platformdirs import user_state_path

    return user_state_path("family-journeys")


def _written(file: Path, text: str) -> bool:
    """Write a file that nobody else may read, whole or not at all; False where it is there already."""
    fresh = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
    try:
        os.link(fresh, file)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True


def _who(authorization: str) -> list[str]:
    """Return the name and role that a token says, for it is another token after each login."""
    try:
        body = authorization.split(".")[1]
        claims = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return [str(claims["iss"]), str(claims["sub"]), str(claims["role"])]
    except (IndexError, ValueError, KeyError):
        return [authorization]
