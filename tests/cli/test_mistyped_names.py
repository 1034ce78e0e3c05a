"""A filter under a mistyped name says that nothing has that name, and never that nothing of the kind was found."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.doors import Doors
from wiring.references import new_reference


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--programme", "wirral-2021"), "no programme has the name wirral-2021"),
        (("list", "--programme", "wirral-2021"), "did you mean wirral-2012?"),
        (("list", "--locality", "Leaowe"), "no locality has the name Leaowe"),
        (("list", "--area", "wirrall"), "did you mean wirral?"),
        (("list", "--holder", "nobody-here"), "nobody has the name nobody-here"),
        (("list", "--stage", "lost"), "stage: lost is none that is known"),
        (("list", "--stage", "lost"), "use referral, identification, assessment,"),
        (("export", "--programme", "wirral-2021"), "no programme has the name wirral-2021"),
        (("queue", "--programme", "wirral-2021"), "no programme has the name wirral-2021"),
        (("queue", "--area", "wirrall"), "no area has the name wirrall"),
        (("due", "--reminders", "--holder", "nobody-here"), "nobody has the name nobody-here"),
        (("claims", "list", "--programme", "wirral-2021"), "no programme has the name wirral-2021"),
        (("claims", "list", "--result", "wrok"), "no result has the name wrok"),
    ],
)
async def test_a_name_that_nothing_bears(cli: Cli, doors: Doors, words: tuple[str, ...], said: str):
    """Each filter refuses a name that nothing bears with exit code 2, and says what was probably meant."""
    await doors.referred(locality="Leasowe")
    ran = await cli(*words)
    assert (ran.code, said in ran.err, ran.out) == (2, True, ""), ran


@pytest.mark.parametrize(
    "words", [("messages", "failed"), ("messages", "refused"), ("messages", "retry"), ("quarantine", "list")]
)
async def test_a_partner_that_is_none(cli: Cli, words: tuple[str, ...]):
    """What is listed or tried again for a partner that nobody knows is refused."""
    ran = await cli(*words, "--partner", "wirral-shools")
    assert (ran.code, "no partner has the name wirral-shools" in ran.err) == (1, True), ran
    assert "did you mean wirral-schools?" in ran.err


async def test_a_family_that_is_none(cli: Cli):
    """The claims of a family that nobody knows are not none."""
    reference = new_reference()
    ran = await cli("claims", "list", "--reference", reference)
    assert (ran.code, f"no family {reference}" in ran.err) == (1, True), ran


async def test_a_name_that_is_known_finds_none(cli: Cli, doors: Doors):
    """A name that something bears, here or in a pack, finds nothing without a complaint; a key worker has a list."""
    worker = await doors.worker()
    for name, known in (("programme", "base"), ("area", "kent"), ("locality", "Thanet"), ("key_worker", worker)):
        option = "--holder" if name == "key_worker" else f"--{name}"
        assert {row[name] for row in (await cli.ok("list", option, known))["journeys"]} <= {known}  # of other tests
    token = doors.token("key-worker", "fresh")
    ran = await cli("due", "--json", JOURNEYS_TOKEN=token)
    assert (ran.code, ran.told) == (0, [])


async def test_a_view_is_kept_only_when_it_was_good(cli: Cli, tmp_path: Path):
    """Filters that were refused are not saved; a view with a filter that list does not have is told."""
    config = {"JOURNEYS_CONFIG": str(tmp_path / "config")}
    assert (await cli("list", "--stage", "lost", "--save", "mine", **config)).code == 2
    assert (await cli("views", "--json", **config)).told == {}
    (tmp_path / "config").mkdir(exist_ok=True)
    file = tmp_path / "config" / "views.json"
    file.write_text(json.dumps({"mine": {"stge": "closed"}}))
    ran = await cli("list", "--view", "mine", **config)
    assert (ran.code, "view mine holds stge, which are not filters of journeys list" in ran.err) == (2, True), ran
    file.write_text("[]")
    ran = await cli("views", **config)
    assert (ran.code, "holds no views" in ran.err) == (2, True), ran
    ran = await cli("list", "--save", "mine", JOURNEYS_CONFIG="/proc/nowhere")
    assert (ran.code, "cannot be written" in ran.err) == (2, True), ran


async def test_a_partner_that_no_agreement_names(cli: Cli):
    """Whoever adds a partner under a mistyped name hears at once that it may send nothing, and who was meant."""
    ran = await cli("partners", "add", "wirral-scools")
    assert (ran.code, "whsec_" in ran.out, "did you mean wirral-schools?" in ran.err) == (0, True, True), ran
    assert "no agreement of any programme names wirral-scools" in ran.err
    known = await cli("partners", "add", "kent-police")
    assert (known.code, "no agreement" in known.err) == (0, False), known
