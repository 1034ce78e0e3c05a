"""Random claim files, crowded at the edges of every window, drawn from one seed."""

import calendar
import itertools
import random
from datetime import date, timedelta

TERMS = [
    ("2011-09-05", "2011-12-16"),
    ("2012-01-03", "2012-03-30"),
    ("2012-04-16", "2012-07-20"),
    ("2012-09-04", "2012-12-21"),
    ("2013-01-07", "2013-03-28"),
    ("2013-04-15", "2013-07-23"),
    ("2013-09-03", "2013-12-20"),
    ("2014-01-06", "2014-04-04"),
    ("2014-04-22", "2014-07-22"),
    ("2014-09-02", "2014-12-19"),
]
AS_OF = (
    *("2013-05-20", "2013-10-31", "2014-08-31", "2013-08-30", "2014-02-28", "2013-03-31", "2013-04-01"),
    *("2013-07-23", "2013-07-24", "2013-12-20", "2012-08-29", "2012-12-31", "2014-05-31", "2015-03-31", "2015-04-01"),
    *("2012-07-20", "2012-03-31", "2013-01-07"),
)
ENGAGED = ("2012-03-01", "2012-02-29", "2012-08-31", "2012-09-01", "2011-11-02", "2012-06-30", "2013-03-01")


def shift(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def days(n):
    return timedelta(days=n)


class Draw:
    """One random claim file."""

    early = 0.02

    def __init__(self, seed):
        self.rng = random.Random(seed)
        rng = self.rng
        self.as_of = date.fromisoformat(rng.choice(AS_OF))
        self.engaged = min(date.fromisoformat(rng.choice(ENGAGED)), self.as_of)
        self.present = (shift(self.as_of, -6) + days(1), self.as_of)
        self.baseline = (shift(self.engaged - days(1), -6) + days(1), self.engaged - days(1))
        self.terms = [tuple(map(date.fromisoformat, term)) for term in TERMS]
        self.complete = [term for term in self.terms if term[1] < self.as_of][-3:]
        self.evidence, self.ids = [], itertools.count()
        self.tidy = rng.random() < 0.5
        self.adults = [
            {"id": f"a{n}", "role": "adult", "born": self.born_adult()} for n in range(rng.choice((0, 1, 1, 2)))
        ]
        self.children = [
            {"id": f"c{n}", "role": "child", "born": self.born_child()} for n in range(rng.choice((0, 1, 2)))
        ]
        if not self.adults + self.children:
            self.adults = [{"id": "a0", "role": "adult", "born": "1980-02-29"}]

    def add(self, kind, observed=None, **fields):
        """Add a piece of evidence with an id of its own, observed after the last day it tells of, seldom before."""
        told = max(day for day in (fields.get(name) for name in ("on", "from_", "to")) if isinstance(day, date))
        late = self.rng.randint(-20, -1) if self.rng.random() < self.early else self.rng.choice((0, 0, 1, 30, 200))
        seen = observed or told + days(late)
        item = {"id": f"e{next(self.ids)}", "kind": kind, "source": "x", "observed_on": str(seen)}
        item |= {name.rstrip("_"): str(v) if isinstance(v, date) else v for name, v in fields.items() if v is not None}
        self.evidence.append(item)
        return item

    def edge(self, *spans):
        """A day on an edge of a span, just outside it, or somewhere within it."""
        first, last = self.rng.choice(spans)
        within = first + days(self.rng.randint(0, (last - first).days))
        return self.rng.choice((first, first - days(1), last, last + days(1), within, within, within))

    def born_adult(self):
        """A birth that makes an adult, or a member just of age in a window."""
        eighteen = self.rng.choice((date(1994, 5, 2), self.present[0], self.as_of))
        return str(self.rng.choice((date(1980, 2, 29), date(1978, 9, 1), shift(eighteen, -12 * 18))))

    def born_child(self):
        """A birth near an edge of the ages that rules ask for."""
        first = self.complete[0][0] if self.complete else self.as_of
        years = self.rng.choice((5, 5, 16, 16, 10, 10, 10, 18, 3))
        return str(shift(first, -12 * years) + days(self.rng.choice((-1, 0, 1, 40))))

    def member(self):
        """Any member."""
        return self.rng.choice(self.adults + self.children)["id"]

    def returns(self, kind, span, member=None):
        """Returns over a span in some pieces, with luck without a gap, sometimes of the wrong kind or member."""
        rng = self.rng
        if self.tidy:
            self.add("return", of=kind, from_=span[0], to=span[1], member=member)
            return
        cut = span[0] + days(rng.randint(0, (span[1] - span[0]).days))
        pieces = [(span[0], cut), (cut + days(rng.choice((1, 1, 1, 1, 0, 2))), span[1])]
        for first, last in pieces:
            if rng.random() < 0.93 and first <= last:
                slip = rng.choice((0,) * 14 + (1, -1))
                wrong = rng.random() < 0.03
                whose = rng.choice((member, member, member, None, self.member())) if wrong else member
                self.add("return", of=kind, from_=min(first + days(slip), last), to=last, member=whose)

    def school(self, child):
        """Attendance, exclusions and their returns for a child."""
        rng = self.rng
        for first, last in self.complete:
            if self.tidy or rng.random() < 0.95:
                sessions = rng.choice((100, 120, 140, 97))
                missed = rng.choice((15, 18, 21, 14, 10, 16))
                authorised = rng.randint(0, 9)
                self.add(
                    "school-attendance",
                    from_=first,
                    to=last,
                    sessions=sessions,
                    authorised=authorised,
                    unauthorised=missed,
                    member=child,
                )
            if rng.random() < 0.97:
                self.returns("exclusion", (first, last), rng.choice((child, child, None)))
        for _ in range(rng.choice((0, 1, 2, 3, 4, 5))):
            kind = rng.choice(("fixed", "fixed", "fixed", "permanent"))
            self.add("exclusion", on=self.edge(*(self.complete or [self.present])), type=kind, member=child)

    def trouble(self):
        """Anti-social behaviour and offences with their returns."""
        rng = self.rng
        for kind in ("asb-incident", "offence"):
            extra = {"action": "warning"} if kind == "asb-incident" else {}
            for span, most in ((self.baseline, 6), (self.present, rng.choice((1, 3)))):
                for _ in range(rng.randint(0, most)):
                    if kind == "offence":
                        extra = {"proven": rng.random() < 0.8}
                    self.add(kind, on=self.edge(span), member=self.member(), **extra)
                self.returns(kind, span)

    def work(self, adult):
        """Benefits, jobs and provision of an adult, of lengths around every threshold."""
        rng = self.rng
        for _ in range(rng.choice((0, 1, 1, 1, 2))):
            lasted = rng.choice((60, 89, 90, 91, 92, 181, 182, 183, 200, 209, 210, 300))
            began = self.as_of - days(lasted - 1)
            ends = rng.choice((began - days(1), began - days(1), began - days(5), began + days(3), self.as_of, None))
            benefit = rng.choice(("jsa", "jsa", "esa", "is", "uc"))
            for end in rng.choice(((ends,), (ends,), (None, ends))):
                self.add("out-of-work-benefit", benefit=benefit, from_=date(2010, 1, 4), to=end, member=adult)
            if rng.random() < 0.3:
                gap = began + days(rng.randint(0, lasted - 1))
                self.add("employment", from_=began, to=gap, hours=30, member=adult)
                began = gap + days(rng.choice((1, 1, 2, 29)))
            self.add(
                "employment", from_=began, to=rng.choice((None, None, self.as_of + days(99))), hours=30, member=adult
            )
        if rng.random() < 0.4:
            begin = self.edge(self.present)
            until = rng.choice((None, begin + days(rng.randint(0, 90))))
            kind = rng.choice(("work-programme", "esf-provision"))
            self.add(kind, from_=begin, to=until, member=self.member())

    def practice(self):
        """Dates of practice, most of them in time."""
        names = ("lawful_basis_on", "key_worker_from", "assessed_on", "plan_on", "first_contact_on")
        edge = self.present[0]
        dates = {name: str(edge - days(self.rng.choice((1, 2, 30)))) for name in names}
        if self.rng.random() < 0.2:
            dates[self.rng.choice(names)] = str(edge + days(self.rng.choice((-1, 0, 1))))
        if self.rng.random() < 0.1:
            del dates[self.rng.choice(names)]
        return dates

    def paid(self):
        """What was paid before, mostly nothing."""
        results = ("crime-asb-education", "progress-to-work", "continuous-employment")
        return [
            {"result": self.rng.choice(results), "amount": self.rng.choice((0, 100, 700, 800, 1500, 1600))}
            for _ in range(self.rng.choice((0, 0, 0, 1, 2)))
        ]

    def claim(self):
        """The whole claim file."""
        for child in self.children:
            self.school(child["id"])
        for adult in self.adults:
            self.work(adult["id"])
        self.trouble()
        if self.evidence:
            self.evidence.append(dict(self.rng.choice(self.evidence)))
        self.rng.shuffle(self.evidence)
        return {
            "programme": "troubled-families-2012",
            "as_of": str(self.as_of),
            "engaged_from": str(self.engaged),
            "family": {"members": self.adults + self.children},
            "evidence": self.evidence,
            "practice": self.practice(),
            "paid": self.paid(),
            "terms": [{"from": first, "to": last} for first, last in TERMS],
        }


def claim_of(seed):
    """Return the claim file of a seed, as JSON would hold it."""
    return Draw(seed).claim()
