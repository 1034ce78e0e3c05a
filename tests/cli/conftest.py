"""One gateway for the tests of this folder."""

from tests.doors import doors

__all__ = ["doors"]
