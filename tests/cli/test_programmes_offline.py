"""`journeys programmes`: list, show, check and diff, offline, with their exit statuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from programmes import load, names
from programmes.chain import shipped
from programmes.figures import figures

OFFLINE = """
import sys
from cli.main import app
try:
    app(["programmes", *sys.argv[1:]])
finally:
    assert not {"temporalio", "asyncpg", "httpx"} & set(sys.modules)
"""


@pytest.fixture
def run(monkeypatch):
    """Run `journeys programmes` with these words and return what it did."""
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, ["programmes", *map(str, words)], catch_exceptions=False)


@pytest.fixture
def faulty(tmp_path):
    """A pack with a fault on its fifth line and one inherited from its parent's third."""
    head = 'version = "1"\ntitle = "T"\nsource = "s"\n'
    (tmp_path / "parent.toml").write_text(f'name = "parent"\n{head}nation = "X"\n')
    file = tmp_path / "pack.toml"
    file.write_text(f'name = "pack"\n{head}titel = "A"\nextends = "parent"\n')
    return file


def test_every_shipped_pack_is_listed(run):
    """Each pack stands in the list with its hash and the share of its numbers that nobody has verified."""
    rows = json.loads(run("list", "--json").stdout)["programmes"]
    assert [(row["name"], row["hash"]) for row in rows] == [(name, load(name).hash) for name in names()]
    for row in rows:
        numbers = figures(load(row["name"]))
        doubtful = [number for number in numbers if number.confidence == "unverified"]
        assert (row["numbers"], row["unverified"]) == (len(numbers), round(len(doubtful) / len(numbers), 4))
    assert "%" in run("list").stdout


def test_a_sound_pack_exits_0(run):
    """A shipped pack is sound by its name and by its file."""
    for pack in ("base", shipped() / "base.toml"):
        done = run("check", pack)
        assert (done.exit_code, done.stderr) == (0, "")
        assert "base.toml: 0 faults" in done.stdout or "base: 0 faults" in done.stdout


def test_a_faulty_pack_exits_2_with_every_place(run, faulty):
    """Each fault is told with its file, line and column, then what to do; JSON tells the same."""
    done = run("check", faulty)
    assert done.exit_code == 2
    lines = done.stdout.splitlines()
    assert lines[0] == f"{faulty}:5:1: titel: unknown key titel"
    assert lines[1].strip().startswith("did you mean title?")
    assert lines[2].startswith(f"{faulty.parent / 'parent.toml'}:5:10: nation: unknown value 'X'")
    told = json.loads(run("check", faulty, "--json").stdout)
    assert told["file"] == str(faulty)
    assert [(fault["line"], fault["column"], fault["field"]) for fault in told["faults"]] == [
        (5, 1, "titel"),
        (5, 10, "nation"),
    ]
    assert set(told["faults"][0]) == {"file", "line", "column", "field", "value", "reason", "remedy"}


def test_a_pack_that_is_not_there_exits_2(run, tmp_path):
    """A missing file and a mistyped name are told with what to do."""
    done = run("check", tmp_path / "none.toml")
    assert (done.exit_code, "check the path" in done.stdout) == (2, True)
    done = run("check", "wirral-2102")
    assert (done.exit_code, "did you mean wirral-2012?" in done.stdout) == (2, True)


def test_a_pack_is_shown_as_a_person_reads_it(run):
    """Stages, criteria, clocks, limbs with thresholds, tariffs, agreements and sources all stand on the page."""
    done = run("show", "wirral-2012")
    assert done.exit_code == 0
    for expected in (
        "referral > identification > assessment",
        "at least 2 of these",
        "Addiction to alcohol and or drugs",
        "20 working days (unverified) [",
        "-1, +0, +3 escalated",
        "+5 and every 5 until +55, +60 and every 60 until +240 escalated",
        "rate: of school-attendance, absences unauthorised, window last 3 terms [",
        "below 15% (secondary) [",
        "down by at least 60% [",
        "tariff 2012-04-01 to 2013-03-31: pays 700 (secondary) [",
        "pays beside crime-asb-education",
        "merseyside-police",
        "journey-closed",
        "] para 3.3",
    ):
        assert expected in done.stdout


def test_a_shown_pack_numbers_its_sources_once(run):
    """No source is listed twice, and every number used in the text is listed."""
    text, _, listed = run("show", "wirral-2012").stdout.partition("\nSources\n")
    numbers = [line.split("]")[0] + "]" for line in listed.splitlines()]
    assert numbers == [f"[{n}]" for n in range(1, len(numbers) + 1)]
    assert all(number in text for number in numbers)


def test_a_pack_is_shown_as_json(run):
    """JSON carries the whole content, its hash and each number with source and confidence."""
    told = json.loads(run("show", "wirral-2012", "--json").stdout)
    assert told["programme"]["hash"] == load("wirral-2012").hash
    numbers = {number["where"]: (number["value"], number["confidence"]) for number in told["numbers"]}
    assert numbers["caseload.families"] == (10, "verified")


def test_a_faulty_pack_is_not_shown(run, faulty):
    """Both show and diff refuse a pack with faults as check does, exit status 2, in either form."""
    for words in (("show", faulty), ("diff", "base", faulty)):
        assert f"{faulty}:5:1: titel" in run(*words).stderr
        done = run(*words, "--json")
        assert (done.exit_code, done.stdout) == (2, "")
        assert json.loads(done.stderr)["faults"][0]["line"] == 5


def test_packs_that_mean_the_same_exit_0(run, tmp_path):
    """A copy under another name, with its source said otherwise, means the same."""
    text = (shipped() / "base.toml").read_text().replace('name = "base"', 'name = "copy"')
    (tmp_path / "copy.toml").write_text(text.replace("house default", "our default"))
    done = run("diff", "base", tmp_path / "copy.toml")
    worded = text.count('source = "house default') - 1  # its own source is not compared
    assert (done.exit_code, done.stdout) == (0, f"0 differences in meaning, {worded} in wording\n")


def test_packs_that_differ_exit_1(run, tmp_path):
    """Each difference stands on a line: what was changed, added, removed; JSON tells the same."""
    text = (shipped() / "base.toml").read_text().replace('name = "base"', 'name = "copy"')
    text = text.replace("months = [6, 12]", "months = [6, 18]").replace("working_days = 20", "working_days = 15")
    (tmp_path / "copy.toml").write_text(text)
    done = run("diff", "base", tmp_path / "copy.toml")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "changed  clocks[assessment].within.working_days: 20 -> 15",
        "removed  checks.months: 12",
        "added    checks.months: 18",
        "3 differences in meaning, 0 in wording",
    ]
    told = json.loads(run("diff", "base", tmp_path / "copy.toml", "--json").stdout)
    assert told["changes"][0] == {
        "where": "clocks[assessment].within.working_days",
        "what": "changed",
        "before": 20,
        "after": 15,
    }


def test_what_a_whole_entry_says_is_told_in_a_line(run):
    """Against the base pack, each result and agreement of Wirral's is one line."""
    lines = run("diff", "base", "wirral-2012").stdout.splitlines()
    assert "added    caseload: families 10" in lines
    assert any(line.startswith("added    results[progress-to-work]: ") for line in lines)


@pytest.mark.parametrize("words", [["list"], ["show", "base"], ["check", "base"], ["messages", "base"]])
def test_it_needs_no_server_and_no_network(words):
    """A fresh process does it without Temporal, a database or an HTTP client."""
    argv = [sys.executable, "-c", OFFLINE, *words]
    done = subprocess.run(argv, capture_output=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0, done.stderr


def test_the_messages_of_a_pack(run):
    """The whole page of a shipped pack comes without a server, and is the one that its words are held to."""
    done = run("messages", "wirral-2012", "--referrer", "merseyside-police")
    golden = Path(__file__).parents[1] / "messages" / "golden" / "wirral-2012.md"
    assert (done.exit_code, done.stdout) == (0, golden.read_text(encoding="utf-8"))


def test_the_messages_of_a_pack_of_ones_own(run, tmp_path):
    """A file works as a name does: what it changes of the pack it extends is on its page."""
    file = tmp_path / "own.toml"
    file.write_text('name = "own"\nversion = "7"\ntitle = "T"\nsource = "s"\nextends = "wirral-2012"\nnation = "SCT"\n')
    done = run("messages", file)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "# Messages of own 7")


def test_a_referrer_without_an_agreement(run):
    """A partner that the pack does not name is bad input, with those that it names."""
    done = run("messages", "wirral-2012", "--referrer", "nobody")
    assert (done.exit_code, "use one of wirral-schools" in done.stderr) == (2, True)
