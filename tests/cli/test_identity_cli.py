"""Whose referral it is, asked and answered at the shell."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_asking import FIRST, at_terminal
from tests.doors import Doors

REFER = ("refer", "--referrer", "wirral-schools", "--locality", "Leasowe", "--criterion", "poverty")
HEADER = "family_no,surname,forename,role,date_of_birth,nino,locality,referrer,referred_on,criteria"


@pytest.fixture
def name(doors: Doors) -> str:
    """A surname that nobody has."""
    return doors.form()["members"][0]["surname"].title()


def man(name: str, number: str) -> tuple[str, str]:
    return "--member", f"adult,{name},Mohammed,1970-01-01,nino={number}"


async def test_a_question_and_its_answer(cli: Cli, name: str):
    """The facts stand side by side, the flags that answer are named, and each takes the family as it says."""
    first = (await cli.ok(*REFER, *man(name, "QQ223456A")))["reference"]
    asked = await cli(*REFER, *man(name, "QQ223456B"))
    assert asked.code == 1
    (row,) = [line for line in asked.err.splitlines() if "QQ223456B" in line and "contradicts" in line]
    assert ("National Insurance number" in row, "QQ223456A" in row) == (True, True)
    assert f"--not-the-same {first}" in asked.err.replace("\n", " ")
    bare = await cli(*REFER, *man(name, "QQ223456B"), "--not-the-same", first)
    assert (bare.code, "--why" in bare.err) == (2, True)
    told = await cli.ok(*REFER, *man(name, "QQ223456B"), "--not-the-same", first, "--why", "other-number")
    assert told["reference"] != first


async def test_a_question_as_json(cli: Cli, name: str):
    """A program gets the question whole, with the facts, and gives the answer in its file."""
    await cli.ok(*REFER, *man(name, "QQ223457A"))
    ran = await cli(*REFER, *man(name, "QQ223457B"), "--json")
    (question,) = json.loads(ran.err)["questions"]
    assert (question["people"][0]["line"], question["answers"][0]) == (1, f"--same-as {question['reference']}")


async def test_a_known_family(cli: Cli, doors: Doors, name: str):
    """A family referred again after its close is said to be known, and how its last journey ended."""
    first = (await cli.ok(*REFER, *man(name, "QQ223458A")))["reference"]
    await doors.step(first, "close", outcome="declined")
    ran = await cli(*REFER, *man(name, "QQ223458A"))
    assert (ran.code, "known family: second journey; the first ended declined 2012-06-01" in ran.out) == (0, True), ran


async def test_answered_at_a_terminal(cli: Cli, name: str):
    """Whoever is asked for a referral step by step is asked who its people are too, and loses nothing typed."""
    first = (await cli.ok(*REFER, *man(name, "QQ223459A")))["reference"]
    person = ["adult", name, "Mohammed", "1/1/1970", "", "", "QQ223459B", ""]
    ran = await at_terminal(cli, [*FIRST, *person, "n", "not-the-same", "other-number"], "--json")
    assert (ran.code, json.loads(ran.out)["reference"] != first) == (0, True), ran


async def test_answers_of_an_import(cli: Cli, name: str, tmp_path: Path):
    """A row that may be of a known family is told with the line that answers it, and taken with the file of answers."""
    first = (await cli.ok(*REFER, *man(name, "QQ223460A")))["reference"]
    file, answers = tmp_path / "referrals.csv", tmp_path / "answers.csv"
    row = f"W1,{name},Mohammed,adult,1970-01-01,QQ223460B,Leasowe,wirral-schools,2012-05-01,poverty"
    file.write_text(f"{HEADER}\n{row}\n")
    asked = await cli("import", str(file))
    assert (asked.code, "QQ223460A" in asked.out, f"W1,{first},ANSWER,WHY" in asked.out.replace("\n", "")) == (
        3, True, True
    )  # fmt: skip
    answers.write_text(f"family_no,reference,answer,why\nW1,{first},not-the-same,other-number\n")
    told = await cli.ok("import", str(file), "--answers", str(answers))
    assert [family["outcome"] for family in told["families"]] == ["taken"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("family_no,reference,answer\nW1,F-1,joins\n", "line 2: why is missing"),
        ("family_no,reference,answer,why\nW1,F-1,perhaps,so\n", "line 2: perhaps is not an answer"),
        (None, "cannot be read"),
    ],
)
async def test_a_bad_file_of_answers(cli: Cli, tmp_path: Path, text: str | None, what: str):
    """A file of answers that cannot be used is refused before anything is sent, with the line."""
    answers = tmp_path / "answers.csv"
    if text:
        answers.write_text(text)
    (tmp_path / "referrals.csv").write_text(HEADER)
    ran = await cli("import", str(tmp_path / "referrals.csv"), "--answers", str(answers))
    assert (ran.code, what in ran.err) == (2, True), ran
