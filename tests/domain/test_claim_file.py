"""Claim files against the sample verdicts, against a second opinion, and under the laws of evidence."""

import copy
import json
import random
from datetime import timedelta
from pathlib import Path

import pytest
from claim_oracle import judge
from claim_random import claim_of
from claim_random_lived import lived
from hypothesis import given
from hypothesis import strategies as st

from domain.claims.claim_file import ClaimFile, check, explain
from domain.claims.faults import BadClaimFile
from domain.claims.reading import fit, read
from domain.programme.results import Limb
from programmes import load, names

PACK = load("troubled-families-2012")
SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "claims").glob("[0-9][0-9][0-9].json"))
REAL_LIFE = sorted(
    path for path in (SAMPLES[0].parent / "real-life").glob("*.json") if not path.stem.endswith(".expected")
)
SEEDS = st.integers(0, 2**32)
IRRELEVANT = [
    {"kind": "police-callout", "on": "{as_of}"},
    {"kind": "treatment", "from": "2012-01-01", "status": "engaged"},
    {"kind": "child-status", "from": "2012-01-01", "status": "cin"},
    {"kind": "offence", "on": "{as_of}", "proven": False},
    {"kind": "exclusion", "on": "2012-09-10", "type": "permanent"},
    {"kind": "exclusion", "on": "2012-08-10", "type": "fixed"},
    {"kind": "asb-incident", "on": "2010-01-01", "action": "abc"},
    {"kind": "asb-incident", "on": "2020-01-01", "action": "abc"},
    {"kind": "offence", "on": "2020-01-01", "proven": True},
    {"kind": "employment", "from": "2020-01-01", "hours": 10},
    {"kind": "out-of-work-benefit", "from": "2020-01-01", "benefit": "jsa"},
    {"kind": "work-programme", "from": "2020-01-01"},
    {"kind": "return", "of": "police-callout", "from": "2010-01-01", "to": "2020-01-01"},
    {"kind": "return", "of": "asb-incident", "from": "2019-01-01", "to": "2020-01-01"},
    {
        "kind": "school-attendance",
        "from": "2020-01-01",
        "to": "2020-02-01",
        "sessions": 10,
        "authorised": 0,
        "unauthorised": 10,
    },
]


def judged(raw):
    return check(ClaimFile.model_validate(raw), PACK)


def written(raw):
    return judged(raw).model_dump_json()


def verdicts(raw):
    report = judged(raw)
    return {(result.result, limb.limb): limb.verdict for result in report.results for limb in result.limbs}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_sample_claims_have_their_expected_verdicts(path):
    """Limbs, verdicts and pounds are those that came with the samples."""
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    report = check(read(path.read_bytes()), PACK)
    found = {result.result: result for result in report.results}
    crime = found["crime-asb-education"]
    assert {
        "crime-asb-education": {
            "verdict": crime.verdict,
            "limbs": {limb.limb: limb.verdict for limb in crime.limbs},
        },
        "progress-to-work": {"met": found["progress-to-work"].verdict == "met"},
        "continuous-employment": {"met": found["continuous-employment"].verdict == "met"},
        "payable": report.payable.amount,
    } == expected


@pytest.mark.parametrize("path", REAL_LIFE, ids=lambda path: path.stem)
def test_the_situations_of_real_life_come_to_what_is_right(path):
    """Corrected, partial and doubled reports come to the verdicts and pounds that came with the samples."""
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    report = check(read(path.read_bytes()), PACK)
    assert report.payable.amount == expected["payable"]
    for result in report.results:
        wanted = expected.get(result.result, {})
        assert result.verdict in wanted.get("verdict", result.verdict).split(" or ")
        for limb in result.limbs:
            assert limb.verdict in wanted.get("limbs", {}).get(limb.limb, limb.verdict).split(" or ")


@pytest.mark.parametrize("hundred", range(8))
@pytest.mark.parametrize("draw", [claim_of, lived])
def test_a_naive_second_opinion_agrees_on_random_claims(draw, hundred):
    """An evaluator of plain sets of days, sharing no code, says the same of 800 claims crowded at the edges."""
    for seed in range(100 * hundred, 100 * hundred + 100):
        raw = draw(seed)
        limbs, met, pounds = judge(raw)
        report = judged(raw)
        found = {limb.limb: limb.verdict for limb in report.results[0].limbs}
        assert (seed, found) == (seed, limbs)
        assert (seed, {result.result: result.verdict == "met" for result in report.results}) == (seed, met)
        assert (seed, report.payable.amount) == (seed, pounds)


@pytest.mark.parametrize(("draw", "seed"), [(claim_of, 102556), (claim_of, 107929), (lived, 103947), (lived, 107378)])
def test_both_opinions_let_a_result_paid_nothing_carry_no_other(draw, seed):
    """Of random claims whose first result was paid 0, both evaluators pay nothing for the one beside it."""
    raw = draw(seed)
    assert {"result": "crime-asb-education", "amount": 0} in raw["paid"]
    assert (judge(raw)[2], judged(raw).payable.amount) == (0, 0)


@given(SEEDS, st.sampled_from([claim_of, lived]))
def test_the_order_of_evidence_and_members_changes_no_byte(seed, draw):
    """Shuffled evidence, members, terms and repeats of an id give the same report, byte for byte."""
    raw = draw(seed)
    shuffled = copy.deepcopy(raw)
    rng = random.Random(seed)
    shuffled["evidence"] += rng.choices(raw["evidence"], k=3) if raw["evidence"] else []
    for many in (shuffled["evidence"], shuffled["family"]["members"], shuffled["terms"]):
        rng.shuffle(many)
    assert written(shuffled) == written(raw) == written(raw)


@given(SEEDS, st.lists(st.sampled_from(IRRELEVANT), min_size=1, max_size=6), st.sampled_from([claim_of, lived]))
def test_irrelevant_evidence_changes_no_byte(seed, extra, draw):
    """Other kinds, days outside every window, unproven offences and permanent exclusions alter nothing."""
    raw = draw(seed)
    rng = random.Random(seed)
    added = copy.deepcopy(raw)
    for n, fields in enumerate(extra):
        given_on = {name: raw["as_of"] if value == "{as_of}" else value for name, value in fields.items()}
        member = rng.choice(raw["family"]["members"])["id"]
        added["evidence"].append(
            {"id": f"x{n}", "source": "x", "observed_on": "2013-01-01", "member": member} | given_on
        )
    assert written(added) == written(raw)


@given(SEEDS)
def test_returns_only_settle(seed):
    """Adding returns turns `insufficient` into a verdict and never one verdict into another."""
    full = claim_of(seed)
    rng = random.Random(seed)
    fewer = copy.deepcopy(full)
    fewer["evidence"] = [item for item in full["evidence"] if item["kind"] != "return" or rng.random() < 0.5]
    after = verdicts(full)
    for limb, before in verdicts(fewer).items():
        assert before in {after[limb], "insufficient"}


@given(SEEDS)
def test_attendance_and_practice_only_settle(seed):
    """A record of attendance or a date of practice taken away leaves a verdict or makes it insufficient."""
    full = claim_of(seed)
    rng = random.Random(seed)
    fewer = copy.deepcopy(full)
    fewer["evidence"] = [item for item in full["evidence"] if item["kind"] != "school-attendance" or rng.random() < 0.5]
    fewer["practice"] = {name: day for name, day in full["practice"].items() if rng.random() < 0.7}
    after, before = verdicts(full), verdicts(fewer)
    for limb in before:
        assert before[limb] in {after[limb], "insufficient"}


@given(SEEDS)
def test_a_report_never_pays_above_the_years_maximum(seed):
    """Pounds are whole, add up, and with what was paid stay within the year's maximum."""
    raw = claim_of(seed)
    report = judged(raw)
    maximum = {2012: 800, 2013: 1600, 2014: 2400}.get(report.as_of.year - (report.as_of.month < 4), 0)
    assert report.payable.amount == sum(result.amount for result in report.results)
    assert report.payable.amount <= max(0, maximum - sum(paid["amount"] for paid in raw["paid"]))
    assert list(report.payable.results) == [result.result for result in report.results if result.amount]


@given(SEEDS, st.sampled_from([claim_of, lived]))
def test_every_finding_names_only_evidence_of_the_file(seed, draw):
    """The evidence of each limb is in the file, sorted, each id once."""
    raw = draw(seed)
    known = {item["id"] for item in raw["evidence"]}
    for result in judged(raw).results:
        for limb in result.limbs:
            assert list(limb.evidence) == sorted(set(limb.evidence))
            assert known.issuperset(limb.evidence)


def sample(**changes):
    return json.loads(SAMPLES[0].read_text(encoding="utf-8")) | changes


def test_the_report_has_the_shape_that_was_asked_for():
    """The names of the JSON report are exactly those of the contract."""
    report = json.loads(written(sample()))
    assert list(report) == ["programme", "programme_hash", "as_of", "results", "payable"]
    assert list(report["payable"]) == ["amount", "results"]
    for result in report["results"]:
        assert list(result) == ["result", "verdict", "amount", "limbs"]
        for limb in result["limbs"]:
            assert list(limb) == ["limb", "verdict", "figure", "threshold", "window", "evidence", "note"]
            assert list(limb["window"]) == ["from", "to"]
    assert report["programme_hash"] == PACK.hash


def test_a_claim_without_terms_takes_the_default_table_of_the_pack():
    """The sample's own terms are those of the default table, so leaving them out changes nothing."""
    without = sample()
    del without["terms"]
    assert written(without) == written(sample())
    assert written(sample(terms=None)) == written(sample())


def test_a_pack_of_an_area_takes_that_areas_terms():
    """Terms of the pack's own area stand before the default ones."""
    day = timedelta(days=1)
    swale = [
        table.model_copy(
            update={"area": "swale", "terms": tuple(t.model_copy(update={"to": t.to - day}) for t in table.terms)}
        )
        for table in PACK.terms
    ]
    pack = PACK.model_copy(update={"area": "swale", "terms": (*PACK.terms, *swale)})
    without = sample(family={"members": [{"id": "a1", "role": "child", "born": "2000-01-01"}]})
    del without["terms"]
    (attendance, *_), *_ = (found.parts for found in explain(ClaimFile.model_validate(without), pack))
    assert str(attendance.window.to) == "2013-03-27"


def test_practice_alone_earns_nothing():
    """A result whose limbs do not apply to the family does not apply, though practice is met."""
    crime = PACK.results[0]
    pack = PACK.model_copy(update={"results": (crime.model_copy(update={"limbs": crime.limbs[:2]}),)})
    (result,) = check(ClaimFile.model_validate(sample()), pack).results
    assert result.verdict == "not_applicable"
    assert result.limbs[-1].verdict == "met"


def test_a_result_may_ask_for_no_practice():
    """A pack without a practice rule has no practice limb."""
    crime = PACK.results[0].model_copy(update={"practice": None})
    (result,) = check(ClaimFile.model_validate(sample()), PACK.model_copy(update={"results": (crime,)})).results
    assert [limb.limb for limb in result.limbs] == ["attendance", "exclusions", "asb", "offending"]


def faults(raw):
    content = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    with pytest.raises(BadClaimFile) as caught:
        fit(read(content, names()), PACK)
    return {fault.field: fault for fault in caught.value.faults}


def with_evidence(**changes):
    raw = sample()
    raw["evidence"][2] |= changes
    return raw


@pytest.mark.parametrize(
    ("raw", "place", "remedy"),
    [
        (b"{", "line 1, column 2", "write the file as JSON"),
        (b"\xff", "byte 0", "save the file as UTF-8"),
        (b"[" * 100_000, "file", "write the file as a claim file"),
        (b"[]", "file", "write an object in braces"),
        ({}, "as_of", "add it"),
        (sample(programme="nonesuch"), "programme", f"use one of {', '.join(names())}"),
        (sample(programme="../x"), "programme", f"use one of {', '.join(names())}"),
        (sample(as_of="20 May 2013"), "as_of", "write it YYYY-MM-DD, such as 2013-05-20"),
        (sample(as_of="0001-01-01", engaged_from="0001-01-01"), "as_of", "correct the year"),
        (sample(as_of="2010-01-01"), "engaged_from", "correct one of the two"),
        (sample(practise={}), "practise", "remove it, or correct its name"),
        (sample(practice={"plan_on": "2013-02-30"}), "practice.plan_on", "write a day of the calendar as YYYY-MM-DD"),
        (sample(paid=[{"result": "x", "amount": 1}]), "paid[0].result", None),
        (
            sample(paid=[{"result": "progress-to-work", "amount": 1.5}]),
            "paid[0].amount",
            "write a whole number, without quotes",
        ),
        (sample(terms=[]), "terms", "give at least 1, or leave out a list that may be absent"),
        (sample(terms=[{"from": "2013-01-02", "to": "2013-01-01"}]), "terms[0]", "swap or correct them"),
        (
            sample(terms=[{"from": "2013-01-01", "to": "2013-02-01"}, {"from": "2013-02-01", "to": "2013-03-01"}]),
            "terms[1]",
            "correct the dates",
        ),
        (sample(needs="debt"), "needs", None),
        (sample(needs=["debt", 7]), "needs[1]", None),
        (sample(needs=["debt", "Rent arrears"]), "needs[1]", "write a code: small letters, digits and hyphens"),
        (sample(needs=["debt", "school", "debt"]), "needs[2]", "name each need once"),
        (sample(family={"members": []}), "family.members", None),
        (
            sample(family={"members": [{"id": "a1", "role": "aunt"}]}),
            "family.members[0].role",
            "use one of 'adult' or 'child'",
        ),
        (
            sample(family={"members": [{"id": "a1", "role": "adult"}, {"id": "a1", "role": "child"}]}),
            "family.members[1].id",
            "give each member an id of its own",
        ),
        (with_evidence(kind="rumour"), "evidence[2].kind", None),
        (with_evidence(member="zz"), "evidence[2].member", "use one of a1, or leave it out for the whole family"),
        (with_evidence(on="yesterday"), "evidence[2].on", "write it YYYY-MM-DD, such as 2013-05-20"),
        (with_evidence(id="e6"), "evidence[2].id", "remove the wrong one, or give it an id of its own"),
    ],
)
def test_each_fault_is_found_in_its_place_with_its_remedy(raw, place, remedy):
    """Whatever is wrong with a file is said where it is, with what to do."""
    found = faults(raw)
    assert place in found
    assert found[place].remedy == remedy if remedy else found[place].remedy


def test_every_fault_of_a_file_is_told_at_once():
    """Faults of shape and faults between parts come together."""
    raw = with_evidence(member="zz", action=None)
    raw["evidence"].append("not evidence")
    raw["evidence"].append({"id": "e6", "kind": "rumour"})
    del raw["evidence"][1]["kind"]
    assert set(faults(raw | {"as_of": "2013-13-01", "programme": "nonesuch"})) == {
        "as_of",
        "programme",
        "evidence[1].kind",
        "evidence[2].action",
        "evidence[2].member",
        "evidence[12]",
        "evidence[13].kind",
    }


def test_a_fault_is_written_on_one_line_and_long_values_are_cut():
    """Field, value, reason and remedy stand in one line of bearable length."""
    found = faults(sample(practice="x" * 500))["practice"]
    assert str(found).startswith(f'practice ("{"x" * 59}...): ')
    assert "\n" not in str(found)
    assert str(faults({})["as_of"]) == "as_of: it is missing; add it"


@pytest.mark.parametrize(
    ("stored", "by_hand"), [("jsa", "jsa"), ("JSA", "jsa"), ("Income_Support", "income-support"), ("café", "café")]
)
def test_a_kept_claim_file_reads_as_it_was_judged(stored, by_hand):
    """A word that was no code when it was judged is read as it stood; written by a person, as the code it means."""
    benefit = {"id": "b1", "kind": "out-of-work-benefit", "source": "dwp", "observed_on": "2013-01-01", "member": "a1"}
    raw = sample(evidence=[benefit | {"from": "2013-01-01", "benefit": stored}], programme_hash=PACK.hash)
    exported = ClaimFile.model_validate(raw)
    assert read(exported.model_dump_json().encode()) == exported
    del raw["programme_hash"]
    assert read(json.dumps(raw).encode()).evidence[0].benefit == by_hand


def test_a_repeated_piece_of_evidence_is_no_fault():
    """The same id with the same content, unknown fields aside, is one piece of evidence."""
    raw = sample()
    raw["evidence"].append(raw["evidence"][2] | {"note": "sent twice"})
    assert check(read(json.dumps(raw).encode()), PACK) == judged(sample())


def test_needs_change_nothing_where_no_rule_asks_for_them():
    """A claim under the first programme, which knows no needs, reads the same with and without them."""
    assert written(sample(needs=["school", "debt"])) == written(sample())


def test_needs_reach_the_rules_in_an_order_of_their_own():
    """Every need of the file is judged, whatever the order in which the file names them."""
    rule = {"type": "each-need", "outcomes": [{"needs": ["asb"], "rule": PACK.results[0].limbs[2].rule}]}
    needy = Limb.model_validate({"name": "needs", "title": "Every need", "rule": rule})
    result = PACK.results[0].model_copy(update={"limbs": (needy,)})
    pack = PACK.model_copy(update={"results": (result,)})
    both = [check(ClaimFile.model_validate(sample(needs=needs)), pack) for needs in (["zeal", "asb"], ["asb", "zeal"])]
    assert both[0] == both[1]
    assert both[0].results[0].limbs[0].note.endswith("zeal: the programme has no rule for the outcome of this need")


def test_a_claim_file_comes_back_as_it_was_written():
    """A claim file written from its model reads as the same claim."""
    claim = ClaimFile.model_validate(claim_of(7))
    assert read(claim.model_dump_json().encode()) == claim
