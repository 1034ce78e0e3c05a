"""The outcome contract without money: its results are judged and explained like any other, and never payable."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims.claim_file import ClaimFile, check
from programmes import load

PACK = load("local-outcomes")
AS_OF = date(2026, 4, 1)
SOURCE = {"source": "schools", "observed_on": "2026-04-01"}
TERMS = (("2025-09-02", "2025-12-19"), ("2026-01-05", "2026-03-27"))


def attended(number, missed):
    since, until = TERMS[number]
    sessions = {"sessions": 120, "authorised": missed, "unauthorised": 0}
    return {"id": f"a{number}", "kind": "school-attendance", "member": "m2", "from": since, "to": until, **sessions}


def reported(kind):
    return {"id": f"r-{kind}", "kind": "return", "of": kind, "from": "2025-09-01", "to": "2026-04-01"}


QUIET = [reported(kind) for kind in ("domestic-abuse-incident", "eviction-notice", "homelessness-application")]
GOOD = [
    attended(0, 2),
    attended(1, 3),
    *QUIET,
    {"id": "job", "kind": "employment", "member": "m1", "from": "2025-11-01", "hours": 30},
]


def judged(*evidence, as_of=AS_OF):
    raw = {
        "programme": PACK.name,
        "as_of": as_of,
        "engaged_from": "2025-09-01",
        "family": {
            "members": [
                {"id": "m1", "role": "adult", "born": "1990-01-01"},
                {"id": "m2", "role": "child", "born": "2015-01-01"},
            ]
        },
        "evidence": [{**SOURCE, **each} for each in evidence],
    }
    return check(ClaimFile.model_validate(raw), PACK)


def test_every_result_is_met_and_none_pays():
    """With all the evidence each result is met, its limbs are explained, and nothing is payable."""
    report = judged(*GOOD)
    assert {result.result: (result.verdict, result.amount) for result in report.results} == {
        "children-in-school": ("met", 0),
        "safe-at-home": ("met", 0),
        "settled-home": ("met", 0),
        "adult-in-work": ("met", 0),
    }
    assert (report.payable.amount, report.payable.results) == (0, ())
    attendance = report.results[0].limbs[0]
    assert (attendance.limb, bool(attendance.figure), attendance.evidence) == ("attendance", True, ("a0", "a1"))


@pytest.mark.parametrize(
    ("evidence", "result", "verdict"),
    [
        ([attended(0, 2), attended(1, 30)], "children-in-school", "not_met"),
        ([attended(0, 2)], "children-in-school", "insufficient"),
        ([], "safe-at-home", "insufficient"),
        ([{"id": "d", "kind": "domestic-abuse-incident", "on": "2026-02-02"}], "safe-at-home", "not_met"),
        ([*QUIET[:2]], "settled-home", "insufficient"),
        ([*QUIET, {"id": "e", "kind": "eviction-notice", "on": "2026-02-02"}], "settled-home", "not_met"),
        ([{"id": "j", "kind": "employment", "member": "m1", "from": "2026-03-01"}], "adult-in-work", "not_met"),
    ],
)
def test_each_result_is_judged_on_its_evidence(evidence, result, verdict):
    """What is missing leaves a result open, and what happened against it decides it."""
    verdicts = {each.result: each.verdict for each in judged(*evidence).results}
    assert verdicts[result] == verdict


@given(
    st.lists(st.sampled_from(GOOD), unique_by=lambda each: each["id"]), st.dates(date(2025, 10, 1), date(2035, 1, 1))
)
def test_no_result_is_ever_payable(evidence, as_of):
    """Whatever the evidence and the day: a result without a tariff pays nothing."""
    report = judged(*evidence, as_of=as_of)
    assert (report.payable.amount, report.payable.results) == (0, ())
    assert [result.amount for result in report.results] == [0, 0, 0, 0]
