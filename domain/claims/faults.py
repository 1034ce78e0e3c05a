"""What can be wrong with a claim file between its parts: each fault with its place, its value and the remedy.

Decided here:

- Fields of a claim file that we do not know are refused, so that a misspelt `practice` cannot pass unseen; unknown
  fields of evidence are dropped, as they are when partners send them.
- The same evidence id twice with other content is a fault: nobody can say which of the two is true.
- Evidence of a member whom the family does not have is a fault; evidence without a member is the family's.
- Evidence that replaces or withdraws names other evidence of the file and of its own source, and no withdrawal; and no
  chain of it comes back to where it began. In a file that the ledger wrote such a name changes nothing, since what it
  names may be recorded elsewhere.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain.effective import goes_round
from domain.evidence import EVIDENCE, Day, Evidence, Withdrawal
from domain.fault import Fault, fault

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_DAY: TypeAdapter[date] = TypeAdapter(Day)
Raw = Mapping[str, Any]
Entry = tuple[int, Raw]


class BadClaimFile(Exception):
    """The claim file cannot be judged until its faults are mended."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def across(raw: object) -> Iterator[Fault]:
    """Find the faults between one part of a file and another; parts of the wrong shape are passed over."""
    claim = _mapping(raw)
    members = _entries(_mapping(claim.get("family")).get("members"))
    evidence = _entries(claim.get("evidence"))
    yield from _dates(claim)
    yield from _repeated_members(members)
    yield from _unknown_members([str(member.get("id")) for _, member in members], evidence)
    yield from _conflicts(evidence)
    if claim.get("programme_hash") is None:
        yield from _aimless(evidence)
    yield from _repeated_needs(claim.get("needs"))
    yield from _overlapping_terms(_entries(claim.get("terms")))


def _dates(claim: Raw) -> Iterator[Fault]:
    days = {name: day for name in ("as_of", "engaged_from") if (day := _day(claim.get(name))) is not None}
    for name, day in days.items():
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            yield fault(name, day, f"outside the years {_FIRST_YEAR} to {_LAST_YEAR}", "correct the year")
    if days.keys() == {"as_of", "engaged_from"} and days["engaged_from"] > days["as_of"]:
        yield fault("engaged_from", days["engaged_from"], f"after as_of ({days['as_of']})", "correct one of the two")


def _repeated_members(members: list[Entry]) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for n, member in members:
        name = str(member.get("id"))
        seen[name] += 1
        if seen[name] > 1:
            yield fault(
                f"family.members[{n}].id", name, "another member has this id", "give each member an id of its own"
            )


def _unknown_members(known: list[str], evidence: list[Entry]) -> Iterator[Fault]:
    for n, item in evidence:
        member = item.get("member")
        if isinstance(member, str) and member not in known:
            remedy = f"use one of {', '.join(known)}, or leave it out for the whole family"
            yield fault(f"evidence[{n}].member", member, "no member of the family has this id", remedy)


def _conflicts(evidence: list[Entry]) -> Iterator[Fault]:
    first: dict[str, tuple[int, object]] = {}
    for n, item in evidence:
        content = _content(item)
        if content is None:
            continue
        name = str(item["id"])
        at, held = first.setdefault(name, (n, content))
        if held != content:
            problem = f"evidence[{at}] has this id with other content"
            yield fault(f"evidence[{n}].id", name, problem, "remove the wrong one, or give it an id of its own")


def _aimless(evidence: list[Entry]) -> Iterator[Fault]:
    """Find the evidence that replaces or withdraws what it cannot."""
    read = {item.id: item for _, raw in evidence if (item := _content(raw)) is not None}
    for n, raw in evidence:
        item = _content(raw)
        field = "withdraws" if isinstance(item, Withdrawal) else "replaces"
        name = getattr(item, field, None)
        if item is not None and name is not None and (problem := _aim_fault(item, read.get(name), read)):
            yield fault(f"evidence[{n}].{field}", name, problem, "correct the id, or leave this evidence out")


def _aim_fault(item: Evidence, target: Evidence | None, read: Mapping[str, Evidence]) -> str | None:
    if target is None:
        return "no evidence of the file has this id"
    if target.source != item.source:
        return f"that evidence is of another source ({target.source})"
    if isinstance(target, Withdrawal):
        return "a withdrawal is not replaced or withdrawn; report again what was right"
    if not isinstance(item, Withdrawal) and goes_round(item, read):
        return "what this replaces comes back to itself"
    return None


def _repeated_needs(needs: object) -> Iterator[Fault]:
    listed = needs if isinstance(needs, list) else []
    for n, need in enumerate(listed):
        if need in listed[:n]:
            yield fault(f"needs[{n}]", need, "this need is listed before", "name each need once")


def _overlapping_terms(terms: list[Entry]) -> Iterator[Fault]:
    spans = [(_day(term.get("from")), _day(term.get("to")), n) for n, term in terms]
    known = sorted((first, last, n) for first, last, n in spans if first and last)
    for (first, last, _), (later, end, n) in pairwise(known):
        if later <= last and (first, last) != (later, end):
            yield fault(f"terms[{n}]", f"{later} to {end}", f"overlaps the term {first} to {last}", "correct the dates")


def _mapping(raw: object) -> Raw:
    return raw if isinstance(raw, Mapping) else {}


def _entries(raw: object) -> list[Entry]:
    items = raw if isinstance(raw, list) else []
    return [(n, item) for n, item in enumerate(items) if isinstance(item, Mapping)]


def _day(raw: object) -> date | None:
    try:
        return _DAY.validate_python(raw)
    except ValidationError:
        return None


def _content(item: Raw) -> Evidence | None:
    try:
        return EVIDENCE.validate_python(item)
    except ValidationError:
        return None
