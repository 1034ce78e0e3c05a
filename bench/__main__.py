"""Measure speed as ratios, each taken in one run on one machine: `make bench`; or, given `lateness`, reminders."""

import asyncio
import json
import sys

from bench import evaluations, events, journal, journeys, lateness, messages
from stack.parts import running
from store.pool import open_pool
from wiring.leave import leave
from wiring.settings import Settings
from wiring.temporal import connect


async def main() -> None:
    """Start real Postgres and Temporal, take each row, and print it."""
    async with running(temporal="dev", gateway=True, durable=True, env=events.ROOMY) as stack:
        prefix = "JOURNEYS_"
        chosen = Settings.model_validate(
            {name.removeprefix(prefix).lower(): value for name, value in stack.environment.items()}
        )
        pool = await open_pool(stack.database_url)
        try:
            client = await connect(chosen)
            rows = [
                evaluations.measure(),
                *await events.measure(pool, stack),
                await journal.measure(pool),
                await journeys.measure(pool, client),
                await messages.measure(pool, client, chosen),
            ]
        finally:
            await pool.close()
    for row in rows:
        print(row.line())
    if "--json" in sys.argv:
        print(json.dumps([{"name": row.name, "ratio": round(row.ratio, 3)} for row in rows]))


async def reminders() -> None:
    """Measure how late reminders are on a live stack, and print it."""
    for figures in await lateness.measure():
        print(figures.line())


if __name__ == "__main__":
    asyncio.run(reminders() if "lateness" in sys.argv else main())
    leave(0)
