"""Two coordinators on one family: who judges by what has changed meanwhile is told who changed what, and what to do."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stack.ports import free_ports
from tests.cli.conftest import JOURNEYS, Cli, Ran
from tests.doors import Doors
from tests.eventually import eventually


def as_each(doors: Doors) -> tuple[dict[str, str], dict[str, str]]:
    """What the shells of Ann and Bob hold: a token of each."""
    ann, bob = ({"JOURNEYS_TOKEN": doors.token("coordinator", name)} for name in ("ann", "bob"))
    return ann, bob


async def apart(cli: Cli, shell: dict[str, str], *words: str) -> Ran:
    """Run the CLI in a process of its own."""
    running = await asyncio.create_subprocess_exec(
        *(str(JOURNEYS), *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"JOURNEYS_DATA": str(cli.data)} | shell,
    )
    out, err = await running.communicate()
    return Ran(running.returncode or 0, out.decode(), err.decode())


@asynccontextmanager
async def between(address: str, overtake: Callable[[], Awaitable[object]]) -> AsyncIterator[str]:
    """A door before the gateway's, at which somebody overtakes whoever has just read a journey."""

    async def passed_on(request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        async with httpx.AsyncClient(base_url=address) as client:
            answer = await client.request(
                request.method, request.url.path, content=await request.body(), headers=headers
            )
        if request.method == "GET" and "/journeys/" in request.url.path:
            await overtake()
        return Response(answer.content, answer.status_code, media_type=answer.headers["content-type"])

    (port,) = free_ports(1)
    app = Starlette(routes=[Route("/{path:path}", passed_on, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


async def version(cli: Cli, ref: str) -> str:
    """The version as people are shown it."""
    (line,) = [line for line in (await cli("show", ref)).out.splitlines() if line.startswith("version")]
    return line.split()[1]


async def test_the_second_is_told_what_the_first_did(cli: Cli, doors: Doors):
    """Bob closes what Ann has stepped on meanwhile: he is told who did what, how to look again, and nothing happens."""
    ann, bob = as_each(doors)
    ref, _ = await doors.allocated()
    seen = await version(cli, ref)
    assert (await cli("assess", ref, "--need", "debt", "--if-version", seen, **ann)).code == 0
    ran = await cli("close", ref, "--outcome", "moved-away", "--yes", "--if-version", seen, **bob)
    assert ran.code == 1, ran
    for said in (f"not {seen}", "family-assessed by coordinator:ann", f"journeys show {ref}"):
        assert said in ran.err
    assert (await cli.ok("show", ref))["journey"]["stage"] == "assessment"
    again = await cli("close", ref, "--outcome", "moved-away", "--yes", "--if-version", await version(cli, ref), **bob)
    assert (again.code, "journey-closed" in again.out) == (0, True)


async def test_of_two_at_once_one_is_taken(cli: Cli, doors: Doors):
    """Two deadlines moved at the same moment on what both saw: one is taken, the other is told of it."""
    ann, bob = as_each(doors)
    ref, _ = await doors.allocated()
    move = ("deadline", "move", ref, "assessment", "--why", "family-away", "--if-version", await version(cli, ref))
    ran = await asyncio.gather(
        apart(cli, ann, *move, "--to", "2012-07-09"), apart(cli, bob, *move, "--to", "2012-07-10")
    )
    assert sorted(one.code for one in ran) == [0, 1], ran
    assert "deadline-moved by coordinator:" in "".join(one.err for one in ran)


async def test_list_tells_the_version_too(cli: Cli, doors: Doors):
    """The version that list shows is the one that show shows, and a step answers with the next."""
    ref, _ = await doors.allocated()
    listed = (await cli("list", "--reference", ref[2:], "--csv")).out.splitlines()[1].split(",")
    assert listed[1] == await version(cli, ref)
    ran = await cli("assess", ref, "--need", "debt", "--if-version", listed[1])
    assert f"version {await version(cli, ref)})" in ran.out


async def test_a_version_of_the_journey_before_is_none_of_this_one(cli: Cli, doors: Doors):
    """On a family's second journey the version names the journey too, and one of the first never passes for it."""
    form = doors.form()
    ref = await doors.referred(**form)
    await doors.step(ref, "close", outcome="declined")
    assert await doors.referred(**form) == ref
    assert await version(cli, ref) == "2-1"
    ran = await cli("close", ref, "--outcome", "declined", "--yes", "--if-version", "1")
    assert (ran.code, "on its journey 2, not 1" in ran.err) == (1, True)
    assert (await cli("close", ref, "--outcome", "declined", "--yes", "--if-version", "2-1")).code == 0


async def test_what_is_no_version_is_refused(cli: Cli):
    """A version that show would not tell is refused before anything is sent, and so is one beside --next."""
    ran = await cli("close", "F-7K3Q-9D2X", "--outcome", "declined", "--yes", "--if-version", "latest")
    assert (ran.code, "--if-version: latest is not a version" in ran.err) == (2, True)
    ran = await cli("allocate", "--next", "kim", "--if-version", "3")
    assert (ran.code, "--next" in ran.err) == (2, True)


async def test_a_correction_goes_by_what_it_shows(cli: Cli, doors: Doors):
    """Correct shows how the event read, the last correction included, and is held to the journey that it read."""
    ref, _ = await doors.allocated()
    first = await cli("correct", ref, "2", "--reason", "typing-error", "--set", "on=2012-05-20")
    assert (first.code, "event 2 was  2012-06-01  family-identified" in first.out) == (0, True), first
    second = await cli("correct", ref, "2", "--reason", "typing-error", "--set", "on=2012-05-21")
    assert "event 2 was  2012-05-20" in second.out
    sent = (await cli("correct", ref, "2", "--reason", "typing-error", "--set", "on=2012-05-22", "--json")).out
    assert json.loads(sent)["happened"] == ["event-corrected"]


async def test_a_correction_that_was_overtaken_is_refused(cli: Cli, doors: Doors, address: str):
    """What happens between the reading and the correction refuses it, without --if-version and with who did what."""
    ref, _ = await doors.allocated()
    async with between(address, lambda: doors.step(ref, "record-contact", role="coordinator", name="bob")) as door:
        words = ("correct", ref, "2", "--reason", "typing-error", "--set", "on=2012-05-20", "--url", door)
        ran = await cli(*words)
    assert (ran.code, "contact-recorded by coordinator:bob" in ran.err) == (1, True), ran


async def test_an_earlier_journey_shows_its_numbered_events(cli: Cli, doors: Doors):
    """Show of a family referred again names the earlier journey, shows its events by number, and correct takes one."""
    form = doors.form()
    ref = await doors.referred(**form)
    await doors.step(ref, "identify", criteria=["poverty"])
    await doors.step(ref, "close", outcome="not-eligible")
    await doors.referred(**form)
    assert f"journeys show {ref} --journey 1" in (await cli("show", ref)).out
    told = await cli.ok("show", ref, "--journey", "1")
    assert [one["event"]["type"] for one in told["timeline"]] == [
        "family-referred",
        "family-identified",
        "journey-closed",
    ]
    ran = await cli("correct", ref, "2", "--journey", "1", "--reason", "typing-error", "--set", "on=2012-05-20")
    assert (ran.code, "event 2 was  2012-06-01  family-identified" in ran.out) == (0, True), ran
    ran = await cli("show", ref, "--journey", "3")
    assert (ran.code, "its journeys are 1 to 2" in ran.err) == (1, True)
