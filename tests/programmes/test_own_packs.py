"""A council's own packs: merged with what they extend, added where every process finds them, or refused."""

from pathlib import Path

import pytest

import programmes
from programmes import OWN, load, names
from programmes.adding import add
from programmes.lint.check import examine
from programmes.opening import UnsoundPackError

OWN_CLOCK = """
[[clocks]]
work = "plan"
within = { working_days = 3, source = "our standard", confidence = "verified" }
owner = "holder"
escalate_to = "manager"
ladder = [{ at = 0 }]
"""
HEAD = 'extends = "base"\nname = "our-town"\nversion = "1"\ntitle = "Our Town"\nsource = "our contract"\n'
PARTNER = """
[[agreements]]
partner = "our-schools"
kinds = ["exclusion"]
purposes = ["family-support"]
categories = ["stage", "dates", "key-worker"]
lawful_basis = "public-task"
valid_from = 2026-01-01
channel = "email"
source = "our agreement"
confidence = "verified"
"""


@pytest.fixture
def pack(tmp_path: Path):
    """Return a function that writes a pack of this text."""

    def write(text: str, name: str = "our-town") -> Path:
        file = tmp_path / f"{name}.toml"
        file.write_text(text)
        return file

    return write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """Return a folder of own packs, where every process would look."""
    place = tmp_path / "added"
    monkeypatch.setenv(OWN, str(place))
    return place


def test_one_clock_of_ones_own_keeps_the_others(pack, folder):
    """A clock of one's own takes the place of the inherited one for the same work, and no other is lost."""
    add(pack(HEAD + PARTNER + OWN_CLOCK), folder)
    inherited, ours = load("base").clocks, load("our-town").clocks
    assert [clock.work for clock in ours] == [clock.work for clock in inherited]
    assert [clock.work for clock, before in zip(ours, inherited, strict=True) if clock != before] == ["plan"]


def test_replacing_all_clocks_is_said_aloud_and_each_lost_one_is_named(pack):
    """With replace, the pack has its own clocks alone, and a warning names every clock that it loses."""
    found = examine(pack('replace = ["clocks"]\n' + HEAD + PARTNER + OWN_CLOCK))
    lost = [one.reason for one in found.warnings if "is lost" in one.reason]
    assert (found.faults, len(lost)) == ((), len(load("base").clocks) - 1)
    assert "replaces all clocks, so the one for assessment is lost and nobody is reminded of it" in lost


@pytest.mark.parametrize(
    ("key", "said"), [("agreements", "only clocks is merged"), ("clocks", "replaces clocks and sets none")]
)
def test_a_replace_that_does_nothing_is_a_fault(pack, key: str, said: str):
    """A key that is replaced anyway, or that the pack does not set, is refused where it stands."""
    [fault] = examine(pack(f'replace = ["{key}"]\n' + HEAD + PARTNER)).faults
    assert (said in fault.reason, fault.line) == (True, 1), fault


def test_a_fault_of_a_merged_clock_is_told_at_its_own_line(pack):
    """The file and line are those of the clock as it is written, not its place among the inherited ones."""
    text = HEAD + PARTNER + OWN_CLOCK.replace('owner = "holder"', 'owner = "nobody"')
    [fault] = examine(file := pack(text)).faults
    assert (fault.file, fault.line) == (str(file), text.splitlines().index('owner = "nobody"') + 1)


def test_criteria_take_source_and_confidence_from_the_table_above(pack, folder):
    """A criterion that says neither has those of the eligibility; one that says its own keeps it."""
    eligibility = (
        '[eligibility]\nat_least = 1\nsource = "para 3"\nconfidence = "verified"\n'
        'criteria = [{ id = "debt", title = "Debt" }, { id = "other", title = "Other", confidence = "unverified" }]\n'
    )
    add(pack(HEAD + eligibility + PARTNER), folder)
    told = load("our-town").eligibility
    assert told is not None
    assert [(one.source, one.confidence) for one in told.criteria] == [("para 3", "verified"), ("para 3", "unverified")]


def test_an_added_pack_is_known_with_what_it_extends(pack, folder):
    """The pack and its own parent are added; adding it again changes nothing."""
    pack(HEAD.replace("our-town", "our-county") + PARTNER, "our-county")
    file = pack(HEAD.replace('"base"', '"our-county"'))
    first, again = add(file, folder), add(file, folder)
    assert (first[2], again[2], {"our-county", "our-town"} <= set(names())) == (True, False, True)
    assert load("our-town").agreements[0].partner == "our-schools"


def test_a_changed_pack_needs_a_new_version(pack, folder):
    """What families were referred under stays; a new version is read at once."""
    add(pack(HEAD + PARTNER), folder)
    changed = HEAD.replace("Our Town", "Our Other Town")
    with pytest.raises(UnsoundPackError, match="version 1 of our-town was added before"):
        add(pack(changed + PARTNER), folder)
    add(pack(changed.replace('"1"', '"2"') + PARTNER), folder)
    assert (load("our-town").version, load("our-town").title) == ("2", "Our Other Town")


def test_a_shipped_pack_cannot_be_replaced(pack, folder):
    """A pack with the name of a shipped one, or with faults, is not added, and nothing is left behind."""
    with pytest.raises(UnsoundPackError, match="shipped pack"):
        add(pack(HEAD.replace("our-town", "kent-2011") + PARTNER, "kent-2011"), folder)
    with pytest.raises(UnsoundPackError):
        add(pack(HEAD + "nonsense = 1\n"), folder)
    assert programmes.own_packs() == []


def test_a_parent_changes_no_pack_unseen(pack, folder):
    """A new version of a pack is refused where another that was added extends it and would change under its version."""
    parent = HEAD.replace("our-town", "our-base") + PARTNER
    child = 'extends = "our-base"\nname = "our-north"\nversion = "1"\ntitle = "North"\nsource = "our contract"\n'
    pack(parent, "our-base")
    add(pack(child, "our-north"), folder)
    before = load("our-north").hash
    changed = pack(parent.replace('version = "1"', 'version = "2"') + OWN_CLOCK, "our-base")
    with pytest.raises(UnsoundPackError, match="our-north, which was added before"):
        add(changed, folder)
    assert (before, "1") == (load("our-north").hash, load("our-base").version)
