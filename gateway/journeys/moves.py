"""A family that moves, or whose address was wrong: the address goes to the vault, the day to the journal."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from domain.access import Actor
from domain.calendar import local_date
from domain.errors import Rejected
from domain.intake.referral import Row
from domain.intake.referral_columns import BadCell, read
from domain.journey.commands import MoveHousehold
from domain.model import Code
from gateway.http.problems import ON_A_JOURNEY, NotTaken
from gateway.journeys.bodies import Answer, Step
from gateway.journeys.families import Asked, OnFamily
from gateway.journeys.sealing import own_key, seal
from gateway.journeys.steps import Key, carry, command_id
from gateway.services import Served, Services
from store.people import Address
from store.read_models import JourneyRow

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["people"], responses=ON_A_JOURNEY)

COLUMNS = {"lines": "address", "postcode": "postcode", "uprn": "uprn"}


class Move(Step):
    """Where the family lives from a day on; with `corrected`, what the address that holds on it should have been.

    A move gives the new address whole; a correction keeps what it leaves out.
    """

    address: str | None = Field(default=None, max_length=1000)
    postcode: str | None = Field(default=None, max_length=200)
    uprn: str | None = Field(default=None, max_length=200)
    locality: str | None = Field(default=None, min_length=1, max_length=80)
    corrected: Code | None = Field(default=None, description="Why the address was wrong; nobody moved.")


@router.post("/move")
async def move_family(
    body: Move, asked: Annotated[Asked, Depends(OnFamily("work"))], services: Served, key: Key = None
) -> Answer:
    """Record that the family moved; what partners tell of its new home from that day on is the family's."""
    given = {"address": body.address, "postcode": body.postcode, "uprn": body.uprn}
    if body.locality is None and not any(given.values()):
        remedy = "give --address, --postcode, --uprn or --locality"
        raise Rejected("bad-request", "nothing says where the family lives", remedy)
    on = body.on or await services.today()
    said = _read(given, on)
    if body.corrected:
        said = {name: said[name] for name, column in COLUMNS.items() if given[column] is not None}
    told = {"on": on, "locality": body.locality, "corrected": body.corrected}
    return await _carry(services, asked, said if any(given.values()) else {}, told, own_key(key))


async def move(services: Services, row: JourneyRow, address: Address, actor: Actor, corrected: str | None) -> Answer:
    """Let a family live elsewhere from today, or since when the address held that is corrected."""
    told = {"on": local_date(await services.now()), "locality": None, "corrected": corrected}
    said = {"lines": address.lines, "postcode": address.postcode, "uprn": address.uprn}
    return await _carry(services, Asked(actor, [row]), said, told, own_key(None))


async def _carry(services: Services, asked: Asked, said: dict[str, str], told: dict[str, Any], key: str) -> Answer:
    personal = await seal(services, asked, command_id(key), said) if said else None

    def order(common: dict[str, Any]) -> MoveHousehold:
        return MoveHousehold(personal=personal, **told, **common)

    answer = await carry(services, asked, order, key)
    services.mail.set()  # what waits in quarantine may be of this home
    return answer


def _read(given: dict[str, str | None], today: date) -> dict[str, str]:
    row = Row(line=1, cells={column: text or "" for column, text in given.items()})
    said, faults = {}, []
    for name, column in COLUMNS.items():
        try:
            said[name] = str(read(column, row.cells[column], today) or "")
        except BadCell as bad:
            faults.append(row.fault(column, bad.code, bad.reason, bad.remedy))
    if faults:
        raise NotTaken(faults)
    return said
