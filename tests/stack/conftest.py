"""Stacks and folders for the tests of the stack."""

import pytest
from stack_help import up

from stack import commands, folders


@pytest.fixture
def data():
    """A data folder that Postgres' user may enter; whatever runs in it is stopped at the end."""
    with folders.temporary() as folder:
        yield folder
        commands.down(folder)


@pytest.fixture(scope="module")
def stack():
    """The data folder of a stack with stub parts that is up."""
    with folders.temporary() as folder:
        up(folder)
        yield folder
        commands.down(folder)
