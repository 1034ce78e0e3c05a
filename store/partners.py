"""Partners: the secrets that sign their events, and where they are told things."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.pool import Conn
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner system; a suspended one may send nothing."""

    name: str
    suspended: bool
    webhook_url: str | None


async def add(conn: Conn, vault: Vault, name: str, webhook_url: str | None = None) -> str:
    """Add a partner and return its secret (`whsec_...`), shown this once. Raise `PartnerExists`."""
    raise NotImplementedError


async def rotate(conn: Conn, vault: Vault, name: str) -> str | None:
    """Give a partner a new secret, returned this once; the one before stays good until the next rotation."""
    raise NotImplementedError


async def secrets_of(conn: Conn, vault: Vault, name: str) -> Sequence[str]:
    """Return the secrets (`whsec_...`) a partner may sign with, newest first; none when unknown or suspended."""
    raise NotImplementedError


async def get(conn: Conn, name: str) -> Partner | None:
    """Return a partner, or None when it is unknown."""
    raise NotImplementedError


async def listing(conn: Conn) -> list[Partner]:
    """Return all partners by name."""
    raise NotImplementedError


async def suspend(conn: Conn, name: str, *, suspended: bool = True) -> bool:
    """Suspend a partner, or let it back; False when it is unknown."""
    raise NotImplementedError


async def set_webhook(conn: Conn, name: str, webhook_url: str | None) -> bool:
    """Set where a partner is told things; False when it is unknown."""
    raise NotImplementedError
