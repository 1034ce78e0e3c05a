"""Measure speed as ratios, each of one run (`make bench`), or reminders (`lateness`, `herd`), or kills (`resume`)."""

import asyncio
import json
from argparse import ArgumentParser, Namespace

from bench import evaluations, events, herd, journal, journeys, lateness, messages, resume
from stack.private_stack import running
from store.pool import open_pool
from wiring.exit import leave
from wiring.settings import Settings
from wiring.telemetry.logging import start_logging
from wiring.temporal.client import connect


async def main(*, as_json: bool) -> None:
    """Start real Postgres and Temporal, take each row, and print them."""
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
    if as_json:
        print(json.dumps([{"name": row.name, "ratio": round(row.ratio, 3)} for row in rows]))


async def reminders() -> None:
    """Measure how late reminders are on a live stack, and print it."""
    for figures in await lateness.measure():
        print(figures.line())


async def one_date() -> None:
    """Let a herd of journeys fall due on one date, and print what became of it."""
    print((await herd.drive(herd.HEADS)).line())


async def after_a_kill() -> None:
    """Measure how soon journeys with long histories are answered after each part is killed, and print it."""
    for felt in await resume.measure():
        print(felt.line())


def _options() -> Namespace:
    parser = ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "what",
        nargs="?",
        choices=("speed", "lateness", "herd", "resume"),
        default="speed",
        help="what to measure (speed)",
    )
    parser.add_argument("--json", action="store_true", help="print the ratios of speed as JSON too")
    return parser.parse_args()


if __name__ == "__main__":
    asked = _options()
    start_logging("ERROR")  # a line an activity would be measured too, and bury the figures
    match asked.what:
        case "lateness":
            asyncio.run(reminders())
        case "herd":
            asyncio.run(one_date())
        case "resume":
            asyncio.run(after_a_kill())
        case _:
            asyncio.run(main(as_json=asked.json))
    leave(0)
