"""A step whose answer is lost is taken up by the same command, and never taken twice."""

import stat
from pathlib import Path
from typing import Any

import pytest
import stamina

from tests.cli.conftest import Cli
from tests.doors import Doors
from wiring.temporal.journeys import Unavailable

CONSENT = ("--on", "2012-05-02", "--purpose", "family-support")


@pytest.fixture
def one_attempt():
    """Try once, so that the taking up is seen."""
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


@pytest.fixture
def losing(doors: Doors, monkeypatch: pytest.MonkeyPatch):
    """An engine that carries the next commands out and loses the answers, as a connection that breaks does."""
    real, left = doors.engine.submit, [0]

    async def submit(journey_id: str, command: Any) -> Any:
        reply = await real(journey_id, command)
        if left[0]:
            left[0] -= 1
            raise Unavailable("the answer was lost")
        return reply

    monkeypatch.setattr(doors.engine, "submit", submit)
    return left


async def _happened(doors: Doors, reference: str, kind: str) -> int:
    answer = await doors.client().get(f"/v1/journeys/{reference}")
    return sum(1 for one in answer.json()["timeline"] if one["event"]["type"] == kind)


def _kept(data: Path) -> list[Path]:
    folder = data / "steps-under-way"
    return [file for file in folder.iterdir() if file.name != ".salt"] if folder.is_dir() else []


async def test_a_lost_answer_is_asked_for_again_under_the_same_key(cli: Cli, doors: Doors, losing: list[int]):
    """The CLI itself sends the step again with its key: it happened once, and the user sees one answer."""
    reference = await doors.referred()
    losing[0] = 1
    ran = await cli("consent", reference, *CONSENT)
    assert (0, 1) == (ran.code, await _happened(doors, reference, "consent-recorded")), ran


@pytest.mark.usefixtures("one_attempt")
async def test_the_same_command_takes_the_step_up(cli: Cli, doors: Doors, losing: list[int]):
    """After an unknown outcome the same command carries the same key, and what it kept of it is for its owner only."""
    reference = await doors.referred()
    losing[0] = 1
    first = await cli("consent", reference, *CONSENT)
    (kept,) = _kept(cli.data)
    assert (4, 0o600) == (first.code, stat.S_IMODE(kept.stat().st_mode)), first
    assert reference not in kept.name + kept.read_text()
    second = await cli("consent", reference, *CONSENT)
    assert (0, 1, []) == (second.code, await _happened(doors, reference, "consent-recorded"), _kept(cli.data)), second
    assert "taken up" in second.err


@pytest.mark.usefixtures("one_attempt")
async def test_another_command_has_a_key_of_its_own(cli: Cli, doors: Doors, losing: list[int]):
    """Only the same step of the same person is taken up; a step on another day is another one."""
    reference = await doors.referred()
    losing[0] = 1
    await cli("consent", reference, *CONSENT)
    other = await cli("consent", reference, "--on", "2012-05-03")
    assert (0, 2, 1) == (other.code, await _happened(doors, reference, "consent-recorded"), len(_kept(cli.data)))


@pytest.mark.usefixtures("one_attempt")
async def test_a_refusal_settles_the_step(cli: Cli, doors: Doors):
    """A step that was refused is known not to have happened: nothing of it is kept."""
    reference = await doors.referred()
    ran = await cli("close", reference, "--outcome", "no-such-outcome")
    assert (2, []) == (ran.code, _kept(cli.data)), ran


@pytest.mark.usefixtures("one_attempt")
async def test_the_oldest_of_the_queue_is_given_once(cli: Cli, doors: Doors, losing: list[int]):
    """`allocate --next` typed again after a lost answer gives the same family, not the next one."""
    worker = await doors.worker()
    for _ in range(2):
        reference = await doors.referred()
        await doors.step(reference, "identify", criteria=["poverty", "addiction"])
    losing[0] = 1
    first = await cli("allocate", "--next", worker, "--on", "2012-06-01")
    second = await cli("allocate", "--next", worker, "--on", "2012-06-01")
    listed = (await doors.client().get("/v1/journeys", params={"holder": worker})).json()["journeys"]
    for row in listed:
        await doors.step(row["reference"], "close", outcome="moved-away")
    assert (4, 0, 1) == (first.code, second.code, len(listed)), second


async def test_a_key_of_the_queue_with_another_content_is_refused(doors: Doors):
    """The same key for another key worker is a conflict, and hands out no further family."""
    first, second = await doors.worker(), await doors.worker()
    for _ in range(2):
        reference = await doors.referred()
        await doors.step(reference, "identify", criteria=["poverty", "addiction"])
    async with doors.client() as client:
        headers = {"idempotency-key": f"next-{first}"}
        one = await client.post("/v1/queue/next", json={"key_worker": first}, headers=headers)
        two = await client.post("/v1/queue/next", json={"key_worker": second}, headers=headers)
        held = (await client.get("/v1/journeys", params={"holder": second})).json().get("journeys", [])
    await doors.step(one.json()["reference"], "close", outcome="moved-away")
    for row in held:
        await doors.step(row["reference"], "close", outcome="moved-away")
    assert (200, 409, 0) == (one.status_code, two.status_code, len(held)), two.text


async def test_a_journey_that_took_the_command_meanwhile_answers(doors: Doors, monkeypatch: pytest.MonkeyPatch):
    """A command that is carried out between two looks answers for itself, and the head after it is not given too."""
    worker = await doors.worker()
    waiting = []
    for _ in range(2):
        waiting.append(f"journey:wirral:{await doors.referred()}:1")
        await doors.step(waiting[-1].split(":")[2], "identify", criteria=["poverty", "addiction"])
    real, late = doors.engine.submit, list[str]()

    async def submit(journey_id: str, command: Any) -> Any:
        if late:
            return await real(journey_id, command)
        late.extend(name for name in waiting if name != journey_id)
        await real(late[0], command)  # the earlier try of the same command arrives there at last
        return await real(journey_id, command)

    monkeypatch.setattr(doors.engine, "submit", submit)
    async with doors.client() as client:
        answer = await client.post("/v1/queue/next", json={"key_worker": worker})
        held = (await client.get("/v1/journeys", params={"holder": worker})).json()["journeys"]
    monkeypatch.undo()
    for name in waiting:
        await doors.step(name.split(":")[2], "close", outcome="moved-away")
    assert (200, late[:1]) == (answer.status_code, [row["journey_id"] for row in held]), answer.text
