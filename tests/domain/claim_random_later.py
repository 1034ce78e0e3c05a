"""Random claim files of the two later national packs, crowded at the edges, drawn from one seed."""

import random
from datetime import date

from claim_oracle_later import NEEDS
from claim_random import days, shift

TERMS = {
    "expanded-2015": [
        *(("2014-04-22", "2014-07-22"), ("2014-09-02", "2014-12-19"), ("2015-01-05", "2015-03-27")),
        *(("2015-04-13", "2015-07-21"), ("2015-09-02", "2015-12-18"), ("2016-01-04", "2016-03-24")),
    ],
    "supporting-families-2022": [
        *(("2022-04-19", "2022-07-21"), ("2022-09-05", "2022-12-16"), ("2023-01-03", "2023-03-31")),
        *(("2023-04-17", "2023-07-21"), ("2023-09-04", "2023-12-21"), ("2024-01-08", "2024-03-28")),
    ],
}
AS_OF = {
    "expanded-2015": ("2015-08-31", "2015-09-01", "2015-07-21", "2015-07-22", "2016-02-29", "2016-05-31", "2015-04-01"),
    "supporting-families-2022": ("2023-08-31", "2023-03-31", "2023-04-01", "2023-12-21", "2024-02-29", "2024-06-30"),
}
INCIDENTS = ("asb-incident", "offence", "domestic-abuse-incident", "homelessness-application", "eviction-notice")


class LaterDraw:
    """One random claim file of a pack; `tidy` ones have their returns whole, and little goes wrong."""

    def __init__(self, seed, pack):
        self.rng, self.pack = random.Random(seed), pack
        self.as_of = date.fromisoformat(self.rng.choice(AS_OF[pack]))
        self.present = (shift(self.as_of, -6) + days(1), self.as_of)
        self.complete = [term for term in TERMS[pack] if term[1] < str(self.as_of)][-3:]
        self.tidy = self.rng.random() < 0.7
        self.evidence = []
        first = date.fromisoformat(self.complete[0][0])
        self.children = [f"c{n}" for n in range(self.rng.choice((0, 1, 2)))]
        self.adults = [f"a{n}" for n in range(self.rng.choice((1, 1, 2)))]
        born = {one: shift(first, -12 * self.rng.choice((5, 10, 16, 17))) for one in self.children}
        self.members = [{"id": one, "role": "adult", "born": "1980-02-29"} for one in self.adults]
        edges = {one: day + days(self.rng.choice((-1, 0, 1))) for one, day in born.items()}
        self.members += [{"id": one, "role": "child", "born": str(day)} for one, day in edges.items()]

    def add(self, kind, member=None, **fields):
        """Add a piece of evidence with an id of its own."""
        item = {"id": f"e{len(self.evidence)}", "kind": kind, "source": "x", "observed_on": str(self.as_of)}
        told = {name.rstrip("_"): str(v) if isinstance(v, date) else v for name, v in fields.items() if v is not None}
        self.evidence.append(item | told | ({"member": member} if member else {}))

    def luck(self, chance):
        """Whether something goes wrong."""
        return self.rng.random() < (0.02 if self.tidy else chance)

    def returns(self, kind, span, member=None):
        """Returns over a span in two pieces, with bad luck a day short or apart."""
        cut = span[0] + days(self.rng.randint(0, (span[1] - span[0]).days - 1))
        for first, last in ((span[0], cut), (cut + days(2 if self.luck(0.1) else 1), span[1])):
            if first <= last and not self.luck(0.05):
                self.add("return", member, of=kind, from_=first, to=last)

    def incidents(self):
        """Incidents on the edges, and their returns."""
        extra = {"asb-incident": {"action": "warning"}}
        for kind in INCIDENTS:
            self.returns(kind, self.present)
            for edge in (self.present[0], self.present[0] - days(1), self.as_of + days(1)):
                if self.luck(0.15) or (edge != self.present[0] and self.rng.random() < 0.3):
                    proven = {"proven": self.rng.random() < 0.7} if kind == "offence" else {}
                    self.add(kind, self.rng.choice(self.members)["id"], on=edge, **extra.get(kind, {}), **proven)

    def school(self, child):
        """Attendance and exclusions around their thresholds."""
        missed = self.rng.choice((9, 9, 8) if self.tidy else (9, 10, 10, 14, 15))  # of every hundred sessions
        for first, last in self.complete:
            authorised = self.rng.randint(0, missed)
            if not self.luck(0.05):
                counts = {"sessions": 100, "authorised": authorised, "unauthorised": missed - authorised}
                self.add("school-attendance", child, from_=first, to=last, **counts)
                self.told_before(child, first, last)
            self.returns("exclusion", (date.fromisoformat(first), date.fromisoformat(last)), child)
            if self.luck(0.3):
                kind = self.rng.choice(("fixed", "fixed", "permanent"))
                self.add("exclusion", child, on=self.rng.choice((first, last)), type=kind)

    def told_before(self, child, first, last):
        """An earlier report of the term or of its first days; now and then from another school, or withdrawn."""
        chance = self.rng.random()
        if chance < 0.3:
            until = self.rng.choice((last, str(date.fromisoformat(first) + days(self.rng.randint(5, 40)))))
            counts = {"sessions": 60, "authorised": 0, "unauthorised": self.rng.choice((0, 60))}
            self.add("school-attendance", child, from_=first, to=until, **counts)
            told = self.evidence[-1] | {"observed_on": until}
            self.evidence[-1] = told | ({"source": "y"} if chance < 0.03 else {})
            if chance < 0.15:
                self.evidence.append(
                    {"id": f"w{told['id']}", "kind": "withdrawal", "withdraws": told["id"], "observed_on": until}
                    | {"source": self.evidence[-1]["source"]}
                )

    def statuses(self, member):
        """Spells of treatment, work and services of lengths around every threshold."""
        whole = self.as_of - days(self.rng.choice((181, 181, 182, 300) if self.tidy else (180, 181, 182, 90, 89)))
        ends = self.as_of - days(1) if self.luck(0.1) else None
        cut = whole + days(self.rng.randint(1, 80))
        self.add("treatment", member, status="engaged", from_=whole, to=cut)
        after = "dropped-out" if self.luck(0.2) else "completed"
        self.add("treatment", member, status=after, from_=cut + days(2 if self.luck(0.1) else 1), to=ends)
        self.returns("treatment", self.present, self.rng.choice((member, None)))
        if self.rng.random() < 0.3:  # ninety days, a break of a day or none, and the rest
            begin = self.present[0]
            self.add("employment", member, from_=begin, to=begin + days(89))
            self.add("employment", member, from_=begin + days(self.rng.choice((90, 91))), to=begin + days(120))
        elif self.rng.random() < 0.7:
            self.add("employment", member, from_=whole, to=ends)
        if self.rng.random() < 0.3:
            self.add("work-programme", member, from_=self.present[0] - days(self.rng.choice((0, 1))))
        service = self.rng.choice(("send-support", "health-visiting", "family-nurse", "young-carers", "other"))
        self.add("service-involvement", self.rng.choice((member, None)), service=service, from_=whole, to=ends)

    def claim(self):
        """The whole claim file."""
        self.incidents()
        for child in self.children:
            self.school(child)
            self.returns("child-status", self.present, self.rng.choice((child, None)))
            until = self.present[0] - days(0 if self.luck(0.2) else 1)
            self.add("child-status", child, status="cin", from_=shift(until, -3), to=until)
        for member in self.members:
            self.statuses(member["id"])
        self.rng.shuffle(self.evidence)
        for one in self.members:
            if self.rng.random() < 0.1:
                one["born"] = one["born"][: self.rng.choice((4, 7))]
        names = ("lawful_basis_on", "key_worker_from", "assessed_on", "plan_on", "first_contact_on")
        practice = {name: str(self.present[0] - days(0 if self.luck(0.04) else 1)) for name in names}
        return {
            "programme": self.pack,
            "as_of": str(self.as_of),
            "engaged_from": str(shift(self.as_of, -12)),
            "family": {"members": self.members},
            "evidence": self.evidence,
            "practice": {name: day for name, day in practice.items() if not self.luck(0.03)},
            "needs": self.rng.sample(NEEDS[self.pack], self.rng.choice((1, 2, 3))),
            "terms": [{"from": first, "to": last} for first, last in TERMS[self.pack]],
        }
