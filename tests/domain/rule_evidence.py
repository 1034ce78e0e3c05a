"""Evidence made from a rule itself: for each verdict, the ways in which one family could come to it.

A way is raw: `rule_fires` keeps those whose verdict is the one asked for, so a rule that cannot reach it has none left.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain, count
from typing import get_args

from dateutil.relativedelta import relativedelta

from domain.evidence import EVIDENCE, MODELS
from domain.rules.case import Case, known
from domain.rules.grammar import (
    AllOf,
    AnyAdult,
    AnyChild,
    AnyOf,
    AtLeast,
    Count,
    DatesBefore,
    EachChild,
    EachNeed,
    Fall,
    Held,
    NotHeld,
    Rate,
    Started,
    WholeFamily,
)
from domain.rules.member import FamilyMember
from domain.rules.spans import DAY, Span
from domain.rules.windows import number_on

FILLED = {
    "exclusion": {"type": "fixed"},
    "offence": {"proven": True},
    "asb-incident": {"action": "warning"},
    "out-of-work-benefit": {"benefit": "esa"},
    "treatment": {"status": "started"},
    "child-status": {"status": "cin"},
    "service-involvement": {"service": "some-service"},
}
TEN = 10
OBSERVED = "2030-01-01"  # long after every window: partners report late
_ids = count()


@dataclass(frozen=True)
class World:
    """One family on one day: an adult and a child, worked with for two years, with no evidence yet."""

    as_of: date
    terms: tuple[Span, ...] = ()
    needs: tuple[str, ...] = ()
    practice: dict[str, date | None] = field(default_factory=dict)
    age: int = 10
    aged_on: date | None = None
    childless: bool = False

    @property
    def engaged(self):
        """The day work began."""
        return self.as_of - relativedelta(years=2)

    @property
    def adult(self):
        """The adult of the family."""
        return FamilyMember(id="a1", role="adult", born=self.as_of - relativedelta(years=40))

    @property
    def child(self):
        """The child, of the age asked for on the day asked for."""
        return FamilyMember(id="c1", role="child", born=(self.aged_on or self.as_of) - relativedelta(years=self.age))

    def case(self, evidence=()):
        """The case of this family with some evidence."""
        return Case(
            as_of=self.as_of,
            engaged_from=self.engaged,
            members=(self.adult,) if self.childless else (self.adult, self.child),
            terms=self.terms,
            practice=self.practice,
            needs=self.needs,
            known=known(evidence),
        )

    def with_child_for(self, rule):
        """The family with a child of the youngest age that the rule looks at."""
        if rule.ages is None:
            return self
        days = self.case().days_of(rule.ages.on_first_day_of)
        return replace(self, age=rule.ages.youngest.value, aged_on=days[0].first if days else None)


def item(kind, member, **fields):
    """A piece of evidence of this kind, with whatever fields the kind demands."""
    written = {name.rstrip("_"): value for name, value in fields.items()}
    known = {"id": f"w{next(_ids):06}", "kind": kind, "source": "test", "observed_on": OBSERVED, "member": member}
    return EVIDENCE.validate_python(known | FILLED.get(kind, {}) | written)


def returns(kind, *spans):
    """Returns of the whole family over some spans."""
    return [item("return", None, of=kind, from_=span.first, to=span.last) for span in spans]


def codes(kind, where):
    """Every code that a limit lets through, each as fields of evidence; an empty one where there is no limit."""
    if where is None:
        return [{}]
    return [{where.field: code} for code in where.any_of or _others(kind, where)]


def _others(kind, where):
    listed = get_args(MODELS[kind].model_fields[where.field].annotation) or ("some-other-code",)
    return [code for code in listed if code not in where.none_of][:1]


def raw(rule, verdict, world, subject):  # noqa: C901, PLR0911, PLR0912 - one line a part
    """Yield evidence that may bring the rule to a verdict."""
    match rule:
        case Count():
            return _count(rule, verdict, world, subject)
        case Fall():
            return _fall(rule, verdict, world, subject)
        case Rate():
            return _rate(rule, verdict, world, subject)
        case Held():
            return _held(rule, verdict, world, subject)
        case NotHeld():
            return _not_held(rule, verdict, world, subject)
        case Started():
            return _started(rule, verdict, world, subject)
        case DatesBefore() | EachNeed():
            return iter([[]])
        case EachChild() | AnyChild():
            return raw(rule.rule, verdict, world, world.child)
        case AnyAdult():
            return raw(rule.rule, verdict, world, world.adult)
        case WholeFamily():
            return raw(rule.rule, verdict, world, None)
        case AllOf():
            return _all_of(rule, verdict, world, subject)
        case AnyOf():
            return _at_least(1, rule, verdict, world, subject)
        case AtLeast():
            return _at_least(rule.n.value, rule, verdict, world, subject)


def _whom(rule, world, subject):
    if subject is not None:
        return subject.id
    return "c1" if getattr(rule, "under_age", None) or rule.of in {"exclusion", "child-status"} else "a1"


def _count(rule, verdict, world, subject):
    spans, whom, limit = world.case().days_of(rule.window), _whom(rule, world, subject), rule.threshold.value
    if verdict == "insufficient" or not spans:
        yield []
        return
    enough = (verdict == "met") == (rule.compare == "at-least")
    for code in codes(rule.of, rule.where):
        many = limit if enough else max(0, limit - 1)
        found = [item(rule.of, whom, on=spans[-1].last, **code) for _ in range(many)]
        yield found if enough else [*found, *returns(rule.of, *spans)]


def _fall(rule, verdict, world, subject):
    if verdict == "insufficient":
        yield []
        return
    spans = [world.case().span_of(window) for window in (rule.window, rule.baseline)]
    whom, left = _whom(rule, world, subject), (1000 - TEN * rule.at_least_percent.value) // 100
    for code in codes(rule.of, rule.where):
        now = left if verdict == "met" else left + 1
        counts = zip(spans, (now, TEN), strict=True)
        found = [item(rule.of, whom, on=span.last, **code) for span, many in counts for _ in range(many)]
        yield [*found, *returns(rule.of, *spans)]


def _rate(rule, verdict, world, subject):
    if verdict == "insufficient":
        yield []
        return
    limit = number_on(rule.threshold, world.as_of).value
    beyond = -1 if rule.compare == "below" else 1
    for absence in rule.absences:
        missed = {"authorised": 0, "unauthorised": 0} | {absence: max(0, limit + beyond) if verdict == "met" else limit}
        yield [
            item("school-attendance", subject.id if subject else "c1", from_=t.first, to=t.last, sessions=100, **missed)
            for t in world.case().days_of(rule.window)
        ]


def _held(rule, verdict, world, subject):
    window, whom = world.case().span_of(rule.window), _whom(rule, world, subject)
    if verdict == "insufficient":
        yield []
        return
    days = timedelta(days=rule.days.value - (1 if verdict == "met" else 2))
    first = window.last - days
    befores = _ended(rule.since_end_of, verdict, first, whom)
    for code, before in ((code, before) for code in codes(rule.of, rule.where) for before in befores):
        spell = [item(rule.of, whom, from_=first, to=window.last, **code)] if first <= window.last else []
        yield [*before, *(spell or returns(rule.of, window))]


def _ended(since, verdict, first, whom):
    """Earlier statuses that ended the day before, one a code; for `not_applicable` one that another rule is for."""
    if since is None:
        return [[]]
    begun, to = first - relativedelta(years=1), first - DAY
    if verdict == "not_applicable":
        return [
            [item(since.of, whom, from_=begun, to=to, **{since.where.field: code})]
            for code in (since.where.none_of or ("some-other-code",) if since.where else ())
        ]
    return [[item(since.of, whom, from_=begun, to=to, **code)] for code in codes(since.of, since.where)]


def barred(rule, world, subject):
    """Yield a way that would meet a `held`, with each status in turn that bars it."""
    for kind in rule.not_while:
        for way in _held(rule, "met", world, subject):
            yield kind, [*way, item(kind, _whom(rule, world, subject), from_=way[-1].from_, to=way[-1].to)]


def _not_held(rule, verdict, world, subject):
    window, whom = world.case().span_of(rule.window), _whom(rule, world, subject)
    if verdict == "not_met":
        yield from ([item(rule.of, whom, from_=window.last, **code)] for code in codes(rule.of, rule.where))
    else:
        yield returns(rule.of, window) if verdict == "met" else []


def _started(rule, verdict, world, subject):
    window, whom = world.case().span_of(rule.window), subject.id if subject else "a1"
    if verdict == "met":
        yield from ([item(kind, whom, from_=window.last)] for kind in rule.of)
    else:
        yield [one for kind in rule.of for one in returns(kind, window)] if verdict == "not_met" else []


def _first(rule, verdict, world, subject):
    return next(raw(rule, verdict, world, subject), [])


def _all_of(rule, verdict, world, subject) -> Iterator[list]:
    """Each part in each of its ways, beside the others met."""
    for chosen in rule.rules:
        others = [_first(part, "met", world, subject) for part in rule.rules if part is not chosen]
        for way in raw(chosen, verdict, world, subject):
            yield [*way, *chain.from_iterable(others)]


def _at_least(n, rule, verdict, world, subject) -> Iterator[list]:
    """For `met` each part in each of its ways, with as few others as will do; otherwise all parts together, or one."""
    if verdict == "met":
        for place, chosen in enumerate(rule.rules):
            others = [rule.rules[(place + step) % len(rule.rules)] for step in range(1, n)]
            beside = [_first(part, "met", world, subject) for part in others]
            yield from ([*way, *chain.from_iterable(beside)] for way in raw(chosen, "met", world, subject))
        return
    yield list(chain.from_iterable(_first(part, verdict, world, subject) for part in rule.rules))
    for part in rule.rules:
        yield from raw(part, verdict, world, subject)
