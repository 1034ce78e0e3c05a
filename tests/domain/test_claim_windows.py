"""Claim windows as data, the draw of the audit sample, and when claims may be submitted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.claims.windows import AuditShare, ClaimWindow, draw, may_submit
from domain.errors import Rejected
from programmes import load
from tests.domain.given import PROGRAMME

SOURCED = {"source": "the tests", "confidence": "unverified"}
WINDOW = ClaimWindow(label="2013-07", opens=date(2013, 7, 1), closes=date(2013, 7, 31), **SOURCED)
names = st.sets(st.text("abcdef:0123456789", min_size=1, max_size=8), max_size=60)


@given(names, st.integers(1, 100), st.text(max_size=10))
def test_a_draw_can_be_repeated(claims, percent, seed):
    """The same seed draws the same sample, whatever order the claims come in, and never less than its share."""
    sample = draw(sorted(claims), percent, seed)
    assert sample == draw(sorted(claims, reverse=True), percent, seed)
    assert set(sample) <= claims
    assert len(claims) * percent <= len(sample) * 100 < len(claims) * percent + 100


def test_another_seed_draws_another_sample():
    """Nobody knows the sample before the seed."""
    claims = [f"claim-{number}" for number in range(50)]
    assert len({draw(claims, 10, str(seed)) for seed in range(20)}) == 20


@pytest.mark.parametrize(
    ("phase", "ready", "unaudited", "code"),
    [
        ("waiting", ["c"], [], "window-not-open"),
        ("closed", ["c"], [], "window-not-open"),
        ("open", ["c"], ["c"], "not-audited"),
        ("open", [], [], "nothing-to-submit"),
        ("open", ["c"], [], None),
    ],
)
def test_nothing_is_submitted_outside_the_window_or_unaudited(phase, ready, unaudited, code):
    """Each refusal has its code; with the sample audited, an open window takes what is ready."""
    if code is None:
        assert may_submit("2013-07", phase, ready, unaudited) is None
        return
    with pytest.raises(Rejected) as refused:
        may_submit("2013-07", phase, ready, unaudited)
    assert refused.value.code == code


def test_a_window_closes_after_it_opens():
    """A window whose ends are swapped is refused."""
    with pytest.raises(ValidationError, match="before it opens"):
        ClaimWindow(label="x", opens=date(2013, 7, 2), closes=date(2013, 7, 1), **SOURCED)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"windows": [WINDOW]}, "claim windows need `audit`"),
        (
            {"windows": [WINDOW, WINDOW], "audit": AuditShare(percent=10, **SOURCED)},
            "more than one claim window 2013-07",
        ),
    ],
)
def test_a_pack_with_windows_names_each_once_and_an_audit_share(changes, said):
    """Windows without an audit share, or two of one label, are faults of the pack."""
    with pytest.raises(ValidationError, match=said):
        type(PROGRAMME).model_validate(PROGRAMME.model_dump(by_alias=True) | changes)


def test_the_windows_of_the_first_programme_are_marked_as_uncertain():
    """Only the final one was read anywhere; all others, and the audit share, are shown as unverified."""
    pack = load("wirral-2012")
    trusted = [window.label for window in pack.windows if window.confidence != "unverified"]
    assert (trusted, pack.windows[-1].label, pack.audit.confidence) == (["2015-05"], "2015-05", "unverified")
