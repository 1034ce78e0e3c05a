"""A programme is named and never a path: whatever files lie on the gateway's machine, none is read as a rule pack."""

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

import programmes
from programmes.chain import shipped
from tests.doors import PROBLEM, Doors
from wiring.settings import Settings


def _evil(folder: Path) -> list[str]:
    """Return spellings that lead to a readable pack outside the folder of packs."""
    shutil.copy(shipped() / "wirral-2012.toml", folder / "evil.toml")
    shutil.copy(shipped() / "base.toml", folder / "base.toml")
    up = "/".join([".."] * len(shipped().parts))
    return [
        str(folder / "evil"),
        f"{up}{folder / 'evil'}",
        "./wirral-2012",
        "../packs/wirral-2012",
        "wirral-2012/",
        "WIRRAL-2012",
        "wirral-2012.toml",
        "wirral-2012\n",
        "",
        " wirral-2012",
        "x" * 81,
    ]


async def test_no_path_is_a_programme_at_any_door(doors: Doors, tmp_path: Path):
    """A referral, an import, an agreement and a claim window take names of known shape and nothing else."""
    async with doors.client() as client:
        for name in [one for one in _evil(tmp_path) if one]:
            asked = {"programme": name}
            answers = [
                await client.post("/v1/journeys", json=doors.form(**asked)),
                await client.post("/v1/imports", content=b"family_no\n1\n", params=asked),
                await client.get("/v1/partners/wirral-schools/agreement", params=asked),
                await client.post("/v1/claim-windows/2012-q1/open", params=asked),
            ]
            told = [(answer.status_code, answer.json()["type"]) for answer in answers]
            assert {(422, f"{PROBLEM}unknown-programme")} == set(told), (name, [answer.text for answer in answers])


def test_no_pack_is_loaded_from_a_path(tmp_path: Path):
    """The loader itself refuses: no other door, and no `extends`, leads to a file that is not shipped."""
    for name in _evil(tmp_path):
        with pytest.raises(programmes.PackError):
            programmes.load(name)


def test_the_gateway_s_own_programme_is_a_name(tmp_path: Path):
    """A setting that is a path is refused at the start."""
    with pytest.raises(ValidationError, match="programme"):
        Settings(database_url="x", temporal_address="x", secrets_dir=tmp_path, programme=str(tmp_path / "evil"))


def test_a_pack_extends_a_name(tmp_path: Path):
    """A pack file that extends a path is told so, with what to write."""
    from programmes.chain import Chain  # noqa: PLC0415

    _evil(tmp_path)
    file = tmp_path / "mine.toml"
    file.write_text(f'extends = "{tmp_path / "base"}"\n')
    (fault,) = Chain(file).faults
    assert ("not the name of a programme" in fault.reason, "without a folder" in fault.remedy) == (True, True), fault


async def test_a_pack_that_was_added_is_used_at_once(doors: Doors, tmp_path: Path, monkeypatch):
    """A pack put into the folder while the gateway runs is listed, kept, and can be named by a referral."""
    monkeypatch.setenv("JOURNEYS_PACKS_DIR", str(tmp_path))
    (tmp_path / "our-wirral.toml").write_text(
        'extends = "wirral-2012"\nname = "our-wirral"\nversion = "1"\ntitle = "Ours"\nsource = "our own"\n'
    )
    (tmp_path / "broken.toml").write_text("name =")
    async with doors.client() as client:
        kept = await client.post("/v1/programmes/our-wirral")
        assert (kept.status_code, kept.json()["version"]) == (200, "1"), kept.text
        assert "our-wirral" in (await client.get("/v1/programmes")).json()
        listed = await client.get("/v1/journeys", params={"programme": "our-wirral"})
        assert listed.status_code == 200, "a broken file beside it takes nothing away"
    await doors.referred(programme="our-wirral")
    async with doors.client("key-worker", "kim") as client:
        assert (await client.post("/v1/programmes/our-wirral")).status_code == 403
