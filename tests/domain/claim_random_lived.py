"""Random claim files of families as they live: reports put right, numbered spells, unknown births, people who go."""

import random
from datetime import date

from claim_random import Draw, days

SOURCES = ("x", "x", "x", "y")


class LivedDraw(Draw):
    """A random claim file whose evidence was put right, and whose people are not known to the day."""

    early = 0.1

    def claim(self):
        """The whole claim file."""
        raw = super().claim()
        for member in raw["family"]["members"]:
            if self.rng.random() < 0.3:
                self.blur(member)
            if self.rng.random() < 0.2:
                self.come_or_go(member)
        return raw

    def blur(self, member):
        """A birth known by month or by year, not at all, or expected."""
        born = member.pop("born")
        kind = self.rng.choice(("month", "year", "year", "unknown", "expected"))
        if kind == "expected" and member["role"] == "child":
            member["expected"] = str(self.as_of + days(self.rng.randint(-400, 100)))
        elif kind in {"month", "year"}:
            member["born"] = born[:7] if kind == "month" else born[:4]

    def come_or_go(self, member):
        """A member who joined or left, on an edge of the windows looked at."""
        spans = [self.present, self.baseline, *self.complete]
        name = self.rng.choice(("from", "to"))
        member[name] = str(self.edge(*spans))

    def school(self, child):
        """Attendance that was put right: corrected, told in parts, told by two."""
        before = len(self.evidence)
        super().school(child)
        for item in [item for item in self.evidence[before:] if item["kind"] == "school-attendance"]:
            if self.rng.random() < 0.5:
                self.told_again(item)

    def told_again(self, item):
        """Another report of the same term, or of a part of it."""
        rng = self.rng
        first, last = date.fromisoformat(item["from"]), date.fromisoformat(item["to"])
        cut = first + days(rng.randint(1, (last - first).days - 1))
        seen = date.fromisoformat(item["observed_on"])
        shape = rng.choice(("whole", "whole", "halves", "half", "tail", "twice", "two terms"))
        counts = {"sessions": 100, "authorised": 0, "unauthorised": rng.choice((0, 14, 15, 30))}
        common = {"member": item["member"], **counts}
        later = seen + days(rng.choice((0, 1, 40, -3)))
        if shape == "halves":
            self.evidence.remove(item)
            gap = days(rng.choice((1, 1, 1, 2, 3)))
            self.report(later, from_=first, to=cut, **common)
            self.report(later, from_=min(cut + gap, last), to=last, **common)
        elif shape == "twice":
            self.evidence.append(item | {"id": f"{item['id']}-again"})
        elif shape == "two terms":
            self.report(later, from_=first, to=last + days(rng.choice((5, 40))), **common)
        else:
            begin = cut if shape == "tail" else first
            end = cut if shape == "half" else last
            told = self.report(later, from_=begin, to=end, **common)
            if rng.random() < 0.3:
                told["replaces"] = item["id"]
            elif rng.random() < 0.3:
                told["recorded"], item["recorded"] = rng.choice(((2, 1), (1, 2)))
        if rng.random() < 0.15:
            self.withdraw(item)

    def report(self, seen, **fields):
        """A report of attendance by one of the sources."""
        told = self.add("school-attendance", observed=seen, **fields)
        told["source"] = self.rng.choice(SOURCES)
        return told

    def withdraw(self, item):
        """A withdrawal, seldom of another's evidence or of nothing."""
        told = self.add("withdrawal", on=self.as_of)
        del told["on"]
        told["withdraws"] = self.rng.choice((item["id"], item["id"], item["id"], "nothing"))
        told["source"] = self.rng.choice((item["source"], item["source"], "y"))

    def trouble(self):
        """Incidents and returns, some of which were withdrawn, replaced or announced."""
        before = len(self.evidence)
        super().trouble()
        for item in self.evidence[before:]:
            chance = self.rng.random()
            if chance < 0.06:
                self.withdraw(item)
            elif chance < 0.12 and item["kind"] != "return":
                same = {name: value for name, value in item.items() if name in {"member", "action", "proven"}}
                told = self.add(item["kind"], on=self.edge(self.baseline, self.present), **same)
                told["replaces"] = item["id"]

    def work(self, adult):
        """Jobs and benefits, numbered or not, told again with other beginnings, codes and ends."""
        before = len(self.evidence)
        super().work(adult)
        for n, item in enumerate(self.evidence[before:]):
            if self.rng.random() < 0.3:
                item["spell"] = f"s{n}"
            if self.rng.random() < 0.4:
                self.spell_again(item)

    def spell_again(self, item):
        """Another report of a spell, or of another spell begun the same day."""
        rng = self.rng
        told = item | {"id": f"{item['id']}-again", "source": rng.choice(SOURCES)}
        seen = date.fromisoformat(item["observed_on"]) + days(rng.choice((0, 1, 30, -2)))
        told["observed_on"] = str(seen)
        if "spell" in item and rng.random() < 0.5:
            told["from"] = str(min(date.fromisoformat(item["from"]) + days(rng.choice((-1, 1, 20))), self.as_of))
        told.pop("to", None)
        if rng.random() < 0.6:
            begin = date.fromisoformat(told["from"])
            told["to"] = str(max(begin, rng.choice((seen, begin + days(rng.randint(0, 220)), self.as_of))))
        if "hours" in told:
            told["hours"] = rng.choice((told["hours"], 8, None))
            told = {name: value for name, value in told.items() if value is not None}
        if "spell" not in item and rng.random() < 0.1:
            told["spell"] = "other"
        self.evidence.append(told)


def lived(seed):
    """Return the claim file of a seed, as JSON would hold it."""
    return LivedDraw(seed).claim()


def shuffled(raw, seed):
    """Return a claim file with its evidence in another order."""
    evidence = list(raw["evidence"])
    random.Random(seed).shuffle(evidence)
    return raw | {"evidence": evidence}
