"""The one file of a backup: what it holds, how it is written whole or not at all, and how it is proven before use.

A tar of `manifest.json` (what, when, hashes), `database.dump` (pg_dump's custom format) and, with a passphrase,
`secrets.sealed`: the keys, encrypted. Without them the names in the dump are ciphertext for ever; codes and dates are
in clear either way.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ValidationError

from stack.errors import StackError

FORM = 1
MANIFEST, DUMP, KEYS = "manifest.json", "database.dump", "secrets.sealed"
PURPOSE = b"family-journeys backup: keys"
SALT, NONCE = 16, 12
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # of a file in the folder of keys
SHORTEST = 12  # characters of a passphrase


class BackupRefused(StackError):
    """A file is no backup that can be restored, or a passphrase does not open it."""


class Manifest(BaseModel):
    """What a backup holds; `hashes` are SHA-256, by member."""

    form: int = FORM
    made_at: datetime
    hashes: dict[str, str]

    @property
    def keys(self) -> bool:
        """Whether the keys are in it."""
        return KEYS in self.hashes


def write(file: Path, place: Path) -> Manifest:
    """Make a backup of the members in the folder `place`; the file appears whole or not at all, for its owner alone."""
    names = [name for name in (DUMP, KEYS) if (place / name).exists()]
    manifest = Manifest(made_at=datetime.now(UTC), hashes={name: _hash(place / name) for name in names})
    (place / MANIFEST).write_text(manifest.model_dump_json())
    fresh = place / "whole.tar"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as whole:
        with tarfile.open(fileobj=whole, mode="w") as tar:
            for name in (MANIFEST, *names):
                tar.add(place / name, arcname=name)
        whole.flush()
        os.fsync(whole.fileno())
    fresh.replace(file)
    return manifest


def read(file: Path, place: Path) -> Manifest:
    """Read a backup's members into the folder `place` and prove them; raise `BackupRefused` for anything else."""
    try:
        with tarfile.open(file, "r:") as tar:
            manifest = Manifest.model_validate_json(_member(tar, MANIFEST).read())
            for name in (DUMP, *([KEYS] if manifest.keys else [])):
                with (place / name).open("wb") as copy:
                    shutil.copyfileobj(_member(tar, name), copy)
                if _hash(place / name) != manifest.hashes.get(name):
                    raise BackupRefused(f"{name} in {file} is damaged; give another backup")
    except (OSError, tarfile.TarError, ValidationError, KeyError, EOFError) as fault:
        kind = type(fault).__name__
        raise BackupRefused(f"{file} is not a whole backup made by journeys backup ({kind}); give another") from fault
    if manifest.form != FORM:
        raise BackupRefused(f"{file} has form {manifest.form}, and this release reads form {FORM}; use its own release")
    return manifest


def has_keys(file: Path) -> bool:
    """Tell whether a backup holds keys; what cannot be read holds none, and is refused by `read`."""
    try:
        with tarfile.open(file, "r:") as tar:
            return KEYS in tar.getnames()
    except (OSError, tarfile.TarError, EOFError):
        return False


def seal_keys(folder: Path, passphrase: str) -> bytes:
    """Return the files of a secrets folder, encrypted with a passphrase."""
    if len(passphrase) < SHORTEST:
        raise BackupRefused(f"the passphrase has {len(passphrase)} characters; give one of at least {SHORTEST}")
    files = {each.name: base64.b64encode(each.read_bytes()).decode() for each in folder.iterdir() if each.is_file()}
    salt, nonce = token_bytes(SALT), token_bytes(NONCE)
    return salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, json.dumps(files).encode(), PURPOSE)


def open_keys(sealed: bytes, passphrase: str) -> dict[str, bytes]:
    """Return the files that were sealed, by name."""
    salt, nonce, text = sealed[:SALT], sealed[SALT : SALT + NONCE], sealed[SALT + NONCE :]
    try:
        files = json.loads(AESGCM(_key(passphrase, salt)).decrypt(nonce, text, PURPOSE))
    except InvalidTag as fault:
        told = "the passphrase does not open the keys of this backup; give the one that it was made with"
        raise BackupRefused(told) from fault
    if strange := [name for name in files if not NAME.fullmatch(name)]:
        raise BackupRefused(
            f"the backup holds a key called {strange[0]!r}, which is no name of ours; give another backup"
        )
    return {name: base64.b64decode(content) for name, content in files.items()}


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    """Open a plain member: no link to another, and none with holes, which would unpack to more than the file holds."""
    found = tar.getmember(name)
    member = tar.extractfile(found) if found.isreg() and not found.issparse() else None
    if member is None:
        raise KeyError(name)
    return member


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
