"""Claim windows carried out at once, by the activities that the workflow would run."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.claim_windows import InWindow, SubmitClaims, WindowActivities
from activities.delivery.services import DeliveryServices
from domain.errors import Rejected
from store.pool import Pool
from store.vault import Vault


class NearWindows:
    """The port of `wiring.temporal.claim_windows.Windows`, without Temporal; `now` is the business clock."""

    def __init__(self, pool: Pool, vault: Vault, services: DeliveryServices, now: datetime) -> None:
        self.doing, self.now = WindowActivities(pool, vault, services, timedelta(0)), now
        self.started: list[str] = []

    async def run(self, activity: Any, order: Any) -> Any:
        """Run one activity at the moment of the clock."""
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, started_time=self.now)
        return await environment.run(activity, order)

    async def start(self, window_id: str) -> None:
        """Open the window and gather."""
        self.started.append(window_id)
        await self.run(self.doing.gather_claims, InWindow(window_id=window_id))

    async def gather(self, window_id: str, command_id: str) -> dict[str, Any]:
        """Gather again."""
        return (await self.run(self.doing.gather_claims, InWindow(window_id=window_id))).model_dump()

    async def submit(self, window_id: str, command_id: str, actor: str) -> dict[str, Any]:
        """Submit, or be refused."""
        order = SubmitClaims(window_id=window_id, command_id=command_id, actor=actor)
        reply = await self.run(self.doing.submit_claims, order)
        if reply.rejection is not None:
            raise Rejected(reply.rejection.code, reply.rejection.reason, reply.rejection.remedy)
        return reply.model_dump(mode="json")
