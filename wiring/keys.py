"""The secret files of a process, read once at its start."""

import base64
from pathlib import Path

KEY_BYTES = 32


class BadSecretError(Exception):
    """A secret file is missing or does not hold what it must."""


def key(secrets_dir: Path, name: str) -> bytes:
    """Return the 32 bytes that `<secrets_dir>/<name>` holds as base64."""
    place = secrets_dir / name
    try:
        value = base64.b64decode(place.read_text(encoding="ascii").strip(), validate=True)
    except FileNotFoundError as fault:
        raise BadSecretError(f"{place} is missing; give it 32 random bytes as base64") from fault
    except ValueError as fault:
        raise BadSecretError(f"{place} is not base64; give it 32 random bytes as base64") from fault
    if len(value) != KEY_BYTES:
        raise BadSecretError(f"{place} holds {len(value)} bytes; give it 32 random bytes as base64")
    return value


def content(secrets_dir: Path, name: str) -> bytes:
    """Return what `<secrets_dir>/<name>` holds."""
    place = secrets_dir / name
    try:
        return place.read_bytes()
    except FileNotFoundError as fault:
        raise BadSecretError(f"{place} is missing; make it with: deploy/make_secrets.py {secrets_dir}") from fault


def secret_text(secrets_dir: Path, name: str) -> str | None:
    """Return the one line that `<secrets_dir>/<name>` holds, or None where there is no such file, or an empty one."""
    place = secrets_dir / name
    try:
        value = place.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if "\n" in value:
        raise BadSecretError(f"{place} must hold one line; write it again, or remove it")
    return value or None
