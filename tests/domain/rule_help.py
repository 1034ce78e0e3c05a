"""Short ways to write rules, evidence and cases in tests."""

from datetime import date
from itertools import count

from pydantic import TypeAdapter

from domain.evidence import EVIDENCE
from domain.rules.case import Case, known
from domain.rules.evaluate import evaluate
from domain.rules.grammar import Rule
from domain.rules.member import FamilyMember
from domain.rules.spans import Span

RULE = TypeAdapter(Rule)
AS_OF, ENGAGED = date(2013, 5, 20), date(2011, 11, 2)
TERMS = tuple(
    Span(date.fromisoformat(first), date.fromisoformat(last))
    for first, last in (
        ("2012-01-03", "2012-03-30"),
        ("2012-04-16", "2012-07-20"),
        ("2012-09-04", "2012-12-21"),
        ("2013-01-07", "2013-03-28"),
        ("2013-04-15", "2013-07-23"),
    )
)
ADULT = FamilyMember(id="a1", role="adult", born=date(1980, 2, 3))
CHILD = FamilyMember(id="c1", role="child", born=date(2002, 11, 15))

_ids = count()


def number(value):
    return {"value": value, "source": "test", "confidence": "verified"}


def window(kind, n):
    return {"type": kind, "n": number(n)}


SIX_MONTHS = window("last-months", 6)
BASELINE = window("months-before-engagement", 6)
THREE_TERMS = window("last-terms", 3)


def rule(type_, **fields):
    return RULE.validate_python({"type": type_, **fields})


def item(kind, **fields):
    fields = {name.rstrip("_"): value for name, value in fields.items()}
    known = {"id": f"e{next(_ids):04}", "kind": kind, "source": "test", "observed_on": "2013-05-20"}
    return EVIDENCE.validate_python(known | fields)


def returns(of, first, last, member=None):
    return item("return", of=of, from_=first, to=last, member=member)


def case(*evidence, members=(ADULT, CHILD), as_of=AS_OF, engaged=ENGAGED, terms=TERMS, practice=None, needs=()):  # noqa: PLR0913 - a case has so many sides
    return Case(
        as_of=as_of,
        engaged_from=engaged,
        members=members,
        terms=terms,
        practice=practice or {},
        needs=needs,
        known=known(evidence),
    )


def verdict(of_rule, *evidence, subject=None, **fields):
    return evaluate(of_rule, case(*evidence, **fields), subject).verdict
