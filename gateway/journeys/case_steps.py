"""What is recorded in the case file: one route for each command; text is sealed before it leaves the gateway."""

import unicodedata
from collections.abc import Awaitable, Callable
from copy import copy
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, Field, create_model

from domain.calendar import local_date
from domain.errors import Rejected
from domain.journey import commands as c
from gateway.http.problems import ON_A_JOURNEY
from gateway.journeys.bodies import Answer, Body, Step
from gateway.journeys.families import Asked, OnFamily
from gateway.journeys.sealing import own_key, seal
from gateway.journeys.steps import Key, carry, command_id
from gateway.services import Served, Services
from store import staff
from store.texts import TEXT

router = APIRouter(prefix="/v1/journeys/{reference}/case", tags=["case file"], responses=ON_A_JOURNEY)

LONGEST = 10_000  # symbols of a text
KINDS: tuple[type[c.OfCaseFile], ...] = get_args(c.CaseCommand)
RECEIVERS = ("coordinator", "manager")  # who may read any family, and so answer a concern about it


def _readable(text: str) -> str:
    """Refuse symbols that no page shows; lines and tabs are kept."""
    if any(unicodedata.category(symbol) in {"Cc", "Cs"} and symbol not in "\n\r\t" for symbol in text):
        raise ValueError("the text contains control characters; write it without them")
    return text.strip()


Text = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_readable)]
WHICH = "The number of the family's journey; default: the newest, or that of the concern which waits for an answer."
SAID = "Sealed with the family's key, read by those who may read names, and erased with the family."


def _body_of(command: type[c.OfCaseFile]) -> type[Body]:
    """Return the body of a command: its own fields, `on` today unless given, and the text where there may be one."""
    base = Step if "on" in command.model_fields else Body
    known = {*c.OfCaseFile.model_fields, *base.model_fields, "type"}
    fields: dict[str, Any] = {
        name: (field.annotation, copy(field)) for name, field in command.model_fields.items() if name not in known
    }
    if command.words == "needed":
        fields["text"] = (Text, Field(description=SAID))
    elif command.words == "may":
        fields["text"] = (Text | None, Field(default=None, description=SAID))
    if command.after_close:
        fields["journey"] = (int | None, Field(default=None, ge=1, lt=2**31, description=WHICH))
    return create_model(command.__name__, __base__=base, __doc__=command.__doc__, **fields)


async def _receives(services: Services, name: str) -> None:
    """Refuse to raise a concern with somebody who could not read it, or who is away for good."""
    async with services.pool.acquire() as conn:
        member = await staff.get(conn, name)
        others = [each.name for role in RECEIVERS for each in await staff.in_role(conn, role)]  # type: ignore[arg-type]
    if member is None or not member.active or member.role not in RECEIVERS:
        reason = f"{name} is no coordinator or manager who is here"
        remedy = (
            f"name one of {', '.join(others)}" if others else "add one first: journeys staff add NAME --role manager"
        )
        raise Rejected("no-receiver", reason, remedy)


def _route(kind: type[c.OfCaseFile]) -> Callable[..., Awaitable[Answer]]:
    async def record(
        body: Body, asked: Annotated[Asked, Depends(OnFamily(kind.door))], services: Served, key: Key = None
    ) -> Answer:
        given, key = body.model_dump(), own_key(key)
        if kind is c.RaiseConcern:
            await _receives(services, given["to"])
        text, number = given.pop("text", None), given.pop("journey", None)
        personal = await seal(services, asked, command_id(key), {TEXT: text}) if text else None

        def order(common: dict[str, Any]) -> Any:
            day = {"on": given["on"] or local_date(common["at"])} if "on" in given else {}
            return kind(**given | day, personal=personal, **common)

        return await carry(services, asked.on(number), order, key)

    record.__annotations__["body"] = _body_of(kind)  # the framework reads the body's fields from here
    record.__doc__ = kind.__doc__
    return record


for _kind in KINDS:
    _name = _kind.model_fields["type"].default
    router.post(f"/{_name}", name=_name, response_model=Answer)(_route(_kind))
