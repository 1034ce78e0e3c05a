"""The vault's rows: the place that each sealed text belongs to, and the people and homes that rows open to."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from domain.births import BORN
from store.people import NOWHERE, Address, Home, Person
from store.pool import Record
from store.sealing import Sealer


def bound_to(reference: str, column: str, row: str = "") -> str:
    """Name where a sealed text belongs: nobody can move it to another family, table or row unnoticed."""
    return f"{reference}/{column}/{row}"


def spelled(person: Person) -> dict[str, Any]:
    """Return what is sealed of a person; the member id is the row's."""
    return {name: value for name, value in asdict(person).items() if name != "member_id"}


def opened_person(key: Sealer, reference: str, row: Record) -> Person:
    """Return the person of a row."""
    fields = key.open_json(row["sealed"], bound_to(reference, "people", row["name"]))
    return Person(
        **{
            **fields,
            "member_id": row["name"],
            "born": None if fields["born"] is None else BORN.validate_python(fields["born"]),
            "expected": date.fromisoformat(fields["expected"]) if fields.get("expected") else None,
            "further": tuple((scheme, value) for scheme, value in fields.get("further", ())),
        }
    )


def opened_address(key: Sealer, reference: str, row: Record) -> tuple[date | None, Address]:
    """Return an address with the day since which it holds."""
    if row["part"] == "address":
        return None, Address(**key.open_json(row["sealed"], bound_to(reference, "addresses")))
    return date.fromisoformat(row["name"]), Address(
        **key.open_json(row["sealed"], bound_to(reference, "moves", row["name"]))
    )


def homes_of(addresses: Sequence[tuple[date | None, Address]]) -> list[Home]:
    """Return where a family lived, the present home last: each until the next; a family without one lives nowhere."""
    dated = sorted(addresses, key=lambda each: each[0] or date.min)
    if not dated or dated[0][0] is not None:
        dated.insert(0, (None, NOWHERE))
    ends = [since for since, _ in dated[1:]]
    homes = [Home(address, since, until) for (since, address), until in zip(dated, [*ends, None], strict=True)]
    return [home for home in homes if home.address != NOWHERE or home is homes[-1]]
