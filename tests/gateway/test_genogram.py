"""The genogram: rows by generation, names escaped, and an end also where relationships contradict themselves."""

import re
import xml.etree.ElementTree as ET
from datetime import date
from typing import Any

from domain.family import Member
from domain.journey.case_file import Relationship
from gateway.journeys.genogram_svg import genogram

SVG = "{http://www.w3.org/2000/svg}"
DAY = date(2012, 6, 1)
PEOPLE = [Member(id=f"m{number}", role=role) for number, role in enumerate(("adult", "adult", "child", "adult"), 1)]


def related(*links: tuple[str, str, str], **fields: Any) -> list[Relationship]:
    return [
        Relationship(id=f"R{n}", on=DAY, by="x", member_id=a, relation=relation, to_member_id=b, **fields)
        for n, (a, relation, b) in enumerate(links, 1)
    ]


def rows(drawn: str) -> dict[str, int]:
    """How far down each member stands."""
    found = re.findall(r'y="(\d+)"[^>]*>(m\d) (?:adult|child)', drawn)
    heights = sorted({int(y) for y, _ in found})
    return {name: heights.index(int(y)) for y, name in found}


def test_generations_are_rows():
    """A grandmother stands above a mother and her partner, and these above the child."""
    links = related(("m4", "parent-of", "m1"), ("m1", "partner-of", "m2"), ("m1", "parent-of", "m3"))
    assert rows(genogram("F-7K3Q-9D2X", PEOPLE, links, {})) == {"m4": 0, "m1": 1, "m2": 1, "m3": 2}


def test_what_contradicts_itself_is_drawn_all_the_same():
    """Two who are parents of each other, or a stranger, end in a drawing with every member in it."""
    links = related(("m1", "parent-of", "m2"), ("m2", "parent-of", "m1"), ("m1", "parent-of", "m9"))
    drawn = ET.fromstring(genogram("F-7K3Q-9D2X", PEOPLE, links, {}))  # noqa: S314 - our own
    assert len(drawn.findall(f"{SVG}path")) == 2
    assert rows(genogram("F-7K3Q-9D2X", PEOPLE, links, {})).keys() == {member.id for member in PEOPLE}


def test_names_are_no_markup():
    """A name with brackets is text; without names members are written by their ids."""
    drawn = genogram("F-7K3Q-9D2X", PEOPLE, [], {"m1": '<script>"x"</script>'})
    assert ("<script" in drawn, ">m2</text>" in drawn) == (False, True)


def test_a_relationship_that_ended_says_so():
    """It is dashed and grey, with its last day."""
    drawn = genogram("F-7K3Q-9D2X", PEOPLE, related(("m1", "partner-of", "m2"), ended_on=DAY), {})
    assert ('stroke="#999" stroke-width="1.5" stroke-dasharray' in drawn, "partner (until 2012-06-01)" in drawn) == (
        True,
        True,
    )
