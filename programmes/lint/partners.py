"""Partners that cannot do what the pack asks: evidence nobody may send, and notices nobody may be sent."""

from collections.abc import Iterator
from typing import get_args

from domain.channels import ADDRESS_OF
from domain.evidence import EVIDENCE_KINDS
from domain.journey.events import AnyEvent, CaseEvent, FamilyErased
from programmes.lint.issues import Issue, Table, entries, nearest, tables, words
from programmes.lint.periods import overlaps, validity
from programmes.lint.source_map import Path

EVENTS: tuple[str, ...] = tuple(kind.model_fields["type"].default for kind in get_args(get_args(AnyEvent)[0]))
CASE_FILE: tuple[str, ...] = tuple(kind.model_fields["type"].default for kind in get_args(CaseEvent))
REFERRER = "referrer"
Agreements = list[Table]


def partner_faults(content: Table) -> Iterator[Issue]:
    """Find every kind that no partner may send and every notice that no partner may get."""
    agreements = [agreement for _, agreement in entries(content.get("agreements"))]
    yield from _unknown_kinds(content)
    yield from _overlapping(content)
    yield from _backwards(content)
    if agreements:
        yield from _unsent(content, agreements)
    elif content.get("notices"):
        what = "without agreements, no partner is ever sent anything"
        yield Issue(("notices",), what, "add agreements, here or in the packs that extend this", doubtful=True)
    for n, notice in entries(content.get("notices")):
        yield from _event(("notices", n), notice)
        for m, partner in words(notice.get("partners")):
            yield from _recipient(("notices", n), m, partner, notice, agreements)


def _unknown_kinds(content: Table) -> Iterator[Issue]:
    for n, agreement in entries(content.get("agreements")):
        for m, kind in words(agreement.get("kinds")):
            if kind not in EVIDENCE_KINDS:
                what = f"unknown evidence kind {kind!r}"
                yield Issue(("agreements", n, "kinds", m), what, nearest(kind, EVIDENCE_KINDS))


def _backwards(content: Table) -> Iterator[Issue]:
    for n, agreement in entries(content.get("agreements")):
        held = validity(agreement)
        if held is not None and held[1] < held[0]:
            what = f"ends on {held[1]}, before it begins ({held[0]}), so it never holds"
            yield Issue(("agreements", n, "valid_to"), what, "swap or correct the two days")


def _overlapping(content: Table) -> Iterator[Issue]:
    held = entries(content.get("agreements"))
    for partner in dict.fromkeys(str(agreement.get("partner")) for _, agreement in held):
        spans = [(n, validity(agreement)) for n, agreement in held if agreement.get("partner") == partner]
        yield from overlaps(("agreements",), spans, f"the agreement with {partner}")


def _unsent(content: Table, agreements: Agreements) -> Iterator[Issue]:
    sent = {kind for agreement in agreements for kind in _listed(agreement, "kinds")}
    closed = {
        kind
        for agreement in agreements
        if "return" in _listed(agreement, "kinds")
        for kind in _listed(agreement, "kinds")
    }
    for path, rule in tables(content.get("results"), ("results",)):
        kinds = _kinds_of(rule)
        if kinds and not sent.intersection(kind for _, kind in kinds):
            for within, kind in kinds:
                what = f"no agreement lets any partner send {kind}, so this is never decided"
                yield Issue((*path, *within), what, f"add {kind} to the kinds of an agreement")
        elif _needs_returns(rule) and not closed.intersection(kind for _, kind in kinds):
            what = f"no partner that sends {rule['of']} may send `return`, so its absence is never known"
            yield Issue((*path, "of"), what, f"add return to the kinds of the agreement that sends {rule['of']}")


def _kinds_of(rule: Table) -> list[tuple[Path, str]]:
    """Return the kinds that a part of a rule looks at, each with its path within the part."""
    of = rule.get("of")
    if isinstance(of, str):
        return [(("of",), of)] if of in EVIDENCE_KINDS else []
    return [(("of", n), kind) for n, kind in words(of) if kind in EVIDENCE_KINDS]


def _needs_returns(rule: Table) -> bool:
    """Tell whether a part is met by few incidents, or by no status, which only a return can prove."""
    return rule.get("type") in {"fall", "not-held"} or (
        rule.get("type") == "count" and rule.get("compare") == "fewer-than"
    )


def _event(path: Path, notice: Table) -> Iterator[Issue]:
    event = notice.get("event")
    if isinstance(event, str) and event not in EVENTS:
        yield Issue(
            (*path, "event"), f"no event is called {event!r}, so no notice is ever sent", nearest(event, EVENTS)
        )
    if event in CASE_FILE:
        what = "no notice is sent of the case file; whoever has to do an action is sent it without one"
        yield Issue((*path, "event"), what, "leave the notice out")
    if event == FamilyErased.model_fields["type"].default:
        what = "nothing is sent about a family once it is erased, so this message is never sent"
        yield Issue((*path, "event"), what, "leave the notice out, or tell of journey-closed")


def _recipient(path: Path, n: int, partner: str, notice: Table, agreements: Agreements) -> Iterator[Issue]:
    """Find why a partner can never be told; `referrer` may be any partner of the pack."""
    own = [held for held in agreements if partner == REFERRER or held.get("partner") == partner]
    if not own and (agreements or partner != REFERRER):
        partners = sorted({str(agreement.get("partner")) for agreement in agreements})
        what = f"there is no agreement with {partner}, so it is never sent anything"
        remedy = f"{nearest(partner, [*partners, REFERRER])}; or add an agreement" if partners else "add an agreement"
        yield Issue((*path, "partners", n), what, remedy)
    purpose = notice.get("purpose")
    if not own or not isinstance(purpose, str):  # one of the wrong shape is told elsewhere
        return
    who = "any partner" if partner == REFERRER else partner
    agreed = [agreement for agreement in own if purpose in _listed(agreement, "purposes")]
    if not agreed:
        known = sorted({purpose for agreement in own for purpose in _listed(agreement, "purposes")})
        what = f"no agreement with {who} allows the purpose {purpose}, so {partner} is never sent this"
        yield Issue((*path, "purpose"), what, f"{nearest(purpose, known)}; or agree it" if known else "agree it first")
        return
    yield from _categories(path, who, notice, agreed)
    if not any(agreement.get("channel") for agreement in agreed):
        what = f"no agreement with {who} names a channel, so the message is never sent"
        remedy = f"add channel to the agreement, one of {', '.join(ADDRESS_OF)}"
        yield Issue((*path, "partners", n), what, remedy, doubtful=True)


def _categories(path: Path, who: str, notice: Table, agreed: Agreements) -> Iterator[Issue]:
    wanted = _listed(notice, "categories")
    if any(wanted <= _listed(agreement, "categories") for agreement in agreed):
        return
    allowed = set.union(*(_listed(agreement, "categories") for agreement in agreed))
    for m, category in words(notice.get("categories")):
        if category not in allowed:
            what = f"no agreement with {who} allows the category {category}, so the message is never sent"
            yield Issue((*path, "categories", m), what, "leave it out, or agree it")
    if wanted <= allowed:
        what = f"no one agreement with {who} allows all of these categories, so the message is never sent"
        yield Issue((*path, "categories"), what, "leave some out, or agree them together")


def _listed(entry: Table, name: str) -> set[str]:
    return {word for _, word in words(entry.get(name))}
