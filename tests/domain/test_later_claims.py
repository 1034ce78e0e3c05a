"""The two later national packs against a second opinion that shares no code with the engine."""

import json

import pytest
from claim_oracle_later import NEEDS, Case
from claim_random_later import LaterDraw

from domain.claims.claim_file import check
from domain.claims.reading import read
from programmes import load

FILES = 250


@pytest.mark.parametrize("name", NEEDS)
def test_every_need_of_random_families_is_judged_as_by_naive_sets_of_days(name):
    """Files at the edges of windows, terms, ages and returns come to the same in both; every verdict occurs."""
    pack, seen = load(name), set()
    for seed in range(FILES):
        raw = LaterDraw(seed, name).claim()
        report = check(read(json.dumps(raw).encode()), pack)
        needs, practice, pounds = Case(raw).judge()
        main = report.results[0]
        assert (seed, {limb.limb: limb.verdict for limb in main.limbs}) == (
            seed,
            {"every-need": needs, "practice": practice},
        )
        instead = any(result.verdict == "met" for result in report.results[1:])
        assert (seed, report.payable.amount) == (seed, 800 if pounds or instead else 0)
        seen |= {(need, needs) for need in raw["needs"]}
    assert {verdict for _, verdict in seen} == {"met", "not_met", "insufficient"}
    assert {need for need, verdict in seen if verdict == "met"} == set(NEEDS[name]) - {"parenting"}
