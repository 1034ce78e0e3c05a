"""Evidence that was replaced or withdrawn: what counts, and the laws of putting a report right."""

import copy
import json

import pytest
from claim_random import claim_of
from claim_random_lived import lived
from hypothesis import given
from hypothesis import strategies as st
from rule_help import SIX_MONTHS, case, item, number, returns, rule

from domain.claims.claim_file import ClaimFile, check
from domain.claims.faults import BadClaimFile
from domain.claims.reading import read
from domain.effective import effective, set_aside
from domain.rules.evaluate import evaluate
from programmes import load

PACK = load("troubled-families-2012")
SEEDS = st.integers(0, 2**32)
DRAWS = st.sampled_from([claim_of, lived])
CALLS = rule("count", of="police-callout", window=SIX_MONTHS, compare="fewer-than", threshold=number(1))


def call(name, **fields):
    return item("police-callout", id=name, on="2013-05-01", **fields)


def withdrawal(name, of, **fields):
    return item("withdrawal", id=name, withdraws=of, **fields)


@pytest.mark.parametrize(
    ("evidence", "counted"),
    [
        ([call("a"), call("b", replaces="a")], ["b"]),
        ([call("a"), withdrawal("w", "a")], []),
        ([call("a"), withdrawal("w", "a"), call("b")], ["b"]),
        ([call("a"), call("b", replaces="a"), call("c", replaces="b")], ["c"]),
        ([call("a"), call("b", replaces="a"), withdrawal("w", "b")], []),
        ([call("a"), withdrawal("w", "a"), withdrawal("v", "w")], []),
        ([call("a"), call("b", replaces="a", source="another")], ["a", "b"]),
        ([call("a"), withdrawal("w", "a", source="another")], ["a"]),
        ([call("a", replaces="a")], ["a"]),
        ([call("a", replaces="b"), call("b", replaces="a")], ["a", "b"]),
        ([call("a", replaces="b"), call("b", replaces="c"), call("c", replaces="b")], ["a", "c"]),
        ([call("a", replaces="gone"), withdrawal("w", "gone")], ["a"]),
        ([call("a"), call("a")], ["a"]),
    ],
)
def test_what_counts_is_the_last_word_of_its_own_source(evidence, counted):
    """Replaced and withdrawn evidence goes, whoever withdraws the last word withdraws the thing, rings do nothing."""
    assert [each.id for each in effective(evidence)] == counted
    assert [each.id for each in effective(reversed(evidence))] == counted


def test_both_stay_readable_and_the_explanation_names_them():
    """A finding that what was set aside would touch says so; one of other days or people does not."""
    told = [call("a"), call("b", replaces="a"), call("c", member="c1"), withdrawal("w", "c"), call("d", member="c2")]
    assert [str(each) for each in set_aside(told)] == ["a is replaced by b", "c is withdrawn by w"]
    quiet = returns("police-callout", "2012-11-21", "2013-05-20")
    found = evaluate(CALLS, case(*told, quiet))
    assert (found.figure, found.note) == ("2", "a is replaced by b; c is withdrawn by w")
    old = item("police-callout", id="old", on="2010-01-01")
    assert "old" not in evaluate(CALLS, case(old, withdrawal("w", "old"), quiet)).note


def test_a_withdrawn_return_tells_of_nothing():
    """Days that a withdrawn return spoke for are open again, and the note says by what."""
    quiet = returns("police-callout", "2012-11-21", "2013-05-20")
    found = evaluate(CALLS, case(quiet, withdrawal("w", quiet.id)))
    assert found.verdict == "insufficient"
    assert found.note.endswith(f"{quiet.id} is withdrawn by w")


def verdicts(raw):
    report = check(ClaimFile.model_validate(raw), PACK)
    return [[limb.verdict for limb in result.limbs] for result in report.results], report.payable


@given(SEEDS, DRAWS, st.randoms(use_true_random=False))
def test_withdrawing_and_telling_again_equals_never_withdrawing(seed, draw, chance):
    """A report that is withdrawn, and told again under an id of its own, leaves every verdict as it was."""
    raw = draw(seed)
    aimed = {each.get("replaces") or each.get("withdraws") for each in raw["evidence"]}
    plain = [each for each in raw["evidence"] if each["kind"] != "withdrawal" and each["id"] not in aimed]
    if not plain:
        return
    told = chance.choice(plain)
    again = copy.deepcopy(raw)
    again["evidence"].append({"id": "w-1", "kind": "withdrawal", "withdraws": told["id"]} | _who(told))
    again["evidence"].append(told | {"id": f"{told['id']}!"})
    assert verdicts(again) == verdicts(raw)


@given(SEEDS, DRAWS, st.randoms(use_true_random=False))
def test_withdrawing_equals_never_having_told(seed, draw, chance):
    """A report that is withdrawn leaves every verdict as it would be without it."""
    raw = draw(seed)
    aims = {each["id"] for each in raw["evidence"] if "replaces" in each or each["kind"] == "withdrawal"}
    aimed = {each.get("replaces") or each.get("withdraws") for each in raw["evidence"]}
    plain = [each for each in raw["evidence"] if each["id"] not in aims | aimed]
    if not plain:
        return
    told = chance.choice(plain)
    without, withdrawn = copy.deepcopy(raw), copy.deepcopy(raw)
    without["evidence"] = [each for each in raw["evidence"] if each["id"] != told["id"]]
    withdrawn["evidence"].append({"id": "w-1", "kind": "withdrawal", "withdraws": told["id"]} | _who(told))
    assert verdicts(withdrawn) == verdicts(without)


def _who(told):
    return {"source": told["source"], "observed_on": told["observed_on"]}


def claim(*evidence, **fields):
    return {
        "programme": PACK.name,
        "as_of": "2013-05-20",
        "engaged_from": "2012-01-01",
        "family": {"members": [{"id": "a1", "role": "adult"}]},
        "evidence": [json.loads(each.model_dump_json(by_alias=True, exclude_none=True)) for each in evidence],
    } | fields


@pytest.mark.parametrize(
    ("evidence", "place", "problem"),
    [
        ([call("b", replaces="a")], "evidence[0].replaces", "no evidence of the file has this id"),
        ([withdrawal("w", "a")], "evidence[0].withdraws", "no evidence of the file has this id"),
        ([call("a"), call("b", replaces="a", source="x")], "evidence[1].replaces", "of another source (test)"),
        (
            [call("a"), withdrawal("w", "a"), withdrawal("v", "w")],
            "evidence[2].withdraws",
            "report again what was right",
        ),
        ([call("a", replaces="a")], "evidence[0].replaces", "what this replaces comes back to itself"),
    ],
)
def test_a_name_that_leads_nowhere_is_a_fault_of_a_file_that_a_person_wrote(evidence, place, problem):
    """It is said where it stands; in a file of the ledger it changes nothing, since the named may be elsewhere."""
    with pytest.raises(BadClaimFile) as caught:
        read(json.dumps(claim(*evidence)).encode())
    (fault,) = caught.value.faults
    assert fault.field == place
    assert problem in fault.reason
    assert read(json.dumps(claim(*evidence, programme_hash=PACK.hash)).encode()).evidence == tuple(evidence)


def test_a_good_correction_is_no_fault():
    """Evidence that replaces and withdraws what is there is read as it stands, beside evidence that cannot be read."""
    told = [call("a"), call("b", replaces="a"), call("c"), withdrawal("w", "c")]
    assert read(json.dumps(claim(*told)).encode()).evidence == tuple(told)
    broken = claim(*told)
    broken["evidence"].append({"id": "x", "kind": "rumour", "replaces": "a"})
    with pytest.raises(BadClaimFile) as caught:
        read(json.dumps(broken).encode())
    assert [fault.field for fault in caught.value.faults] == ["evidence[4].kind"]
