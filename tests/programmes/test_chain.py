"""A pack that extends others: each fault names the file that holds it, and what cannot be read is said."""

import pytest
from pack_help import CHECK_CLOCK, HEAD, S, marked

from programmes.lint.check import examine

NAMED = 'name = "{name}"\nversion = "1"\ntitle = "T"\nsource = "s"\n'


def write(folder, **packs):
    for name, text in packs.items():
        (folder / f"{name}.toml").write_text(text)
    return examine(folder / "pack.toml").faults


def test_a_fault_of_the_parent_names_the_parents_file_and_line(tmp_path):
    """A fault in a sibling that is extended is told with that file, its line and its column."""
    parent, [place] = marked(NAMED.format(name="parent") + f"caseload = {{ families = ▸0, {S} }}\n")
    [fault] = write(tmp_path, pack='extends = "parent"\n' + HEAD, parent=parent)
    assert (fault.file, fault.line, fault.column) == (str(tmp_path / "parent.toml"), *place)


def test_a_pack_outside_may_extend_a_shipped_one(tmp_path):
    """A file anywhere extends a shipped pack; what it replaces is judged with what it inherits."""
    text, [place] = marked('extends = "wirral-2012"\n' + HEAD + "agreements = ▸[]\n")
    faults = write(tmp_path, pack=text.replace("▸", ""))
    assert {fault.file for fault in faults} == {"programmes/packs/wirral-2012.toml"}
    assert all("there is no agreement with" in fault.reason for fault in faults)
    assert place.line == text.count("\n")


def test_what_is_inherited_and_idle_is_no_fault(tmp_path):
    """A pack that leaves out a stage may inherit its clocks, but not set one itself."""
    stages = 'stages = ["referral", "identification", "assessment", "intervention", "closed"]\n'
    assert write(tmp_path, pack='extends = "base"\n' + HEAD + stages) == ()
    text, [place] = marked('extends = "base"\n' + HEAD + stages + CHECK_CLOCK)
    [fault] = write(tmp_path, pack=text)
    assert (fault.line, fault.column) == place
    assert "leaves out sustained-outcome" in fault.reason


def test_a_name_is_not_inherited(tmp_path):
    """A pack without a name of its own would be taken for its parent."""
    [fault] = write(tmp_path, pack='extends = "base"\nversion = "2"\n')
    assert (fault.line, fault.reason) == (1, "the pack has no name of its own")


def test_a_parent_that_does_not_exist_is_told_where_it_is_named(tmp_path):
    """An unknown parent is told at the word, with the nearest that there is."""
    text, [place] = marked(HEAD + 'extends = ▸"bsae"\n')
    [fault] = write(tmp_path, pack=text)
    assert (fault.line, fault.column) == place
    assert (fault.reason, fault.remedy) == ("no programme bsae", "did you mean base?")


def test_a_circle_is_told_where_it_closes(tmp_path):
    """Packs that extend each other are told in the file that closes the circle."""
    text, [place] = marked(NAMED.format(name="other") + 'extends = ▸"pack"\n')
    [fault] = write(tmp_path, pack='extends = "other"\n' + HEAD, other=text)
    assert (fault.file, fault.line, fault.column) == (str(tmp_path / "other.toml"), *place)
    assert "extends itself" in fault.reason


def test_broken_syntax_of_the_parent_is_told_of_the_parent(tmp_path):
    """What is no TOML in a parent is told with its file and line."""
    [fault] = write(tmp_path, pack='extends = "parent"\n' + HEAD, parent="a = 1\nb = \n")
    assert (fault.file, fault.line) == (str(tmp_path / "parent.toml"), 2)


@pytest.mark.parametrize("content", [None, b'name = "x"\n\xff\n'])
def test_a_file_that_cannot_be_read_is_told(tmp_path, content):
    """A missing file and one that is no text are faults like others, with what to do."""
    file = tmp_path / "pack.toml"
    if content:
        file.write_bytes(content)
    [fault] = examine(file).faults
    expected = (2, "is not text in UTF-8") if content else (1, "cannot be read (No such file or directory)")
    assert (fault.line, fault.reason) == expected
