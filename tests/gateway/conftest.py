"""One gateway for the tests of this folder, and a real server before it for those that need one."""

from tests.cli.conftest import address
from tests.doors import doors

__all__ = ["address", "doors"]
