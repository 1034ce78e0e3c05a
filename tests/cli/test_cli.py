"""The CLI against a real server: what it does, what it says, and its exit codes."""

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import stamina
import typer

from cli.main import app
from domain.journey.commands import RecordEligibility
from stack.ports import free_ports
from tests.cli.conftest import JOURNEYS, Cli, Ran
from tests.doors import NOON, Doors, nhs_number
from tests.workbooks import workbook

pytestmark = pytest.mark.slow(20)

SAMPLE = Path(__file__).parents[2] / "samples" / "referrals.csv"
HEAVY = (
    "pydantic",
    "httpx",
    "rich",
    "domain.model",
    "jwt",
    "stamina",
    "fastapi",
    "temporalio",
    "asyncpg",
    "stack.commands",
)


def member(doors: Doors, number: int = 0, **changes: str) -> str:
    person = doors.form()["members"][number] | changes
    return ",".join(person[name] for name in ("role", "surname", "forename", "date_of_birth"))


async def referred(cli: Cli, doors: Doors) -> str:
    words = (
        "--referrer",
        "wirral-schools",
        "--locality",
        "Leasowe",
        "--criterion",
        "poverty",
        "--criterion",
        "addiction",
    )
    told = await cli.ok("refer", *words, "--referred-on", "2012-05-01", "--member", member(doors))
    return told["reference"]


async def test_the_whole_path(cli: Cli, doors: Doors):
    """A family goes from referral to close by commands alone, and show tells the story with numbered events."""
    ref = await referred(cli, doors)
    worker, other = await doors.worker(), await doors.worker()
    for words in (
        ("consent", ref, "--partner", "wirral-schools"),
        ("identify", ref, "--criterion", "poverty", "--criterion", "addiction"),
        ("allocate", ref, "--to", worker),
        ("offer-handover", ref, "--to", other),
        ("withdraw-handover", ref),
        ("offer-handover", ref, "--to", other),
        ("refuse-handover", ref, "--reason", "too-far"),
        ("offer-handover", ref, "--to", other),
        ("accept-handover", ref, "--to", other),
        ("contact", ref, "--kind", "call"),
        ("assess", ref, "--need", "debt", "--need", "health"),
        ("plan", ref, "--need", "debt"),
        ("start", ref),
        ("review", ref),
        ("step-down", ref),
        ("step-up", ref, "--reason", "crisis"),
        ("step-down", ref),
        ("correct", ref, "3", "--reason", "typing-error", "--set", "on=2012-05-20"),
        ("close", ref, "--outcome", "moved-away", "--yes"),
    ):
        ran = await cli(*words)
        assert (ran.code, ran.err, ref in ran.out) == (0, "", True), (words, ran)
    shown = (await cli("show", ref)).out
    for said in ("Timeline", "Agenda", "family-assessed", "debt, health", "closed 2012-06-01", "manager:manager"):
        assert said in shown


async def test_identify_says_what_was_found(cli: Cli, doors: Doors):
    """After identify it is said whether the family is eligible, which criteria counted and how many that needs."""
    ref = await referred(cli, doors)
    ran = await cli("identify", ref, "--criterion", "poverty")
    assert [line.strip() for line in ran.out.splitlines()[1:]] == [
        "not eligible",
        "criteria met: poverty; needs 2 criteria",
    ]
    ran = await cli("identify", ref, "--without-criteria")
    assert [line.strip() for line in ran.out.splitlines()[1:]] == [
        "not eligible",
        "criteria met: none; needs 2 criteria",
    ]
    ran = await cli("identify", ref, "--criterion", "poverty", "--criterion", "addiction")
    assert [line.strip() for line in ran.out.splitlines()[1:]] == [
        "eligible",
        "criteria met: poverty, addiction; needs 2 criteria",
    ]


async def test_show_for_people(cli: Cli, doors: Doors):
    """Show tells which reminders wait, marks what was corrected, and keeps the system's bookkeeping for --all."""
    ref = await referred(cli, doors)
    await cli.ok("consent", ref, "--expires-on", "2013-05-01")
    await cli.ok("identify", ref, "--criterion", "poverty")
    await cli.ok("correct", ref, "3", "--reason", "typing-error", "--set", "on=2012-05-20")
    told = await cli.ok("show", ref)
    common = {"command_id": uuid.uuid4().hex, "at": NOON + timedelta(days=6), "actor": "worker:claims"}
    order = RecordEligibility(
        **common, as_of=NOON.date(), results=[{"result": "work", "verdict": "not_met", "amount": 0}]
    )
    doors.engine.clock = NOON + timedelta(days=6)
    try:
        await doors.engine.submit(told["journey"]["journey_id"], order)
    finally:
        doors.engine.clock = NOON
    waiting = [one["id"] for one in (await cli.ok("show", ref))["journey"]["reminders"] if one["state"] == "due"]
    short, long = (await cli("show", ref)).out, (await cli("show", ref, "--all")).out
    assert waiting
    for said in (*waiting, "corrected by", "reminder id", "not shown"):
        assert said in short
    assert ("claim-eligibility-recorded" in short, "claim-eligibility-recorded" in long) == (False, True)


async def test_withdraw_and_ack(cli: Cli, doors: Doors):
    """A consent is withdrawn by the id that show tells; an unknown reminder is rejected with its remedy."""
    ref = await referred(cli, doors)
    await cli.ok("consent", ref)
    consent = (await cli.ok("show", ref))["journey"]["consents"][0]["id"]
    assert (await cli.ok("withdraw-consent", ref, consent))["happened"] == ["consent-withdrawn"]
    ran = await cli("ack", ref, "none")
    assert (ran.code, "no reminder none" in ran.err) == (1, True)


async def test_wrong_moves(cli: Cli, doors: Doors):
    """A wrong move says what is wrong and what to do, on stderr, with its exit code."""
    ref = await referred(cli, doors)
    for words, code, said in (
        (
            ("assess", ref, "--need", "debt"),
            1,
            f"allocate a key worker first: journeys allocate {ref} --to NAME",
        ),
        (("check", ref, "--verdict", "sustained"), 1, "step it down first"),
        (("identify", ref, "--criterion", "poverty", "--on", "2031-01-01"), 2, "in the future"),
        (("show", "F-2222-2222"), 2, "wrong or missing"),
        (("show", "a/b?c"), 2, "wrong or missing"),
        (("identify", ref), 2, "--criterion"),
        (("nonsense",), 2, "nonsense"),
        (("correct", ref, "1", "--reason", "typo", "--set", "on"), 2, "FIELD=VALUE"),
        (("refer", "--member", "adult,x"), 2, "--member"),
        (("refer", "--file", "/nowhere"), 2, "/nowhere"),
        (("import", "/nowhere"), 2, "/nowhere"),
        (("show", ref, "--url", "nonsense"), 2, "not an address"),
    ):
        ran = await cli(*words)
        assert (ran.code, said in ran.err, ran.out) == (code, True, ""), (words, ran)


async def test_refer_faults(cli: Cli, doors: Doors):
    """A bad referral lists every fault with its column and remedy; with --json the problem stands on stderr."""
    words = (
        "refer",
        "--referrer",
        "nobody",
        "--locality",
        "Leasowe",
        "--member",
        member(doors, date_of_birth="31/02/1980"),
    )
    ran, as_json = await cli(*words), await cli(*words, "--json")
    assert (ran.code, as_json.code) == (2, 2)
    for said in ("date_of_birth", "31/02/1980", "YYYY-MM-DD", "--referrer", "--member (number 1)", "wirral-schools"):
        assert said in ran.err
    assert "family" not in ran.err
    assert [fault["code"] for fault in json.loads(as_json.err)["faults"]] == ["bad-date", "unknown-referrer"]


async def test_refer_by_file(cli: Cli, doors: Doors, tmp_path: Path):
    """A referral is read from a file or from stdin, so that names need not stand in the shell's history."""
    file = tmp_path / "referral.json"
    file.write_text(json.dumps(doors.form()))
    assert (await cli("refer", "--file", str(file))).code == 0
    assert (await cli("refer", "--file", "-", stdin=json.dumps(doors.form()))).code == 0


async def test_import(cli: Cli):
    """The sample is imported with a table of refused rows and exit code 3; again nothing changes, and it says so."""
    first, again, as_json = (
        await cli("import", str(SAMPLE)),
        await cli("import", str(SAMPLE)),
        await cli("import", str(SAMPLE), "--json"),
    )
    assert (first.code, again.code, as_json.code) == (3, 3, 3)
    assert "families taken 50, already taken 0, refused 8; rows refused 9" in first.out
    assert "Nothing changed." not in first.out
    assert "Nothing changed." in again.out
    assert "families taken 0, already taken 50, refused 8; rows refused 9" in again.out
    for said in ("42", "31/02/1980", "date_of_birth", "'=HYPERLINK", "repeats line 5", "unlucky"):
        assert said in first.out
    assert as_json.told["summary"]["already_taken"] == 50


async def test_import_good_and_bad_files(cli: Cli, doors: Doors, tmp_path: Path):
    """A file without faults exits 0; one that cannot be read exits 2 and names the place."""
    header = SAMPLE.read_text(encoding="utf-8-sig").splitlines()[0]
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    surname = doors.form()["members"][0]["surname"]
    good.write_text(f"{header}\nG1,{surname},Wren,adult,1978-04-18,,,,,,,,Leasowe,wirral-schools,2012-05-29,poverty\n")
    bad.write_text("a,b\n1,2\n")
    assert (await cli("import", str(good))).code == 0
    ran = await cli("import", str(bad))
    assert (ran.code, "family_no" in ran.err) == (2, True)


async def test_same_verdict_everywhere(cli: Cli, doors: Doors, tmp_path: Path):
    """The same bad input gets the same verdict by flags, by file, by import of CSV and XLSX, and by the API."""
    families = []
    for changed, household in (
        ({"date_of_birth": "31/02/1980"}, {}),
        ({"date_of_birth": "2031-05-06"}, {}),
        ({"role": ""}, {}),
        ({"role": "parent"}, {}),
        ({"surname": "=1+1"}, {}),
        ({"nhs_number": "9990000001"}, {}),
        ({"nino": "12"}, {"postcode": "nowhere"}),
        ({}, {"referrer": "unknown-agency"}),
        ({}, {"referred_on": "2031-01-01"}),
        ({}, {"criteria": "poverty;unlucky"}),
        ({}, {"locality": ""}),
    ):
        form = doors.form()
        kept = {name: form[name] for name in ("referrer", "referred_on", "locality")}
        families.append((kept | {"criteria": "poverty"} | household, form["members"][0] | changed))
    header = SAMPLE.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    cells = [{"family_no": f"V{number}", **told, **person} for number, (told, person) in enumerate(families)]
    rows = [header, *([row.get(name, "") for name in header] for row in cells)]
    imported, from_workbook = await _by_import(cli, tmp_path, rows), await _by_workbook(cli, tmp_path, rows)
    for (told, person), in_file, in_workbook in zip(families, imported, from_workbook, strict=True):
        verdicts = {
            "api": await _by_api(doors, told, person),
            "flags": await _by_flags(cli, told, person),
            "file": await _by_file(cli, tmp_path, told, person),
            "import": in_file,
            "workbook": in_workbook,
        }
        assert len({json.dumps(verdict) for verdict in verdicts.values()}) == 1, verdicts
        assert verdicts["api"], (told, person)


def _verdict(faults: list[dict]) -> list[list[str]]:
    return sorted([fault["field"], fault["code"], fault["reason"], fault["remedy"], fault["value"]] for fault in faults)


def _json_form(told: dict, person: dict) -> dict:
    return told | {"criteria": told["criteria"].split(";"), "members": [person]}


async def _by_api(doors: Doors, told: dict, person: dict) -> list:
    async with doors.client() as client:
        return _verdict((await client.post("/v1/journeys", json=_json_form(told, person))).json()["faults"])


async def _by_flags(cli: Cli, told: dict, person: dict) -> list:
    plain = ",".join(person[name] for name in ("role", "surname", "forename", "date_of_birth"))
    schemes = "".join(f",{name}={person[name]}" for name in ("nhs_number", "nino") if name in person)
    words = [
        word
        for name in ("referrer", "referred_on", "locality", "postcode")
        if name in told
        for word in (f"--{name.replace('_', '-')}", told[name])
    ]
    words += [word for code in told["criteria"].split(";") for word in ("--criterion", code)]
    ran = await cli("refer", *words, "--member", plain + schemes, "--json")
    assert ran.code == 2, ran
    return _verdict(json.loads(ran.err)["faults"])


async def _by_file(cli: Cli, folder: Path, told: dict, person: dict) -> list:
    file = folder / "one.json"
    file.write_text(json.dumps(_json_form(told, person)))
    return _verdict(json.loads((await cli("refer", "--file", str(file), "--json")).err)["faults"])


async def _by_import(cli: Cli, folder: Path, rows: list[list[str]]) -> list[list]:
    file = folder / "many.csv"
    file.write_text("".join(f"{','.join(row)}\n" for row in rows))
    return _verdicts(await cli("import", str(file), "--json"))


async def _by_workbook(cli: Cli, folder: Path, rows: list[list[str]]) -> list[list]:
    file = folder / "many.xlsx"
    file.write_bytes(workbook({"Referrals": rows}))
    return _verdicts(await cli("import", str(file), "--json", "--dry-run"))


def _verdicts(ran: Ran) -> list[list]:
    """Return the verdict of each family of an import, in the order of the file."""
    assert ran.code == 3, ran
    return [_verdict(family["faults"]) for family in sorted(ran.told["families"], key=_number)]


def _number(family: dict) -> int:
    return int(family["family_no"].removeprefix("V"))


async def test_rearming_goes_on_until_nothing_is_left(cli: Cli, doors: Doors, monkeypatch: pytest.MonkeyPatch):
    """However many requests it takes, every open journey is started once, and the CLI tells how many there are."""
    for _ in range(3):
        await referred(cli, doors)
    async with doors.client() as client:
        left = (await client.post("/v1/rearm", params={"limit": 1})).json()["left"]
    monkeypatch.setattr("cli.operations.maintenance.STEP", min(left // 2, 500))
    doors.engine.rearmed.clear()
    told = await cli.ok("rearm")
    assert told["journeys"] == len(doors.engine.rearmed) == len(set(doors.engine.rearmed)) == left + 1
    assert f"open journeys running: {told['journeys']}" in (await cli("rearm")).out


async def test_looking(cli: Cli, doors: Doors):
    """List, due, counts, claims, staff and verify tell what there is, as tables and as JSON."""
    ref = await referred(cli, doors)
    assert ref in (await cli("list", "--limit", "500")).out
    assert ref in (await cli("due", "--limit", "500")).out
    assert "referral" in (await cli("counts")).out
    assert (await cli("claims", "list")).code == 0
    worker = await doors.worker()
    assert worker in (await cli("staff", "list")).out
    assert "as it was written" in (await cli("verify")).out
    assert (await cli.ok("verify", ref))["sound"]
    assert "journeys" in (await cli("rebuild")).out
    page = await cli("list", "--limit", "1")
    assert "more: --cursor" in page.out


async def test_people(cli: Cli):
    """A worker and a partner are added; the partner's secret is shown once, and a second time it is refused."""
    assert (await cli.ok("staff", "add", "kim-cli", "--email", "kim@council.example"))["held"] == 0
    added, again = await cli("partners", "add", "cli-shelter"), await cli("partners", "add", "cli-shelter")
    assert "whsec_" in added.out
    assert (again.code, "already" in again.err) == (1, True)


async def test_sessions(cli: Cli):
    """A local stack needs no login; a session is kept for its owner only, and what its role may not do exits 5."""
    assert (await cli("list")).code == 0
    session = cli.data / "session.json"
    assert oct(session.stat().st_mode & 0o777) == "0o600"
    assert (await cli("login", "--name", "ann", "--role", "analyst")).code == 0
    ran = await cli("list")
    assert (ran.code, "an analyst may not" in ran.err) == (5, True)
    session.write_text(json.dumps({"token": "a.b.c", "expires": time.time() + 999}))
    ran = await cli("list")
    assert (ran.code, "journeys login" in ran.err) == (5, True)


async def test_no_stack(cli: Cli, tmp_path: Path):
    """Without a key to sign with, and without a gateway, the CLI says what to do."""
    ran = await cli("list", JOURNEYS_DATA=str(tmp_path / "none"))
    assert (ran.code, "journeys up" in ran.err) == (5, True)
    (port,) = free_ports(1)
    with stamina.set_testing(True, attempts=8, cap=True):  # every attempt, without the time between them
        ran = await cli("list", "--url", f"http://127.0.0.1:{port}")
    assert (ran.code, "journeys up" in ran.err) == (4, True)


async def test_tries_again(cli: Cli, doors: Doors):
    """A step that meets an engine away for a moment is tried again under the same key, and happens once."""
    ref = await referred(cli, doors)
    doors.engine.away = True
    running = asyncio.create_task(cli("identify", ref, "--criterion", "poverty"))
    await asyncio.sleep(1.2)
    doors.engine.away = False
    ran = await running
    assert ran.code == 0, ran
    shown = await cli.ok("show", ref)
    assert [one["event"]["type"] for one in shown["timeline"]].count("family-identified") == 1


async def test_data_cannot_steer_a_terminal(cli: Cli, doors: Doors):
    """Names with markup are shown as they are, and NO_COLOR leaves no colour behind."""
    form = doors.form()
    form["members"][0]["forename"] = "[red]Wren[/red]"
    form["members"][0]["nhs_number"] = nhs_number(900)
    async with doors.client() as client:
        ref = (await client.post("/v1/journeys", json=form)).json()["reference"]
    ran = await cli("show", ref, NO_COLOR="1", FORCE_COLOR="1")
    assert "[red]Wren[/red]" in ran.out
    assert "\x1b[3" not in ran.out


def test_light_start():
    """The CLI's own modules load nothing heavy until a command needs it."""
    code = "import sys, cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert sorted(set(HEAVY) & loaded) == []
    # The names of channels and addresses make options, and are light; the rest of the rules is not.
    assert {name for name in loaded if name.split(".")[0] == "domain"} == {
        "domain",
        "domain.channels",
        "domain.case_words",
    }


def test_help_is_fast(tmp_path: Path):
    """Help comes within 1.5 times of a bare typer program on the same machine."""
    hello = tmp_path / "hello.py"
    hello.write_text(
        "import typer\napp = typer.Typer()\n@app.command()\ndef hello(name: str):\n    print(name)\napp()\n"
    )
    bare, ours = [sys.executable, str(hello), "--help"], [str(JOURNEYS), "--help"]
    ratio = min(_seconds(ours) for _ in range(7)) / min(_seconds(bare) for _ in range(7))
    assert ratio < 1.5, ratio


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env={"PATH": os.environ["PATH"]})
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--gateway-port", "99999"), "65535"),
        (("--gateway-port", "8470", "--ui-port", "8470"), "the same port"),
    ],
)
async def test_up_with_wrong_ports(cli: Cli, words: tuple[str, ...], said: str):
    """A port that is none, or one for two parts, is wrong usage."""
    ran = await cli("up", *words)
    assert (ran.code, said in ran.err) == (2, True), ran


def test_every_command_has_an_example():
    """Help gives an example of every command."""
    group = typer.main.get_command(app)
    commands = [
        (name, one)
        for name, command in group.commands.items()
        for one in (command.commands.values() if hasattr(command, "commands") else [command])
    ]
    assert [(name, one.name) for name, one in commands if "Example: journeys " not in one.help] == []


def test_help_tells_exit_codes():
    """Help documents the exit codes."""
    told = subprocess.run([str(JOURNEYS), "--help"], capture_output=True, text=True, check=True).stdout
    for said in ("Exit codes: 0 done", "`up`", "`status`"):
        assert said in told
