"""A private stack starts real parts, lets each be killed and started, and leaves nothing behind."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from stack_help import eventually
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.testservice.v1 import SleepRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from domain.names import SEARCH_ATTRIBUTES
from stack import pids, private_stack, temporal
from stack.ports import free_ports
from stack.process import Child

pytestmark = pytest.mark.slow(12)

STAGE = TypedSearchAttributes([SearchAttributePair(SearchAttributeKey.for_keyword("JourneyStage"), "referred")])
ENDLESS = """
import asyncio, os
from stack import private_stack
async def main():
    async with private_stack.running(temporal=None) as stack:
        print(stack.process("postgres").pid, stack.layout.data, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_workflows_survive_a_killed_dev_server():
    """A workflow started before SIGKILL of the dev server is there afterwards, with its search attribute."""
    async with private_stack.running(temporal="dev") as stack:
        client = await Client.connect(stack.temporal_address, namespace=stack.temporal_namespace)
        started = await client.start_workflow("Any", id="journey:1", task_queue="nobody", search_attributes=STAGE)
        await stack.kill("temporal")
        await stack.start("temporal")
        described = await client.get_workflow_handle("journey:1").describe()
    assert described.run_id == started.first_execution_run_id
    assert described.typed_search_attributes == STAGE


async def test_the_time_skipping_server_skips():
    """The time-skipping server knows our search attributes and passes a month in a moment."""
    async with private_stack.running(temporal="time-skipping") as stack:
        client = await Client.connect(stack.temporal_address, namespace=stack.temporal_namespace)
        before = (await client.test_service.get_current_time(Empty())).time.ToDatetime()
        month = Duration(seconds=30 * 24 * 3600)
        await client.test_service.unlock_time_skipping_with_sleep(SleepRequest(duration=month))
        after = (await client.test_service.get_current_time(Empty())).time.ToDatetime()
        await client.start_workflow("Any", id="journey:1", task_queue="nobody", search_attributes=STAGE)
    assert after - before >= timedelta(days=30)


async def test_a_new_search_attribute_reaches_an_old_database(data):
    """A search attribute that a later release adds is registered in a database made before it."""
    for known in ({"JourneyStage": "Keyword"}, SEARCH_ATTRIBUTES):
        (port,) = free_ports(1)
        child = Child(temporal.dev_server(data / "temporal.db", port, known), data / "temporal.log")
        await child.start()
        await child.until_ready()
        client = await Client.connect(child.part.address, namespace=temporal.NAMESPACE)
        request = ListSearchAttributesRequest(namespace=temporal.NAMESPACE)
        listed = await client.operator_service.list_search_attributes(request)
        await child.kill()
        assert set(listed.custom_attributes) == set(known)


async def test_nothing_is_left_after_a_failure():
    """When the test inside fails, every process has ended and the folder is gone."""
    seen = []

    async def fail() -> None:
        async with private_stack.running(temporal="dev") as stack:
            seen.extend(stack.process(name) for name in ("postgres", "temporal"))
            seen.append(stack.layout.data)
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        await fail()
    *ended, folder = seen
    assert await asyncio.to_thread(pids.gone, ended, 1) == []
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_parts_end_with_a_killed_owner():
    """When the program that runs a private stack is killed, its parts end by themselves."""
    with subprocess.Popen((sys.executable, "-c", ENDLESS), stdout=subprocess.PIPE, text=True) as owner:
        pid, folder = owner.stdout.readline().split()
        server = psutil.Process(int(pid))
        owner.send_signal(signal.SIGKILL)
    eventually(lambda: not pids.gone([server], 0))
    shutil.rmtree(folder)


def test_a_recycled_pid_is_not_ours():
    """A process with the right pid and another creation time is not the one we started."""
    me = pids.identify(os.getpid())
    assert pids.find(me).pid == os.getpid()
    assert pids.find(me.model_copy(update={"created": me.created - 60})) is None


async def test_others_read_nothing_in_the_data_folder():
    """A user of the machine who knows every path opens no file of a running stack, and writes nowhere in it."""
    async with private_stack.running(temporal="dev", worker=True, gateway=True) as stack:
        kept, found = sorted(path.name for path in stack.layout.data.iterdir()), _open_to_others(stack.layout.data)
    assert {"postgres", "secrets", "logs", "temporal.db"} <= set(kept)
    assert found == []


def _open_to_others(data: Path) -> list[str]:
    """What others may read or write below a folder that they may pass through."""
    found = []
    for place, folders, files in os.walk(data):
        folders[:] = [name for name in folders if (Path(place) / name).stat().st_mode & 0o001]
        found += [name for name in files if (Path(place) / name).lstat().st_mode & 0o006]
        found += [place] if Path(place).stat().st_mode & 0o002 else []
    return found
