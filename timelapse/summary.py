"""The end of a time-lapse: what became of the families is asked for, and shown."""

import json
import statistics
import time
from dataclasses import asdict
from typing import Any

import httpx
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client

from stack.private_stack import PrivateStack
from timelapse.feed import Feed
from timelapse.figures import STEPS, Figures
from timelapse.referrals import Imported
from timelapse.story import Story

MEGABYTE = 1024 * 1024


async def collect(  # noqa: PLR0913, PLR0917 - everyone who took part has something to say
    stack: PrivateStack,
    http: httpx.AsyncClient,
    client: Client,
    story: Story,
    feed: Feed,
    imported: Imported,
    began: float,
) -> Figures:
    """Ask gateway, Temporal and the processes for their figures."""
    counts = (await http.get("/v1/counts")).raise_for_status().json()
    claims = (await http.get("/v1/claims")).raise_for_status().json()
    shown = [await _shown(http, household.reference) for household in story.households]
    lengths = [await _history(client, one["journey"]["journey_id"]) for one in shown]
    return Figures(
        families=counts["journeys"],
        eligible=len(story.eligible),
        closed=counts["stages"]["closed"],
        events=counts["events"],
        reminders=counts["reminders"],
        notifications=counts["notifications"],
        stages=counts["stages"],
        claims=[claim for claim in claims if claim["verdict"] == "met" and claim["amount"] > 0],
        refused_rows=imported.faults,
        partner_events=dict(feed.outcomes),
        refused_events=dict(feed.reasons),
        quarantined_events=counts["inbox"].get("quarantined", 0),
        refused_steps=len(story.refusals),
        history_events={
            "least": min(lengths, default=0),
            "median": statistics.median(lengths) if lengths else 0,
            "most": max(lengths, default=0),
        },
        peak_memory_mb={name: size // MEGABYTE for name, size in stack.peak_memory().items()},
        story=max(shown, key=_eventful, default={}),
        seconds=time.monotonic() - began,
    )


async def _shown(http: httpx.AsyncClient, reference: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await http.get(f"/v1/journeys/{reference}")).raise_for_status().json()
    return answer


async def _history(client: Client, journey_id: str) -> int:
    """Return the length of the newest run's history; asked raw, as the SDK cannot read an attribute that was unset."""
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=journey_id)
    )
    described = await client.workflow_service.describe_workflow_execution(request)
    return described.workflow_execution_info.history_length


def _eventful(shown: dict[str, Any]) -> tuple[int, int]:
    """Prefer a family that was claimed for, then the one whose path has the most steps."""
    steps = [told for told in shown["timeline"] if told["event"]["type"] in STEPS]
    return len(shown["claims"]), len(steps)


def show(figures: Figures, *, as_json: bool, verbose: bool = False) -> None:
    """Print the figures and the closing line; with `as_json` the same as one JSON object."""
    if as_json:
        details = {
            f"{name}_detail" if name in figures.numbers() else name: told for name, told in asdict(figures).items()
        }
        print(json.dumps({**figures.numbers(), **details}, default=str))  # noqa: T201
        return
    from timelapse.tables import draw  # noqa: PLC0415 - rich only where tables are drawn

    draw(figures, verbose=verbose)
    print(figures.line())  # noqa: T201
