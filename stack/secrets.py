"""The keys of a one-machine stack: made once, kept in files that only their owner may read."""

import base64
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes, token_hex

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

KEY_BYTES = 32
BOUND_SINCE = "bound_since"  # in codec.key; wiring/temporal/codec.py reads it
UPGRADE = timedelta(minutes=10)


def ensure(folder: Path) -> None:
    """Make the secrets that are not there yet; never touch one that is, for what it locked would be lost."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    _once(folder / "codec.key", _codec_keys)
    _bind(folder / "codec.key")
    _once(folder / "vault.key", _key)
    _once(folder / "subject.key", _key)
    _once(folder / "jwt.json", _signing_key)
    _once(folder / "jwks.json", lambda: _public_set(folder / "jwt.json"))


def _once(path: Path, make: Callable[[], str]) -> None:
    """Write a file that is not there; whole or not at all, so that a crash leaves no half a key."""
    if path.exists():
        return
    fresh = _fresh(path, make())
    try:
        os.link(fresh, path)  # refuses to replace one that another process made meanwhile
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def write_private(path: Path, content: str) -> None:
    """Write a file anew; whole or not at all, and for its owner alone."""
    _fresh(path, content).replace(path)


def _fresh(path: Path, content: str) -> Path:
    """Write a file beside `path`, on the disk when this returns."""
    fresh = path.with_name(f".{path.name}.{token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _bind(path: Path) -> None:
    """Note in a codec.key of an earlier release from when on every payload of Temporal's is bound to its workflow.

    What is under way while the processes are replaced has a few minutes; after that, what is not bound is refused.
    """
    content = json.loads(path.read_text())
    if BOUND_SINCE not in content:
        write_private(path, json.dumps({**content, BOUND_SINCE: (datetime.now(UTC) + UPGRADE).isoformat()}))


def _key() -> str:
    return base64.b64encode(token_bytes(KEY_BYTES)).decode()


def _codec_keys() -> str:
    current = f"k-{token_hex(4)}"
    return json.dumps({"current": current, "keys": {current: _key()}, BOUND_SINCE: datetime.now(UTC).isoformat()})


def _signing_key() -> str:
    jwk = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True)
    return json.dumps({**jwk, "kid": f"s-{token_hex(4)}", "alg": "EdDSA", "use": "sig"})


def _public_set(signing_key: Path) -> str:
    jwk = json.loads(signing_key.read_text())
    return json.dumps({"keys": [{name: value for name, value in jwk.items() if name != "d"}]})
