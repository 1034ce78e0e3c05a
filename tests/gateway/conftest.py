"""One gateway for the tests of this folder, and a real server before it for those that need one."""

from collections.abc import AsyncIterator

import pytest

from tests.cli.conftest import address
from tests.doors import Doors, doors
from tests.gateway.erasable import home

__all__ = ["address", "doors", "home"]


@pytest.fixture(autouse=True)
async def places(doors: Doors) -> AsyncIterator[None]:
    """Leave the programme as many places as were found."""
    yield
    await doors.free_places()
