"""A time-lapse: real journeys through eighteen months in minutes, on a private stack that leaves nothing behind."""

import asyncio
import os
import sys
import time
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import httpx
from pydantic import TypeAdapter
from temporalio.client import Client

from domain.calendar import LONDON, add_months, calendar_of
from domain.programme.programme import Programme
from programmes import OWN
from stack import sinks, tokens
from stack.private_stack import PrivateStack, running
from store.inbox import counts
from store.pool import Pool, open_pool
from timelapse.clock import SkippingClock
from timelapse.feed import CloudEvent, Feed, by_day, partner_of
from timelapse.figures import Figures
from timelapse.options import forget_own, read_options
from timelapse.referrals import BAD_INPUT, FileRefusedError, Imported
from timelapse.story import Household, Story
from timelapse.summary import collect, show
from wiring.exit import leave
from wiring.settings import Settings
from wiring.temporal.client import connect

MORNING = clock_time(7, 30)
EVENING = clock_time(19, 0)
IMPORT_WEEKS = 12
STANDSTILL = 30  # seconds


def main(arguments: list[str] | None = None) -> None:
    """Run a time-lapse from the command line and leave with its exit code."""
    options = read_options(arguments)
    try:
        figures = asyncio.run(lapse(options))
    except FileRefusedError as refused:
        print(f"journeys timelapse: {options.referrals}: {refused}", file=sys.stderr)  # noqa: T201
        forget_own()
        leave(BAD_INPUT)
    forget_own()
    show(figures, as_json=options.json, verbose=options.verbose)
    leave(0)


async def lapse(options: Namespace) -> Figures:
    """Run the whole time-lapse and return its figures."""
    began = time.monotonic()
    async with _cast(options) as cast:
        await _through(cast, options)
        return await collect(cast.stack, cast.http, cast.client, cast.story, cast.feed, cast.imported, began)


@dataclass
class Cast:
    """Everyone who takes part."""

    stack: PrivateStack
    http: httpx.AsyncClient
    client: Client
    clock: SkippingClock
    story: Story
    feed: Feed
    referrals: Path
    programme: Programme
    imported: Imported
    inbox: Pool


@asynccontextmanager
async def _cast(options: Namespace) -> AsyncIterator[Cast]:
    """Start the stack with its sinks, and introduce staff and partners."""
    programme: Programme = options.programme
    offset = datetime.combine(options.start, MORNING, tzinfo=LONDON).astimezone(UTC) - datetime.now(UTC)
    async with sinks.smtp() as mail, sinks.webhooks() as hooks:
        env = _environment(offset, programme, mail.port)
        async with running(temporal="time-skipping", worker=True, gateway=True, env=env) as stack:
            client = await connect(Settings.model_validate(_settings(stack)))
            token = tokens.mint(stack.layout.secrets, name="demo", role="manager")
            async with (
                httpx.AsyncClient(
                    base_url=stack.gateway_url,
                    headers={"authorization": f"Bearer {token}"},
                    timeout=60,
                    trust_env=False,
                ) as http,
                await open_pool(stack.database_url, size=1) as inbox,
            ):
                workers = await _staff(http, options.key_workers)
                secrets = await _partners(http, programme, options.events, hooks.port)
                story = Story(http, programme, calendar_of(programme.nation), workers)
                yield Cast(
                    stack=stack,
                    http=http,
                    client=client,
                    clock=SkippingClock(client, offset),
                    story=story,
                    feed=Feed(http, secrets),
                    referrals=options.referrals,
                    programme=programme,
                    imported=Imported(url=stack.gateway_url, token=token),
                    inbox=inbox,
                )


def _environment(offset: timedelta, programme: Programme, smtp_port: int) -> dict[str, str]:
    return {
        "JOURNEYS_STACK": "time-lapse",
        "JOURNEYS_CLOCK_OFFSET": TypeAdapter(timedelta).dump_python(offset, mode="json"),
        "JOURNEYS_PROGRAMME": programme.name,
        "JOURNEYS_SMTP_HOST": "127.0.0.1",
        "JOURNEYS_SMTP_PORT": str(smtp_port),
        "JOURNEYS_SMTP_TLS": "none",
        "JOURNEYS_LOG_LEVEL": "WARNING",
        **({OWN: os.environ[OWN]} if OWN in os.environ else {}),
    }


def _settings(stack: PrivateStack) -> dict[str, Any]:
    prefix = "JOURNEYS_"
    return {
        name.removeprefix(prefix).lower(): value for name, value in stack.environment.items() if name.startswith(prefix)
    }


async def _staff(http: httpx.AsyncClient, key_workers: int) -> list[str]:
    """Add the key workers, and the coordinator and manager that reminders go to."""
    workers = [f"kw-{number}" for number in range(1, key_workers + 1)]
    roles = [*((name, "key-worker") for name in workers), ("coordinator-1", "coordinator"), ("manager-1", "manager")]
    for name, role in roles:
        answer = await http.post("/v1/staff", json={"name": name, "role": role, "email": f"{name}@council.example"})
        answer.raise_for_status()
    return workers


async def _partners(
    http: httpx.AsyncClient, programme: Programme, events: list[CloudEvent], port: int
) -> dict[str, str]:
    """Add each partner of the programme and of the feed, with a webhook; return their secrets."""
    named = {held.partner for held in programme.agreements} | {partner_of(event) for event in events}
    secrets = {}
    for name in sorted(named):
        url = f"http://127.0.0.1:{port}/{name}"
        answer = await http.post("/v1/partners", json={"name": name, "addresses": {"webhook_url": url}})
        answer.raise_for_status()
        secrets[name] = answer.json()["secret"]
    return secrets


async def _through(cast: Cast, options: Namespace) -> None:
    """Go through the calendar day by day: mail goes out by itself, people do their work, partners send theirs."""
    end = add_months(options.start, options.months)
    days = by_day(options.events, options.start, end)
    calendar = calendar_of(cast.programme.nation)
    for day, advance in _progress(options.start, end, quiet=options.json):
        if calendar.is_working(day) or day in days:
            await cast.clock.skip_to(datetime.combine(day, EVENING, tzinfo=LONDON))
        await _evening(cast, day, days.get(day, []), options.start)
        await _settled(cast.inbox)
        advance()


async def _evening(cast: Cast, day: date, events: list[CloudEvent], start: date) -> None:
    """Let everybody do what this day brings; whoever needs not wait for the others works beside them."""
    working = calendar_of(cast.programme.nation).is_working(day)
    if working:
        # Families that come in today are worked with from tomorrow.
        await asyncio.gather(_import(cast, day, start), cast.story.act(day))
    await asyncio.gather(cast.feed.send(events), *([cast.story.answer_reminders()] if working else []))


async def _import(cast: Cast, day: date, start: date) -> None:
    """Take the week's referrals on a Friday; the same file each time, which changes nothing for those taken before."""
    due = day.weekday() == 4 and day <= start + timedelta(weeks=IMPORT_WEEKS)  # noqa: PLR2004 - Friday
    if due and cast.imported.unfinished:
        for family in await cast.imported.take(cast.referrals):
            shown = (await cast.http.get(f"/v1/journeys/{family.reference}")).raise_for_status().json()
            criteria = tuple(shown["journey"]["criteria"])
            cast.story.welcome(Household(family.number, family.reference, criteria), day)


async def _settled(inbox: Pool) -> None:
    """Wait until every partner event that can be applied is, so that it lands on its day; give up when none is.

    It is asked hundreds of times, so in the database itself: by way of the gateway each would cost twenty times that.
    """
    before, since = None, time.monotonic()
    while time.monotonic() < since + STANDSTILL:
        async with inbox.acquire() as conn:
            found = await counts(conn)
        if not found["received"] and not found["forwarded"]:
            return
        if found != before:
            before, since = found, time.monotonic()
        await asyncio.sleep(0.01)
    raise TimeoutError(f"no partner event was applied for {STANDSTILL} s: {before}")


def _progress(start: date, end: date, *, quiet: bool) -> Any:
    """Yield each day with a function to call when it is done; the bar goes to stderr."""
    from rich.console import Console  # noqa: PLC0415 - drawn only here
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    total = (end - start).days + 1
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task("starting", total=total)
        for number in range(total):
            day = start + timedelta(days=number)
            bar.update(task, description=f"{day:%d %b %Y}")
            yield day, lambda: bar.advance(task)


if __name__ == "__main__":
    main(sys.argv[1:])
