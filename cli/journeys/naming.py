"""Names by choice: whom a family is, beside its reference, for those who may read names."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import PAGE, Door

Names = Annotated[bool, typer.Option("--names", help="With the names of the people, if your role may.")]
Told = Sequence[tuple[str, tuple[object, ...]]]  # what the names are by, and the cells of each row


def names_of(door: Door, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Ask who the families of these rows are; those that were erased or are not ours are left out."""
    references = list(dict.fromkeys(row["reference"] for row in rows))
    named: dict[str, str] = {}
    for begin in range(0, len(references), PAGE):
        named |= labels(door.post("/v1/names", {"references": references[begin : begin + PAGE]}, repeatable=False))
    return named


def labels(told: Mapping[str, Any]) -> dict[str, str]:
    """Write each family of an answer by its surnames and forenames."""
    return {reference: label(family["people"]) for reference, family in (told["families"] or {}).items()}


def label(people: Sequence[Mapping[str, Any]]) -> str:
    """Write a family's people, each surname once: Teal (Wren, Toni)."""
    surnames = dict.fromkeys(person["surname"] for person in people)
    return "; ".join(
        f"{surname} ({', '.join(person['forename'] for person in people if person['surname'] == surname)})"
        for surname in surnames
    )


def table(columns: Sequence[str], rows: Told, named: Mapping[str, str] | None) -> None:
    """Write a table, with the families' names as its last column where they were asked for."""
    if named is None:
        write.table("", columns, (cells for _, cells in rows))
    else:
        write.table("", (*columns, "family"), ((*cells, named.get(reference, "")) for reference, cells in rows))
