"""What the gateway is made of: opened in one place, closed in one place, and handed to the routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, partial
from typing import Annotated

from fastapi import Depends, Request

import programmes
from domain.calendar import local_date
from domain.errors import Rejected
from domain.intake.referral_columns import shown
from domain.programme.programme import Programme
from gateway.http.security import Tokens
from gateway.http.throttle import Throttle
from store import programmes as packs
from store.answers import answered
from store.pool import Pool, open_pool
from store.vault import Vault
from wiring.keys import key
from wiring.settings import Settings
from wiring.temporal.client import connect
from wiring.temporal.journeys import JourneyClient

JUDGED_AT_ONCE = 2  # requests of partner events: each holds its body, up to 8 MiB, and all that is made of it
PARSED_AT_ONCE = 2  # files of referrals: each is read and judged by a child process


@dataclass(frozen=True)
class Services:
    """Everything a route may need; `mail` wakes the forwarding of partner events, `judging` bounds their reading."""

    settings: Settings
    pool: Pool
    vault: Vault
    tokens: Tokens
    engine: JourneyClient
    mail: asyncio.Event = field(default_factory=asyncio.Event)
    judging: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(JUDGED_AT_ONCE))
    parsing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PARSED_AT_ONCE))
    kept: set[str] = field(default_factory=set)  # hashes of the rule packs that the database has from us

    @cached_property
    def throttle(self) -> Throttle:
        """What each partner has sent of late."""
        return Throttle(self.settings)

    async def now(self) -> datetime:
        """Return the business clock."""
        return await self.engine.now()

    async def today(self) -> date:
        """Return the day in Britain by the business clock."""
        return local_date(await self.now())

    async def programme(self, name: str | None = None) -> Programme:
        """Return a rule pack by name (the one of the settings by default), kept in the database from now on."""
        try:
            programme = programmes.load(name or self.settings.programme)
        except programmes.PackError as fault:
            raise Rejected(
                "unknown-programme", f"no programme {shown(name or '')}", f"use one of {', '.join(programmes.names())}"
            ) from fault
        if programme.hash not in self.kept:  # spelling a pack out takes longer than an event
            async with self.pool.acquire() as conn:
                await packs.keep(conn, programme)
            self.kept.add(programme.hash)
        return programme


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open the parts of a real gateway; Temporal is reached at the first command, so that the door opens without it."""
    pool = await open_pool(settings.database_url)
    try:
        client = await connect(settings, lazy=True)
        engine = JourneyClient(
            client,
            offset=settings.clock_offset,
            history_limit=settings.history_limit,
            answered=partial(answered, pool),
        )
        yield Services(settings=settings, pool=pool, vault=open_vault(settings), tokens=Tokens(settings), engine=engine)
    finally:
        await pool.close()


def open_vault(settings: Settings) -> Vault:
    """Open the vault with the keys of the secrets folder."""
    return Vault(key(settings.secrets_dir, "vault.key"), key(settings.secrets_dir, "subject.key"))


def parts_of(request: Request) -> Services:
    """Return the parts of the running gateway."""
    services: Services = request.app.state.services
    return services


Served = Annotated[Services, Depends(parts_of)]
