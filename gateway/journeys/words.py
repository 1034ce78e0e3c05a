"""What is read of a family in words, and by name: for those who may, each read kept."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import Depends

from domain.access import may
from gateway.journeys.families import Asked, OnFamily, theirs
from gateway.journeys.looks import What, looked
from gateway.services import Services
from store import texts
from store.people import FamilyRecord
from store.pool import Conn

Texts = Mapping[str, Mapping[str, str]]  # by journey and entry
Reading = Annotated[Asked, Depends(OnFamily("read", by="either"))]


async def words_of(
    services: Services, conn: Conn, asked: Asked, reference: str, what: Literal["chronology", "summary"]
) -> tuple[FamilyRecord | None, Texts]:
    """Return names and texts of a family, for those who may read names, and keep that they were read."""
    names = may(asked.actor, "read-names", theirs(asked.actor, asked.journey))
    record = await services.vault.read_family(conn, reference) if names else None
    said = await texts.of_family(conn, services.vault, reference) if record else {}
    looks: dict[str, What] = {"chronology": "chronology-with-names", "summary": "summary-with-names"}
    await looked(conn, asked.actor, [reference], looks[what] if record else what)
    return record, said


def names_of(record: FamilyRecord | None) -> dict[str, str]:
    """Return the forename of each member, by id."""
    return {each.member_id: each.forename or each.surname for each in record.people} if record else {}
