"""Members and parties as a reader knows them: by forename where names may be read, else by their code."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.core.errors import plain

PARTNER = "partner:"


def people_of(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of each member, by id, as far as an answer tells."""
    if "people" in told:
        return dict(told["people"])
    family = told.get("family") or {}
    return {each["member_id"]: each["forename"] or each["surname"] for each in family.get("people", ())}


def who(party: str, told: Mapping[str, Any]) -> str:
    """Write who does something, or was there."""
    worker = told.get("worker") or {}
    if party == "key-worker":
        return str(worker.get("name") or "key worker")
    if party.startswith(PARTNER):
        return party.removeprefix(PARTNER)
    return people_of(told).get(party, party)


def all_of(parties: Iterable[str], told: Mapping[str, Any]) -> str:
    """Write several."""
    return ", ".join(who(party, told) for party in parties)


def doing(action: Mapping[str, Any]) -> str:
    """Write what is to be done: the code in words, or the text."""
    return str(action["do"] or "").replace("-", " ") or str(action.get("text") or "(text)")


def current(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out what was withdrawn."""
    return [each for each in entries if not each["withdrawn"]]


def one_line(text: str) -> str:
    """Write a text on one line, without what would move the cursor."""
    return " ".join(plain(word) for word in text.split())


def paragraphs(text: str) -> str:
    """Write a text in its lines, without what would move the cursor."""
    return "\n".join(plain(line) for line in text.splitlines())
