"""Partners: the secrets that sign their events, and where they are told things."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes

from store.errors import PartnerExists
from store.pool import Conn
from store.queries import queries
from store.vault import Vault

_SQL = queries("partners")
SECRET_BYTES = 32
KEPT = timedelta(days=7)  # how long the secret before a rotation stays good, unless told otherwise


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner system, and where it is told things; a suspended one may send nothing and is told nothing.

    `addresses` go by the names in `domain/channels.py`; `older_until` is when its secret before a rotation ends.
    """

    name: str
    suspended: bool
    addresses: dict[str, str] = field(default_factory=dict)
    notify_template: str | None = None
    rate_per_minute: int | None = None
    older_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rotated:
    """A new secret, returned this once, and until when the one before it still signs."""

    secret: str
    older_until: datetime


async def add(conn: Conn, vault: Vault, name: str, addresses: Mapping[str, str] | None = None) -> str:
    """Add a partner and return its secret (`whsec_...`), shown this once. Raise `PartnerExists`."""
    secret = token_bytes(SECRET_BYTES)
    if not await conn.fetchval(_SQL["add"], name, vault.seal_secret(name, secret), addresses or {}):
        raise PartnerExists
    return _spelled(secret)


async def rotate(conn: Conn, vault: Vault, name: str, keep: timedelta = KEPT) -> Rotated | None:
    """Give a partner a new secret; the one before stays good for `keep`, and one before that is gone at once.

    None: the partner is unknown.
    """
    secret = token_bytes(SECRET_BYTES)
    until: datetime | None = await conn.fetchval(_SQL["rotate"], name, vault.seal_secret(name, secret), keep)
    return None if until is None else Rotated(_spelled(secret), until)


async def secrets_of(conn: Conn, vault: Vault, name: str, *, suspended_too: bool = False) -> list[str]:
    """Return the secrets (`whsec_...`) a partner may sign with, newest first; none when unknown or suspended."""
    sealed: list[bytes] = await conn.fetchval(_SQL["secrets_of"], name, suspended_too) or []
    return [_spelled(vault.open_secret(name, each)) for each in sealed]


async def get(conn: Conn, name: str) -> Partner | None:
    """Return a partner, or None when it is unknown."""
    row = await conn.fetchrow(_SQL["get"], name)
    return None if row is None else Partner(**dict(row))


async def listing(conn: Conn, after: str | None = None, limit: int = 500) -> list[Partner]:
    """Return partners by name, those after `after`."""
    return [Partner(**dict(row)) for row in await conn.fetch(_SQL["listing"], after, limit)]


async def suspend(conn: Conn, name: str, *, suspended: bool = True) -> bool:
    """Suspend a partner, or let it back; False when it is unknown."""
    return bool(await conn.fetchval(_SQL["suspend"], name, suspended))


async def set_addresses(
    conn: Conn,
    name: str,
    addresses: Mapping[str, str],
    notify_template: str | None = None,
    rate_per_minute: int | None = None,
) -> bool:
    """Set a partner's addresses, its template at GOV.UK Notify and its rate, all anew; False when it is unknown."""
    return bool(await conn.fetchval(_SQL["set_addresses"], name, addresses, notify_template, rate_per_minute))


def _spelled(secret: bytes) -> str:
    """Spell a secret as Standard Webhooks does (https://www.standardwebhooks.com)."""
    return f"whsec_{b64encode(secret).decode()}"
