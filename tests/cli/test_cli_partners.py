"""`journeys partners` and `journeys quarantine`."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.doors import Doors, event


@pytest.fixture
async def partner(cli: Any, tmp_path: Path) -> tuple[str, Path]:
    """A partner with an agreement, and the file that keeps its secret."""
    secrets = tmp_path / "partners.json"
    ran = await cli("partners", "add", "merseyside-police", "--secrets", str(secrets))
    if ran.code:
        assert (await cli("partners", "rotate-secret", "merseyside-police", "--secrets", str(secrets))).code == 0
    return "merseyside-police", secrets


def feed(count: int, prefix: str) -> list[dict[str, Any]]:
    """Events about somebody nobody knows."""
    told = {"on": "2012-05-01"}
    return [
        event("merseyside-police", "police-callout", "upn:Z111111111111", told, id=f"{prefix}-{number}")
        for number in range(count)
    ]


async def test_a_secret_is_kept_by_its_owner(cli: Any, partner: tuple[str, Path]):
    """A secret that goes into a file is not shown, and the file is its owner's alone."""
    name, secrets = partner
    ran = await cli("partners", "rotate-secret", name, "--secrets", str(secrets))
    assert "whsec_" not in ran.out + ran.err
    assert json.loads(secrets.read_text())[name].startswith("whsec_")
    assert secrets.stat().st_mode & 0o777 == 0o600


async def test_suspend_and_resume(cli: Any, partner: tuple[str, Path]):
    """A partner is suspended, listed so, and resumed."""
    name, _ = partner
    await cli.ok("partners", "suspend", name)
    listed = {each["name"]: each["suspended"] for each in (await cli.ok("partners", "list"))["partners"]}
    assert listed[name] is True
    assert (await cli("partners", "resume", name)).out == f"{name} is active\n"
    assert "suspended" not in (await cli("partners", "list")).out.split(name)[1].split("\n")[0]


async def test_agreement(cli: Any):
    """What is agreed with a partner is shown; with none, it says so."""
    assert "may send" in (await cli("partners", "agreement", "wirral-schools")).out
    assert (await cli("partners", "agreement", "nobody")).code == 1


async def test_replay(cli: Any, partner: tuple[str, Path], tmp_path: Path):
    """A file is sent in signed batches, each refusal told by its line; sent again, everything is a duplicate."""
    _, secrets = partner
    prefix = uuid.uuid4().hex
    lines = [json.dumps(told) for told in feed(2500, prefix)]
    lines[6] = "no JSON"
    lines[9] = lines[9].replace("police-callout", "offence").replace('"on"', '"day"')
    lines[11] = lines[11].replace("2012-05-01", "\\ud800")
    file = tmp_path / "feed.ndjson"
    file.write_text("\n".join(lines))
    first = await cli("partners", "replay", str(file), "--secrets", str(secrets), "--json")
    again = await cli("partners", "replay", str(file), "--secrets", str(secrets), "--json")
    assert first.code == again.code == 3
    assert [each["line"] for each in first.told["not_taken"]] == [7, 10, 12]
    assert first.told["outcomes"] == {"quarantined": 2497, "refused": 3}
    assert again.told["outcomes"] == {"duplicate": 2497, "refused": 3}


async def test_replay_a_part(cli: Any, partner: tuple[str, Path], tmp_path: Path):
    """A JSON list is replayed too, from any line on, only one partner's events, and no faster than asked."""
    _, secrets = partner
    events = feed(20, uuid.uuid4().hex)
    events[15]["source"] = "/partners/somebody-else"
    file = tmp_path / "feed.json"
    file.write_text(json.dumps(events))
    told = await cli.ok(
        *("partners", "replay", str(file), "--secrets", str(secrets), "--from-line", "11"),
        *("--partner", "merseyside-police", "--rate", "1000"),
    )
    assert told["outcomes"] == {"quarantined": 9}
    secret = json.loads(secrets.read_text())["merseyside-police"]
    ran = await cli("partners", "replay", str(file), "--partner", "merseyside-police", JOURNEYS_PARTNER_SECRET=secret)
    assert (ran.code, "duplicate 9, quarantined 10" in ran.out) == (0, True)


async def test_replay_needs_a_secret(cli: Any, tmp_path: Path):
    """Without a secret nothing is sent, and it says how to get one; nor is a file that cannot be read."""
    file = tmp_path / "feed.ndjson"
    file.write_text(json.dumps(feed(1, "x")[0]))
    ran = await cli("partners", "replay", str(file))
    assert (ran.code, "rotate-secret" in ran.err) == (2, True)
    assert (await cli("partners", "replay", str(tmp_path / "nothing"))).code == 2


async def test_broken_off(cli: Any, doors: Doors, partner: tuple[str, Path], tmp_path: Path):
    """A replay that is refused on the way says where to go on."""
    name, secrets = partner
    file = tmp_path / "feed.ndjson"
    file.write_text("\n".join(json.dumps(told) for told in feed(3, uuid.uuid4().hex)))
    await cli.ok("partners", "suspend", name)
    ran = await cli("partners", "replay", str(file), "--secrets", str(secrets))
    await cli.ok("partners", "resume", name)
    assert (ran.code, "--from-line 1" in ran.err) == (5, True)


async def test_quarantine(cli: Any, doors: Doors, partner: tuple[str, Path], tmp_path: Path):
    """What waits is listed with counts, matched to a family, or discarded with a reason."""
    _, secrets = partner
    prefix = uuid.uuid4().hex
    file = tmp_path / "feed.ndjson"
    file.write_text("\n".join(json.dumps(told) for told in feed(2, prefix)))
    await cli.ok("partners", "replay", str(file), "--secrets", str(secrets))
    reference = await doors.referred()
    event_id = f"merseyside-police:{prefix}"
    matched = await cli("quarantine", "match", f"{event_id}-0", reference, "--member", "m1")
    discarded = await cli.ok("quarantine", "discard", f"{event_id}-1", "--why", "not-our-area")
    assert (matched.code, "1 left quarantine" in matched.out) == (0, True)
    assert (discarded["state"], discarded["reason"]) == ("discarded", "not-our-area")
    listed = await cli("quarantine", "list", "--limit", "1")
    assert (listed.code, "In all" in listed.out) == (0, True)
    refused = await cli("quarantine", "discard", f"{event_id}-9", "--why", "x")
    assert (refused.code, "no event" in refused.err) == (1, True)
