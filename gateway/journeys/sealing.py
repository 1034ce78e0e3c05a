"""Commands that say something personal: sealed under the family's key before they leave the gateway."""

import uuid
from collections.abc import Mapping
from typing import Any

from domain.errors import Rejected
from domain.journey.commands import Personal
from gateway.journeys.families import Asked
from gateway.services import Services
from store.errors import Erased


def own_key(key: str | None) -> str:
    """Return the caller's key, or one made up: what is sealed is bound to the id of its command."""
    return key or uuid.uuid4().hex


async def seal(services: Services, asked: Asked, command_id: str, said: Mapping[str, Any]) -> Personal:
    """Seal what a command says that is personal; raise `Rejected` when the family was erased."""
    reference = asked.journey.reference
    async with services.pool.acquire() as conn:
        try:
            return await services.vault.seal_personal(conn, reference, command_id, said)
        except Erased as fault:
            raise Rejected(
                "erased", f"{reference} was erased", "refer the people anew, as a family of their own"
            ) from fault
