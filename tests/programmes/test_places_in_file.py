"""Every key and value of a TOML text is found at its line and column, however it is nested."""

import tomllib

import pytest
from pack_help import marked

from programmes.lint.source_map import Places, broken

TEXT = """\
a = ▸1
"q k" = ▸"é" # a comment
x.y.z = ▸3
lists = [ "é", ▸2, # between
  { c = ▸3, d.e = ▸4 } ]
[t."u v".w]
k = ▸5
[[r]]
n = ▸6
[[r.l]]
m = ▸7
[r.l.rule]
q = { a = { b = ▸8 } }
[[r.l]]
m = ▸9
[[r]]
[[r.l]]
m = ▸10
"""
PATHS = [
    ("a",),
    ("q k",),
    ("x", "y", "z"),
    ("lists", 1),
    ("lists", 2, "c"),
    ("lists", 2, "d", "e"),
    ("t", "u v", "w", "k"),
    ("r", 0, "n"),
    ("r", 0, "l", 0, "m"),
    ("r", 0, "l", 0, "rule", "q", "a", "b"),
    ("r", 0, "l", 1, "m"),
    ("r", 1, "l", 0, "m"),
]


def test_every_value_is_found_where_it_stands():
    """Values at the top, under headers, in lists of tables, in lists and in inline tables have their exact place."""
    text, places = marked(TEXT)
    assert [Places(text).of_value(path) for path in PATHS] == places


def test_the_paths_are_those_of_the_content():
    """The paths by which places are found are those by which tomllib's content is walked."""
    content = tomllib.loads(marked(TEXT)[0])
    for path in PATHS:
        part = content
        for step in path:
            part = part[step]
        assert not isinstance(part, dict)


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("q k",), 2, 1),
        (("lists", 2, "d"), 5, 12),
        (("r",), 8, 3),
        (("r", 1), 16, 3),
        (("r", 0, "l", 1), 14, 3),
        (("r", 0, "l", 0, "rule"), 12, 2),
    ],
)
def test_every_key_is_found_where_it_stands(path, line, column):
    """A key, a header and an entry of a list of tables have their exact place."""
    assert Places(marked(TEXT)[0]).of_key(path) == (line, column)


def test_what_is_missing_is_shown_at_the_part_around_it():
    """A key that does not stand there is told at the table that should hold it, and nothing at all at the top."""
    places = Places(marked(TEXT)[0])
    assert places.of_value(("r", 0, "l", 0, "rule", "gone", "deeper")) == (12, 2)
    assert places.of_value(("lists", 2, "gone")) == (5, 3)
    assert places.of_value(("gone",)) == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nb = ▸\n",
        "a = 1\nb = 2 ▸c\n",
        "[x▸\na = 1\n",
        'a = "no end▸\n',
        "a = 1\na = 2▸\n",
        "▸= 1\n",
    ],
)
def test_the_first_fault_of_syntax_is_where_toml_ends(text):
    """What is no TOML is told with the place at which tomllib gives up."""
    plain, [place] = marked(text)
    assert broken(plain)[0].place == place


def test_later_faults_of_syntax_are_told_too():
    """A text broken on two lines is told of both; a sound one of none."""
    assert [found.place.line for found in broken("a = \nb = 1\n[t]\nc = = 3\nd = 4\n")] == [1, 4]
    assert broken(marked(TEXT)[0]) == []
