"""The case file and its papers at the shell."""

import re
import stat
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.doors import Doors

FIRST = "This replaces no emergency call (999) and no referral to the front door"


@pytest.fixture
async def family(doors: Doors) -> str:
    """A family that is held, with needs found."""
    reference, _ = await doors.allocated()
    for step, body in (("record-contact", {"kind": "visit"}), ("assess", {"needs": ["debt"]})):
        assert (await doors.step(reference, step, **body)).status_code == 200
    return reference


async def test_a_note_is_written_listed_and_shown(cli: Cli, family: str, tmp_path: Path):
    """From a file or standard input; the list has its beginning, show has all of it."""
    text = tmp_path / "visit.txt"
    text.write_text("Wren was in.\nThe kitchen is dry now.", encoding="utf-8")
    await cli.ok("note", "add", family, "--about", "visit", "--file", str(text), "--on", "yesterday")
    piped = await cli("note", "add", family, "--about", "call", stdin="She rang back.")
    assert piped.code == 0, piped
    listed = (await cli("note", "list", family)).out
    assert [name for name in ("N1", "N2", "kitchen", "She rang back.") if name not in listed] == []
    assert "Wren was in.\nThe kitchen is dry now." in (await cli("note", "show", family, "N1")).out
    assert (await cli("note", "show", family, "N9")).code == 1
    empty = await cli("note", "add", family, "--about", "call", stdin="  \n")
    assert (empty.code, "there is no text" in empty.err) == (2, True)


async def test_actions_are_agreed_done_and_dropped(cli: Cli, family: str, tmp_path: Path):
    """An action by code or by text is due and in show; done and dropped ones are not outstanding."""
    text = tmp_path / "do.txt"
    text.write_text("Ring the landlord.", encoding="utf-8")
    add = ("action", "add", family, "--need", "debt", "--due", "2012-06-20")
    await cli.ok(*add, "--owner", "m1", "--do", "debt-advice")
    await cli.ok(*add, "--owner", "key-worker", "--file", str(text))
    await cli.ok(*add, "--owner", "m1", "--do", "Ask Nan for a key.")
    due = (await cli("due", "--limit", "500")).out
    assert [name for name in ("action A1", "action A2", "action A3") if name not in due] == []
    today = (await cli("today", "--limit", "1000")).out
    assert f"{family}  action A1" not in today  # due in nineteen days: not this week
    await cli.ok(*add[:-1], "2012-06-05", "--owner", "m1", "--do", "training")
    today = (await cli("today", "--limit", "1000")).out
    assert f"{family}  action A4" in today
    await cli.ok("action", "done", family, "A1")
    await cli.ok("action", "drop", family, "A3", "--reason", "not-needed")
    await cli.ok("action", "move", family, "A2", "--to", "2012-06-25", "--reason", "no-appointment")
    listed = (await cli("action", "list", family)).out
    assert "Ask Nan for a key." in listed
    assert [
        name for name in ("Ring the landlord.", "done 2012-06-01", "(not-needed)", "2012-06-25") if name not in listed
    ] == []
    shown = (await cli("show", family)).out
    assert ("debt advice" in shown, "Ring the landlord." in shown) == (True, False)
    wrong = await cli(*add, "--owner", "m1", "--do", "sing")
    assert (wrong.code, "debt-advice" in wrong.err) == (2, True)
    stranger = await cli(*add, "--owner", "partner:nobody", "--do", "training")
    assert (stranger.code, "wirral-schools" in stranger.err) == (1, True)


async def test_a_concern_says_first_what_it_does_not_replace(cli: Cli, doors: Doors, family: str):
    """Help and output begin with the emergency call and the front door; the answer is by whom it was raised with."""
    receiver = await doors.receiver()
    for words in (("raise", "--help"), ("answer", "--help")):
        told = " ".join((await cli("concern", *words)).out.split("\n\n", 1)[1].split())
        assert told.startswith(FIRST), told
    raised = await cli("concern", "raise", family, "--kind", "neglect", "--to", receiver, "--member", "m2")
    assert (raised.code, raised.out.startswith(FIRST)) == (0, True)
    today = await cli("today", "--limit", "1000")
    assert f"{family}  concern-answer C1" in today.out
    await cli.ok("concern", "answer", family, "C1", "--answer", "advice-given")
    for kind, remedy in (("worry", "use one of neglect"), ("neglekt", "did you mean neglect?")):
        wrong = await cli("concern", "raise", family, "--kind", kind, "--to", receiver)
        assert (wrong.code, remedy in wrong.err) == (2, True)


async def filled(cli: Cli, family: str) -> None:
    """A meeting, a voice, a scale and a relationship, with text that a page must escape."""
    words = {"stdin": 'Toni & Wren: <script>alert("x")</script> agreed.'}
    meeting = ("--present", "m1", "--present", "key-worker", "--next", "2012-07-02", "--file", "-")
    for command in (
        ("meeting", "record", family, *meeting),
        ("voice", "add", family, "m2"),
        ("action", "add", family, "--need", "debt", "--owner", "m1", "--due", "2012-06-20"),
    ):
        ran = await cli(*command, **words)
        assert ran.code == 0, ran
    for score, day in ((2, "2012-05-10"), (6, "2012-06-01")):
        await cli.ok("scale", "set", family, "--need", "debt", "--score", str(score), "--on", day)
    await cli.ok("relationship", "add", family, "m1", "parent-of", "m2")


async def test_the_case_file_is_one_page(cli: Cli, family: str):
    """Each kind of entry is on it, with the next meeting and the distance travelled."""
    await filled(cli, family)
    assert "distance      debt 2 to 6 (+4)" in (await cli("show", family)).out
    told = (await cli("case", family)).out
    wanted = ("MT1", "V1", "A1", "R1", "parent-of", "+4", "next meeting  2012-07-02")
    assert [name for name in wanted if name not in told] == []
    await cli.ok("withdraw-entry", family, "V1", "--reason", "other-family")
    assert "(withdrawn: other-family)" in (await cli("case", family)).out


@pytest.mark.parametrize("name", ["sheet", "chronology", "summary"])
async def test_each_paper_is_written_for_print(cli: Cli, family: str, tmp_path: Path, name: str):
    """At the terminal, as JSON, and as a page for its owner only, on which nothing that was written is markup."""
    await filled(cli, family)
    told = await cli(name, family)
    assert (told.code, "Wren" in told.out) == (0, True), told
    assert (await cli.ok(name, family))["reference"] == family
    out = tmp_path / "page.html"
    written = await cli(name, family, "--html", "--out", str(out))
    assert (written.code, "it holds names" in written.out) == (0, True), written
    page = out.read_text(encoding="utf-8")
    assert ("<script" in page, "&lt;script&gt;" in page, "@page { size: A4" in page) == (False, True, True)
    assert re.search(r"(src|href)=", page) is None
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    alone = await cli(name, family, "--html")
    assert (alone.code, "--out FILE.html" in alone.err) == (2, True)


async def test_the_sheet_is_for_the_family(cli: Cli, doors: Doors, family: str, tmp_path: Path):
    """It has what was agreed and how the worker is reached, and no note, concern or scale."""
    await filled(cli, family)
    await cli("note", "add", family, "--about", "visit", stdin="Not for the family.")
    await cli.ok("concern", "raise", family, "--kind", "neglect", "--to", await doors.receiver())
    told = (await cli("sheet", family)).out
    assert ("@council.example" in told, "2012-07-02" in told) == (True, True)
    assert [name for name in ("Not for the family", "neglect", "gained") if name in told] == []


async def test_the_sheet_says_days_as_a_family_reads_them(cli: Cli, family: str, tmp_path: Path):
    """On the page for print days are spelled out, and members stand by their forenames."""
    await filled(cli, family)
    out = tmp_path / "sheet.html"
    assert (await cli("sheet", family, "--html", "--out", str(out))).code == 0
    page = out.read_text(encoding="utf-8")
    assert ("Monday 2 July 2012" in page, "Wednesday 20 June 2012" in page, "<td>Wren" in page) == (True, True, True)


async def test_the_genogram_goes_to_a_file(cli: Cli, family: str, tmp_path: Path):
    """It is SVG; with names the file is for its owner only."""
    await cli.ok("relationship", "add", family, "m1", "parent-of", "m2")
    out = tmp_path / "family.svg"
    assert (await cli("genogram", family, "--out", str(out), "--names")).code == 0
    assert ET.fromstring(out.read_text(encoding="utf-8")).tag.endswith("svg")  # noqa: S314 - our own
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    wrong = await cli("relationship", "add", family, "m1", "friend-of", "m2")
    assert (wrong.code, "parent-of" in wrong.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (
            ("action", "add", "--need", "debt", "--owner", "kim", "--due", "2012-07-01", "--do", "training"),
            "partner:NAME",
        ),
        (("meeting", "record", "--present", "schools"), "advocate, interpreter, or partner:NAME"),
        (("action", "done", "X9"), "such as N1, A3 or C1"),
        (("voice", "add", "Toni"), "such as m2"),
    ],
)
async def test_what_is_mistyped_is_named_with_what_to_write(cli: Cli, family: str, words: tuple[str, ...], remedy: str):
    """A party, an entry or a member that cannot be one is refused in words, not with a pattern."""
    ran = await cli(*words[:2], family, *words[2:], stdin="text")
    assert (ran.code, remedy in ran.err, "^" in ran.err) == (2, True, False), ran
