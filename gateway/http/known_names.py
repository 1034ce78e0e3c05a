"""A filter that finds nothing: where nothing at all bears the name, that is said, for it may be mistyped."""

import asyncio
from contextlib import suppress

import programmes
from domain.errors import Rejected
from domain.intake.referral_columns import shown
from domain.programme.programme import Programme
from programmes.lint.issues import nearest
from store import names
from store.names import Kind
from store.pool import Conn

CODES: dict[Kind, str] = {"holder": "unknown-key-worker"}
WORDS: dict[Kind, str] = {"holder": "nobody"}
MOST = 12  # names told of; beyond that they help nobody


async def known(conn: Conn, **asked: str | None) -> None:
    """Raise `Rejected` for the first name that nothing bears; a name that is None was not asked for.

    The arguments are named by their kind: `programme`, `area`, `locality`, `holder`, `partner`, `result`.
    """
    kinds: tuple[Kind, ...] = ("programme", "area", "locality", "holder", "partner", "result")
    for kind in kinds:
        name = asked.get(kind)
        if name is not None:
            borne = await names.borne(conn, kind) | _in_packs(kind, await asyncio.to_thread(_packs))
            if name not in borne:
                raise _unknown(kind, name, borne)


async def unagreed(partner: str) -> str | None:
    """Say that no agreement of any pack names a partner, and who was probably meant; None where one does."""
    borne = _in_packs("partner", await asyncio.to_thread(_packs))
    if partner in borne:
        return None
    reason = f"no agreement of any programme names {partner}, so nothing is accepted from it or sent to it"
    return f"{reason}; {_meant(partner, borne)}"


def _packs() -> list[Programme]:
    """Return every pack that can be read: one that somebody put into the folder unchecked bears no names."""
    packs = []
    for name in programmes.names():
        with suppress(programmes.PackError):
            packs.append(programmes.load(name))
    return packs


def _in_packs(kind: Kind, packs: list[Programme]) -> set[str]:
    """Return the names that the packs of this release give, though nothing may bear them yet."""
    match kind:
        case "programme":
            return {pack.name for pack in packs}
        case "area":
            return {pack.area for pack in packs}
        case "locality":
            return {name for pack in packs if pack.localities for name in pack.localities.names}
        case "partner":
            return {agreement.partner for pack in packs for agreement in pack.agreements}
        case "result":
            return {result.name for pack in packs for result in pack.results}
        case "holder":
            return set()


def _unknown(kind: Kind, name: str, borne: set[str]) -> Rejected:
    reason = f"{WORDS.get(kind, f'no {kind}')} has the name {shown(name)}"
    return Rejected(CODES.get(kind, f"unknown-{kind}"), reason, _meant(name, borne))


def _meant(name: str, borne: set[str]) -> str:
    """Say which name was probably meant, or some of those that there are."""
    if not borne:
        return "there are none yet"
    told = nearest(name, sorted(borne))
    many = len(borne) > MOST and not told.startswith("did you mean")
    return f"use one of {', '.join(sorted(borne)[:MOST])}, ..." if many else told
