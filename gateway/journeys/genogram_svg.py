"""A family drawn as a genogram: members in rows by generation, joined by how they are related; SVG, made of text.

Decided here: we hold no sex of anybody, so an adult is a box and a child a rounded box. A line is solid between parents
and children and between partners; dashed where it has ended, or for step-parents, guardians and carers; dotted for
siblings and others. Every line but that of a parent says what it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from domain.family import Member
from domain.journey.case_file import Relationship

WIDE, HIGH, GAP, RISE, EDGE = 150, 54, 40, 90, 40
LETTER = 6  # width of a small one, about: a label needs white behind it, which not every program can draw as a halo
DOWN = {"parent-of": 1, "step-parent-of": 1, "guardian-of": 1, "carer-of": 1, "grandparent-of": 2}
DASHED = {"step-parent-of", "guardian-of", "carer-of", "former-partner-of"}
DOTTED = {"sibling-of", "half-sibling-of", "grandparent-of", "relative-of"}
KEY = "Box: adult. Rounded: child. Grey: has left. Dashed: step, guardian, carer or ended. Dotted: sibling or other."


@dataclass(frozen=True)
class Box:
    """Where a member stands."""

    x: int
    y: int

    @property
    def middle(self) -> tuple[int, int]:
        """Its middle."""
        return self.x + WIDE // 2, self.y + HIGH // 2


def genogram(
    reference: str, members: Sequence[Member], relationships: Sequence[Relationship], names: Mapping[str, str]
) -> str:
    """Return the drawing; members are written by `names`, and by their ids where there are none."""
    boxes = _places(members, relationships)
    lines = [_line(each, boxes) for each in relationships if each.member_id in boxes and each.to_member_id in boxes]
    people = [_box(member, boxes[member.id], names.get(member.id)) for member in members]
    width = max((box.x + WIDE for box in boxes.values()), default=WIDE) + EDGE
    height = max((box.y + HIGH for box in boxes.values()), default=HIGH) + EDGE
    width = max(width, 760)
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 24}" width="{width}" '
                f'height="{height + 24}" font-family="sans-serif" font-size="13" role="img">'
            ),
            f"<title>Genogram of {escape(reference)}</title>",
            f'<rect width="{width}" height="{height + 24}" fill="white"/>',
            *(line for line, _ in lines),
            *(label for _, label in lines),
            *people,
            f'<text x="{EDGE}" y="{height + 10}" font-size="11" fill="#444">{escape(KEY)}</text>',
            "</svg>",
            "",
        ]
    )


def _places(members: Sequence[Member], relationships: Sequence[Relationship]) -> dict[str, Box]:
    """Place members in rows, the oldest generation above; in a row in the order of their ids."""
    rows: dict[int, list[str]] = {}
    for name, generation in _generations(members, relationships).items():
        rows.setdefault(generation, []).append(name)
    return {
        name: Box(EDGE + place * (WIDE + GAP), EDGE + row * (HIGH + RISE))
        for row, generation in enumerate(sorted(rows))
        for place, name in enumerate(rows[generation])
    }


def _generations(members: Sequence[Member], relationships: Sequence[Relationship]) -> dict[str, int]:
    """Return how far down each member stands: adults above, children below, and as relationships say.

    What contradicts itself, such as two who are parents of each other, comes to an end all the same.
    """
    held = {member.id: 0 if member.role == "adult" else 1 for member in members}
    for _ in members:
        for each in relationships:
            if each.member_id not in held or each.to_member_id not in held:
                continue
            down = DOWN.get(each.relation)
            if down is not None:
                held[each.to_member_id] = max(held[each.to_member_id], held[each.member_id] + down)
            elif each.relation in {"partner-of", "sibling-of", "half-sibling-of", "former-partner-of"}:
                both = max(held[each.member_id], held[each.to_member_id])
                held |= {each.member_id: both, each.to_member_id: both}
    return held


def _line(each: Relationship, boxes: Mapping[str, Box]) -> tuple[str, str]:
    """Return a line and its label, which stands over every line."""
    (x1, y1), (x2, y2) = boxes[each.member_id].middle, boxes[each.to_member_id].middle
    dashed = each.relation in DASHED or each.ended_on is not None
    style = ' stroke-dasharray="8 5"' if dashed else ' stroke-dasharray="2 4"' if each.relation in DOTTED else ""
    colour = "#999" if each.ended_on else "#222"
    label = each.relation.replace("-", " ").removesuffix(" of") + (f" (until {each.ended_on})" if each.ended_on else "")
    text = "" if label == "parent" else _label(*_beside(x1, y1, x2, y2), label)
    return f'<path d="{_way(x1, y1, x2, y2)}" fill="none" stroke="{colour}" stroke-width="1.5"{style}/>', text


def _way(x1: int, y1: int, x2: int, y2: int) -> str:
    """Return the path of a line: it bows below the boxes of its row, and past those of rows in between."""
    if y1 == y2:
        return f"M{x1},{y1} Q{(x1 + x2) // 2},{y1 + HIGH + abs(x2 - x1) // 8} {x2},{y2}"
    if _past(y1, y2):
        return f"M{x1},{y1} Q{(x1 + x2) // 2 - WIDE - GAP},{(y1 + y2) // 2} {x2},{y2}"
    return f"M{x1},{y1} L{x2},{y2}"


def _past(y1: int, y2: int) -> bool:
    """Tell whether there are rows between two."""
    return abs(y2 - y1) > HIGH + RISE


def _beside(x1: int, y1: int, x2: int, y2: int) -> tuple[int, int]:
    """Return where the label of a line stands: on its middle, but for lines that meet there."""
    if y1 == y2:
        return (x1 + x2) // 2, y1 + (HIGH + abs(x2 - x1) // 8) // 2 + 4
    if _past(y1, y2):
        return (x1 + x2 - WIDE - GAP) // 2 + WIDE // 4, y1 + (y2 - y1) // 4
    return x1 + (x2 - x1) * 2 // 3, y1 + (y2 - y1) * 2 // 3 - 6


def _label(x: int, y: int, text: str) -> str:
    wide = LETTER * len(text) + 6
    behind = f'<rect x="{x - wide // 2}" y="{y - 11}" width="{wide}" height="15" fill="white"/>'
    return f'{behind}<text x="{x}" y="{y}" text-anchor="middle" font-size="11">{escape(text)}</text>'


def _box(member: Member, box: Box, name: str | None) -> str:
    left = member.to is not None
    fill, stroke = ("#eee", "#888") if left else ("white", "#222")
    radius = 0 if member.role == "adult" else HIGH // 2
    x, y = box.middle
    under = f"{member.id} {member.role}" + (f", left {member.to}" if left else "")
    return (
        f'<rect x="{box.x}" y="{box.y}" width="{WIDE}" height="{HIGH}" rx="{radius}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.5"/>'
        f'<text x="{x}" y="{y - 2}" text-anchor="middle" font-weight="bold">{escape(name or member.id)}</text>'
        f'<text x="{x}" y="{y + 15}" text-anchor="middle" font-size="11" fill="#444">{escape(under)}</text>'
    )
