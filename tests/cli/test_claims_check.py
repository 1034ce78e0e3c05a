"""`journeys claims check`: exit status, report and faults, without a server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.claims.check import app

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "samples" / "claims"
OFFLINE = """
import sys
from cli.claims.check import app
try:
    app(["check", *sys.argv[1:]])
finally:
    assert not {"temporalio", "asyncpg", "httpx"} & set(sys.modules)
"""


@pytest.fixture
def check(monkeypatch):
    """Run the command on a file and return what it did."""
    monkeypatch.setenv("COLUMNS", "120")

    def run(path, *options):
        return CliRunner().invoke(app, ["check", str(path), *options], catch_exceptions=False)

    return run


def altered(tmp_path, **changes):
    path = tmp_path / "claim.json"
    path.write_text(json.dumps(json.loads((CLAIMS / "000.json").read_text()) | changes))
    return path


def test_a_payable_claim_exits_0_with_its_report(check):
    """Sample 000 pays 1600 pounds for continuous employment."""
    done = check(CLAIMS / "000.json", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["payable"] == {"amount": 1600, "results": ["continuous-employment"]}


def test_a_claim_that_is_not_payable_exits_1(check):
    """Sample 002 pays nothing."""
    done = check(CLAIMS / "002.json", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["payable"] == {"amount": 0, "results": []}


def test_what_was_paid_in_full_is_not_payable_again(check, tmp_path):
    """A result met and paid before exits 1."""
    path = altered(tmp_path, paid=[{"result": "continuous-employment", "amount": 1600}])
    assert check(path).exit_code == 1


def test_the_tree_tells_verdict_figure_window_evidence_and_sources(check):
    """A coordinator reads the verdicts, an auditor finds every reason below them."""
    done = check(CLAIMS / "002.json")
    for expected in (
        "Nothing is payable",
        "crime-asb-education: not met",
        "found 88 of 352 sessions (25%)",
        "asked below 15% (secondary)",
        "window 2012-09-04 to 2013-07-23",
        "evidence e1, e2, e3",
        "tariff £1,500 (secondary) [1]",
        "sources of the figures",
        "days on esf-provision do not count",
    ):
        assert expected in done.stdout
    assert "Payable: £1,600 for continuous-employment" in check(CLAIMS / "000.json").stdout


def test_the_tree_tells_each_need_and_what_attaching_the_family_paid(check, tmp_path):
    """Under a programme of needs each need is told with its reason, and the attachment fee as no part of the claim."""
    later = {"programme": "expanded-2015", "as_of": "2017-05-20", "engaged_from": "2015-04-01", "evidence": []}
    done = check(altered(tmp_path, **later, needs=["domestic-abuse", "debt"]))
    assert done.exit_code == 1
    for expected in (
        "significant-and-sustained-progress: insufficient",
        "domestic-abuse: insufficient",
        "debt: insufficient",
        "the programme has no rule for the outcome of this need",
        "attachment of a family £1,000",
    ):
        assert expected in done.stdout


def test_outside_every_tariff_the_tree_says_so(check, tmp_path):
    """A claim of 2016 is met by nothing payable."""
    assert (
        "no tariff on 2016-01-01: the last one ended on 2015-03-31"
        in check(altered(tmp_path, as_of="2016-01-01")).stdout
    )


OWN = """extends = "supporting-families-2022"
name = "our-town"
version = "1"
title = "Our Town"
source = "the tests"
area = "our-town"
"""
TERMS = """[[terms]]
area = "our-town"
school_year = "2025-26"
source = "the tests"
confidence = "verified"
terms = [{ from = 2026-01-05, to = 2026-03-27 }, { from = 2026-04-13, to = 2026-07-21 }]
"""


def test_a_pack_that_is_being_written_judges_a_file_and_says_what_terms_it_lacks(check, tmp_path):
    """A council tries its own pack on a file of today: without its school terms, the answer is where to add them."""
    family = {"members": [{"id": "c1", "role": "child", "born": "2015-03-01"}]}
    seen = {"kind": "school-attendance", "member": "c1", "source": "s", "observed_on": "2026-08-01"}
    spans = [{"from": "2026-01-05", "to": "2026-03-27"}, {"from": "2026-04-13", "to": "2026-07-21"}]
    evidence = [
        seen | span | {"id": f"e{n}", "sessions": 100, "authorised": 1, "unauthorised": 1}
        for n, span in enumerate(spans)
    ]
    today = {
        "programme": "our-town",
        "as_of": "2026-11-20",
        "engaged_from": "2026-02-01",
        "needs": ["school-attendance"],
    }
    path = altered(tmp_path, family=family, evidence=evidence, terms=None, **today)
    pack = tmp_path / "our-town.toml"
    for text, verdict, note in (
        (OWN, "insufficient", "the school terms known end on 2025-07-22"),
        (OWN + TERMS, "met", ""),
    ):
        pack.write_text(text)
        [result] = json.loads(check(path, "--pack", str(pack), "--json").stdout)["results"]
        limb = result["limbs"][0]
        assert (limb["verdict"], note in limb["note"]) == (verdict, True)


def test_a_pack_with_faults_judges_nothing(check, tmp_path):
    """The fault of the pack is told and the exit status is that of a bad file."""
    pack = tmp_path / "our-town.toml"
    pack.write_text(OWN + "titel = 1\n")
    done = check(altered(tmp_path, programme="our-town"), "--pack", str(pack))
    assert (done.exit_code, "unknown key titel" in done.stderr) == (2, True)


def test_a_bad_file_exits_2_with_every_fault_in_its_place(check, tmp_path):
    """Each fault stands on a line of its own on standard error, and nothing on standard output."""
    done = check(altered(tmp_path, as_of="soon", programme="nonesuch", practise={}), "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    for place in ("as_of (", "programme (", "practise ("):
        assert f"\n  {place}" in done.stderr


def test_a_file_that_cannot_be_read_exits_2(check, tmp_path):
    """A missing file and a folder are refused in words."""
    for path in (tmp_path / "none.json", tmp_path):
        done = check(path)
        assert done.exit_code == 2
        assert "check the path" in done.stderr


def test_a_result_met_in_a_programme_without_payments_exits_0(check, monkeypatch):
    """Where no result has a tariff, met is success."""
    import programmes  # noqa: PLC0415

    pack = programmes.load("troubled-families-2012")
    unpaid = pack.model_copy(update={"results": tuple(r.model_copy(update={"tariffs": ()}) for r in pack.results)})
    monkeypatch.setattr(programmes, "load", lambda name: unpaid)
    done = check(CLAIMS / "000.json")
    assert done.exit_code == 0
    assert "tariff" not in done.stdout
    assert check(CLAIMS / "008.json").exit_code == 1


def test_the_command_is_plain_offline_and_the_same_every_time():
    """Two fresh processes with other hash seeds write the same bytes, without colour, Temporal or a database."""
    outputs = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [
                *(sys.executable, "-c"),
                OFFLINE,
                *(str(CLAIMS / "000.json"), "--json"),
            ],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "NO_COLOR": "1"},
            capture_output=True,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert b"\x1b" not in outputs.pop()
