"""What an import came to, for people: each family with its reference, and a fault that repeats in one line."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cli.core import output as write
from cli.core.errors import Trouble, plain
from cli.journeys import identity

FAULT_COLUMNS = ("line", "family", "column", "value", "reason", "remedy")
FAMILY_COLUMNS = ("family", "outcome", "reference")
CHANGE_COLUMNS = ("line", "reference", "member", "field", "held", "in the file", "changed by")
CSV_COLUMNS = ("line", "family", "outcome", "reference", "column", "value", "reason", "remedy")
FIRST = 3  # lines, families and values that stand for all of a fault that repeats

Told = dict[str, Any]


def report(answer: Told, out: Path | None, *, as_json: bool) -> None:
    """Write what an import came to, as JSON, as one table in CSV, or as tables and remarks."""
    if as_json:
        write.as_json(answer)
        return
    dry = answer["plan"]["dry_run"]
    if write.wanted_as_csv():
        write.table("", CSV_COLUMNS, _in_csv(answer))
    else:
        families = ((each["family_no"], outcome(each, dry=dry), each["reference"]) for each in answer["families"])
        write.table("Families", FAMILY_COLUMNS, families)
        _changes(answer)
        faults = [fault for family in answer["families"] for fault in family["faults"]]
        if faults:
            write.table("Rows not taken", FAULT_COLUMNS, grouped(faults, answer["plan"]["mapped_columns"]))
        for family in answer["families"]:
            identity.show_questions(family["questions"], f"family {family['family_no']} may be ", err=False)
    _how_it_was_read(answer)
    _summary(answer, out)


def refused(trouble: Trouble, *, as_json: bool) -> None:
    """Write every fault of a file that was refused as a whole."""
    faults = row_faults(trouble.told)
    if faults and not as_json:
        write.table("", FAULT_COLUMNS, map(fault_row, faults), err=True)


def row_faults(problem: object) -> list[Told]:
    """Return the faults that a problem finds in rows, not in the request that carried them."""
    faults: list[Told] = problem.get("faults", []) if isinstance(problem, dict) else []
    return [fault for fault in faults if "line" in fault]


def fault_row(fault: Told) -> tuple[object, ...]:
    """Return a fault as a row."""
    return tuple(fault.get(name, "") for name in ("line", "family_no", "field", "value", "reason", "remedy"))


def outcome(family: Told, *, dry: bool) -> str:
    """Return what became of a family, in words; in a dry run, what would become of it."""
    word: str = family["outcome"]
    return "new" if dry and word == "taken" else word.replace("-", " ")


def grouped(faults: Iterable[Told], mapped: dict[str, str] | None = None) -> list[tuple[object, ...]]:
    """Return faults as rows in the order of their lines, those that repeat in one row with their count."""
    groups: dict[tuple[str, ...], list[Told]] = {}
    for fault in sorted(faults, key=lambda fault: fault["line"]):
        groups.setdefault(tuple(fault[name] for name in ("field", "code", "reason", "remedy")), []).append(fault)
    headings = {column: heading for heading, column in (mapped or {}).items()}
    return [_group(group, headings) for group in groups.values()]


def _group(group: Sequence[Told], headings: dict[str, str]) -> tuple[object, ...]:
    first, count = group[0], len(group)
    column = first["field"]
    shown = f"{headings[column]} ({column})" if column in headings else column
    lines = first["line"] if count == 1 else f"{_first(str(fault['line']) for fault in group)} ({count} rows)"
    reason = first["reason"] if count == 1 else f"{count} rows: {first['reason']}"
    families, values = (_first(str(fault[name]) for fault in group) for name in ("family_no", "value"))
    return lines, families, shown, values, reason, first["remedy"]


def _first(texts: Iterable[str]) -> str:
    every = [text for text in dict.fromkeys(texts) if text]
    return ", ".join(every[:FIRST]) + (" ..." if len(every) > FIRST else "")


def _changes(answer: Told) -> None:
    rows = [
        (
            change["line"],
            family["reference"],
            change["member"],
            change["field"],
            change["held"],
            change["said"],
            "this import" if change["applied"] else change["how"],
        )
        for family in answer["families"]
        for change in family["changes"]
    ]
    if rows:
        write.table("Differences from families already taken", CHANGE_COLUMNS, rows)


def _in_csv(answer: Told) -> Iterable[Sequence[object]]:
    """Write a row for each fault and each change of a family, or one for a family that has none."""
    dry = answer["plan"]["dry_run"]
    for family in answer["families"]:
        of = (family["family_no"], outcome(family, dry=dry), family["reference"])
        for fault in family["faults"]:
            yield fault["line"], *of, *(fault[name] for name in ("field", "value", "reason", "remedy"))
        for change in family["changes"]:
            yield change["line"], *of, change["field"], change["said"], f"held: {change['held']}", change["how"]
        if not family["faults"] and not family["changes"]:
            yield family["lines"][0], *of, "", "", "", ""


def _how_it_was_read(answer: Told) -> None:
    plan = answer["plan"]
    if plan["mapped_columns"]:
        of = (
            f", as kept for {plan['headings_of'] or 'files of several partners'}"
            if plan["headings_of"] is not None
            else ""
        )
        headings = (f"{plain(heading)} as {column}" for heading, column in plan["mapped_columns"].items())
        write.note(f"headings read: {', '.join(headings)}{of}")
    for lines, fate in (
        (plan["lines_above"], "above the headings, left out"),
        (plan["total_lines"], "a total or a remark below the rows, left out"),
        (plan["numbered_lines"], "without a family number, read as of the family above"),
    ):
        if lines:
            write.note(f"line{'s' if len(lines) > 1 else ''} {_first(map(str, lines))}: {fate}")
    for family in answer["families"]:
        for note in family["notes"]:
            write.note(plain(note))
    for column in plan["ignored_columns"]:
        write.note(f"column {plain(column)} was ignored")
    for sheet in plan["ignored_sheets"]:
        write.note(f"sheet {plain(sheet)} was ignored: only the first is read")


def _summary(answer: Told, out: Path | None) -> None:
    plan, summary = answer["plan"], answer["summary"]
    if plan["dry_run"]:
        write.note("A dry run: nothing was written. Without --dry-run:")
    elif not summary["changed"]:
        write.note("Nothing changed.")
    joined = f", joined to an open journey {summary['joined']}" if summary["joined"] else ""
    differing = f", changed {summary['differing']}" if summary["differing"] else ""
    write.note(
        f"families taken {summary['taken']}{joined}, already taken {summary['already_taken']}{differing},"
        f" refused {summary['refused']}; rows refused {summary['refused_rows']}"
    )
    if any(not change["applied"] for family in answer["families"] for change in family["changes"]):
        write.note('Differences stay unchanged unless applied; the column "changed by" says what changes each.')
    if summary["taken"] and not plan["dry_run"]:
        write.note(f"To undo this import: journeys import --undo {plan['import_id']}")
    if out is not None:
        write.note(f"the file with references: {out}")
