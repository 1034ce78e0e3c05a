"""The packs that we ship keep the rules that we hold others to."""

import pytest

from programmes import names
from programmes.chain import shipped
from programmes.lint.check import examine


@pytest.mark.parametrize("name", names())
def test_every_shipped_pack_is_sound(name):
    """No pack that we ship has a fault: `journeys programmes check` finds none."""
    assert examine(shipped() / f"{name}.toml").faults == ()
