"""A second opinion on the two later national packs: naive sets of days over the raw JSON, as in `claim_oracle`."""

from datetime import date
from itertools import product

from claim_oracle import ONE, PRACTICE, attended, birthday, births, day, days, one_of, reported, six_months_to, truth

PERIODS = {
    "expanded-2015": (date(2015, 4, 1), date(2022, 3, 31)),
    "supporting-families-2022": (date(2022, 4, 1), date(2025, 3, 31)),
}
CRIME = ("crime-or-asb", "adult-crime-or-asb", "young-person-at-risk-of-crime", "young-person-in-crime")
ABUSE = (
    "domestic-abuse",
    "domestic-abuse-victim",
    "domestic-abuse-perpetrator",
    "child-affected-by-abuse",
    "child-violence-at-home",
)
CARE = ("children-need-help", "abuse-or-neglect", "missing", "sexual-exploitation", "criminal-exploitation")
HOUSING = ("temporary-accommodation", "unsuitable-or-insecure-housing", "young-person-leaving-home")
SERVICES = {
    "unmet-send": ("send-support",),
    "new-parents-need-help": ("health-visiting", "family-nurse"),
    "early-health": ("health-visiting", "family-nurse"),
    "young-carer": ("young-carers",),
}
TREATED = {
    "health": ("adult", "child"),
    "disability-or-condition": ("adult", "child"),
    "child-mental-health": ("child",),
    "adult-mental-health": ("adult",),
    "adult-substance-use": ("adult",),
}
ATTENDING = ("school-attendance", "severe-absence", "not-in-education")
NEEDS = {
    "expanded-2015": ("crime-or-asb", "school", "children-need-help", "work-or-finances", "domestic-abuse", "health"),
    "supporting-families-2022": (
        *ATTENDING,
        "exclusion",
        *SERVICES,
        *(need for need in TREATED if need != "health"),
        *CARE[1:],
        *CRIME[1:],
        *ABUSE[1:],
        *HOUSING,
        "workless-adult",
        "young-person-neet",
        "parenting",
    ),
}


def everyone(verdicts):
    """One that is not met decides, then one that is open; nobody at all is not applicable."""
    return next((one for one in ("not_met", "insufficient", "met") if one in verdicts), "not_applicable")


def anyone(verdicts):
    """One that is met decides, then one that is open; nobody at all is not met."""
    return next((one for one in ("met", "insufficient") if one in verdicts), "not_met")


class Case:
    """A claim file of one of the two packs."""

    def __init__(self, claim):
        self.claim, self.pack = claim, claim["programme"]
        self.as_of = day(claim["as_of"])
        self.present = six_months_to(self.as_of)
        self.people = claim["family"]["members"]
        self.evidence = truth(claim["evidence"])

    def judge(self):
        """Return the verdict on every need together, that on practice, and the pounds of the main result alone."""
        needs, practice = self.every_need(), self.practice()
        first, last = PERIODS[self.pack]
        paid = needs == practice == "met" and first <= self.as_of <= last
        return needs, practice, 800 if paid else 0

    def every_need(self):
        """All needs together."""
        verdicts = [self.need(name) for name in self.claim.get("needs", [])]
        shown = ["insufficient" if one == "not_applicable" else one for one in verdicts]
        return everyone(shown) if shown else "insufficient"

    def practice(self):
        """The steps of practice."""
        found = [self.claim["practice"].get(name) for name in PRACTICE]
        if any(one and day(one) >= min(self.present) for one in found):
            return "not_met"
        return "met" if all(found) else "insufficient"

    def need(self, name):  # noqa: PLR0911 - one line a group of needs
        """One need by its outcome."""
        if name in CRIME:
            return everyone([self.none_of("offence", proven=True), self.none_of("asb-incident")])
        if name in ABUSE:
            return self.none_of("domestic-abuse-incident")
        if name in HOUSING:
            return everyone([self.none_of("homelessness-application"), self.none_of("eviction-notice")])
        if name in CARE:
            return everyone([self.never(child, "child-status") for child in self.ids("child")])
        if name in SERVICES:
            return self.held(None, "service-involvement", 182, service=SERVICES[name])
        if name in TREATED:
            return anyone([self.treated(who) for role in TREATED[name] for who in self.ids(role)])
        if name in ("work-or-finances", "workless-adult"):
            return anyone([self.work(who, name) for who in self.ids("adult")])
        if name == "young-person-neet":
            return anyone([self.held(who, "employment", 182) for who in self.ids("child")])
        return self.schooling(name)

    def ids(self, role):
        """Who has a role."""
        return [one["id"] for one in self.people if one["role"] == role]

    def of(self, kind, who=None, **limits):
        """Evidence of a kind, of somebody, within limits."""
        found = [one for one in self.evidence if one["kind"] == kind and who in {None, one.get("member")}]
        return [one for one in found if all(one[field] in allowed for field, allowed in limits.items())]

    def reported(self, kind, window, who=None):
        """Whether returns hold every day of a window."""
        return window <= reported(self.evidence, kind, {None, who})

    def none_of(self, kind, **fixed):
        """No incident in six months."""
        found = self.of(kind, **{field: (value,) for field, value in fixed.items()})
        if any(day(one["on"]) in self.present for one in found):
            return "not_met"
        return "met" if self.reported(kind, self.present) else "insufficient"

    def days_of(self, spells):
        """The days of spells up to as-of."""
        found = set()
        for one in spells:
            found |= days(day(one["from"]), min(day(one.get("to", "9999-12-31")), self.as_of))
        return found

    def never(self, who, kind, **limits):
        """Not on any day of six months."""
        if self.days_of(self.of(kind, who, **limits)) & self.present:
            return "not_met"
        return "met" if self.reported(kind, self.present, who) else "insufficient"

    def held(self, who, kind, needed, window=None, **limits):
        """So many days without a break."""
        window = window or days(self.as_of - 181 * ONE, self.as_of)
        on = self.days_of(self.of(kind, who, **limits)) & window
        run = longest = 0
        for one in sorted(window):
            run = run + 1 if one in on else 0
            longest = max(longest, run)
        if longest >= needed:
            return "met"
        return "not_met" if on or self.reported(kind, window, who) else "insufficient"

    def treated(self, who):
        """Kept to treatment and dropped out of none."""
        kept = self.held(who, "treatment", 182, status=("engaged", "completed"))
        return everyone([kept, self.never(who, "treatment", status=("dropped-out",))])

    def work(self, who, need):
        """Work, or a step towards it."""
        if need == "workless-adult":
            return self.held(who, "employment", 182)
        kinds = ("work-programme", "esf-provision")
        began = any(day(one["from"]) in self.present for kind in kinds for one in self.of(kind, who))
        told = all(self.reported(kind, self.present, who) for kind in kinds)
        started = "met" if began else "not_met" if told else "insufficient"
        return anyone([started, self.held(who, "employment", 91, self.present)])

    def schooling(self, need):
        """Every pupil."""
        if need not in {"school", "exclusion", *ATTENDING}:
            return "insufficient"
        count = 3 if need == "school" else 2
        terms = sorted((day(one["from"]), day(one["to"])) for one in self.claim["terms"])
        last = [term for term in terms if term[1] < self.as_of][-count:]
        first = last[0][0]
        children = [one for one in self.people if one["role"] == "child"]
        aged = [{birthday(b, 5) <= first < birthday(b, 16) for b in births(child, [first])} for child in children]
        found = [self.pupil(child, need, last) for child in children]
        worlds = [[v for v, pupil in zip(found, world, strict=True) if pupil] for world in product(*aged)]
        return one_of(everyone(world) for world in worlds)

    def pupil(self, child, need, terms):
        """One pupil."""
        who = child["id"]
        if need == "exclusion":
            return self.excluded(who, terms, ("fixed", "permanent"), 1)
        limit = 10 if need != "school" or self.as_of >= date(2015, 9, 1) else 15
        missed = attended(self.claim, self.evidence, child, terms, (("authorised", "unauthorised"), limit))
        if need != "school":
            return missed
        fixed, permanent = self.excluded(who, terms, ("fixed",), 3), self.excluded(who, terms, ("permanent",), 1)
        return everyone([missed, fixed, permanent])

    def excluded(self, who, terms, types, fewer_than):
        """How often excluded."""
        window = set().union(*(days(*term) for term in terms))
        found = [one for one in self.of("exclusion", who, type=types) if day(one["on"]) in window]
        if len(found) >= fewer_than:
            return "not_met"
        return "met" if self.reported("exclusion", window, who) else "insufficient"
