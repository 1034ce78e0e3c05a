"""A second opinion on `troubled-families-2012`: naive sets of days over the raw JSON, sharing no code with `domain`.

Where something is not known to the day (a birth, an end, who is right) every possibility is tried, and a verdict is
one only where all of them agree.
"""

import calendar
from datetime import date, timedelta
from functools import cache
from itertools import product

import holidays

ONE = timedelta(days=1)
TARIFFS = {2012: (700, 100, 800), 2013: (1500, 100, 1600), 2014: (2300, 100, 2400)}
PRACTICE = ("lawful_basis_on", "key_worker_from", "assessed_on", "plan_on", "first_contact_on")
ENGLAND = holidays.country_holidays("GB", subdiv="ENG")
EVER, NEVER = date(1950, 1, 1), date(2030, 1, 1)


def day(text):
    return date.fromisoformat(text)


def days(first, last):
    return {first + ONE * n for n in range((last - first).days + 1)}


def six_months_to(last):
    year, month = (last.year, last.month - 6) if last.month > 6 else (last.year - 1, last.month + 6)
    back = date(year, month, min(last.day, calendar.monthrange(year, month)[1]))
    return days(back + ONE, last)


def birthday(born, years):
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # 29 February: the year is complete on 1 March
        return date(born.year + years, 3, 1)


def one_of(verdicts):
    """The verdict that every possibility comes to, if it is one."""
    verdicts = set(verdicts)
    return verdicts.pop() if len(verdicts) == 1 else "insufficient"


def truth(evidence):
    """What counts: each id once, without withdrawals and what they withdraw, and without what was replaced."""
    by_id = {item["id"]: item for item in evidence}
    gone = set()
    for item in by_id.values():
        target = by_id.get(item.get("withdraws") or item.get("replaces"))
        if target and target["source"] == item["source"] and target["kind"] != "withdrawal":
            gone |= {target["id"]} - _chain(item, by_id)
    return [item for item in by_id.values() if item["kind"] != "withdrawal" and item["id"] not in gone]


def _chain(item, by_id):
    """The ids of a chain of replacements that comes back to where it began."""
    chain = [item["id"]]
    while (after := by_id.get(chain[-1], {}).get("replaces")) and after not in chain:
        chain.append(after)
    return set(chain) if after == item["id"] else set()


def belongs(member, on):
    """Whether somebody belonged to the family on a day."""
    return day(member.get("from", "1900-01-01")) <= on <= day(member.get("to", "2200-01-01"))


def births(member, asked):
    """The days of birth that matter: the first and last possible, and those on which an age asked for turns."""
    if member.get("born") is None and member["role"] == "adult" and "expected" not in member:
        return [EVER]  # taken as of age
    first, last = _birth_span(member)
    turns = [birthday(on, -years) + step * ONE for on in asked for years in (5, 16, 18) for step in (-1, 0, 1)]
    return sorted({first, last, *(turn for turn in turns if first <= turn <= last)})


def _birth_span(member):
    born = member.get("born")
    if born is None:
        about = member.get("expected")
        return (day(about) - 280 * ONE, day(about) + 28 * ONE) if about else (EVER, NEVER)
    parts = [int(part) for part in born.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if len(parts) == 2:
        return date(*parts, 1), date(*parts, calendar.monthrange(*parts)[1])
    return date(*parts), date(*parts)


def judge(claim):
    """Return the limbs of `crime-asb-education`, which results are met, and the pounds payable."""
    as_of, engaged = day(claim["as_of"]), day(claim["engaged_from"])
    evidence = truth(claim["evidence"])
    present, baseline = six_months_to(as_of), six_months_to(engaged - ONE)
    terms = _last_terms(claim, as_of)
    practice = _practice(claim.get("practice", {}), min(present))
    limbs = {
        "attendance": _each_child(claim, terms, lambda child: attended(claim, evidence, child, terms)),
        "exclusions": _each_child(claim, terms, lambda child: _exclusions(evidence, child, terms)),
        "asb": _fall(claim, evidence, "asb-incident", (present, baseline), 60),
        "offending": _fall(claim, evidence, "offence", (present, baseline), 33),
        "practice": practice,
    }
    people = claim["family"]["members"]
    adults = [member for member in people if member["role"] == "adult" and belongs(member, as_of)]
    met = {
        "crime-asb-education": set(limbs.values()) <= {"met", "not_applicable"}
        and {limbs[name] for name in limbs if name != "practice"} != {"not_applicable"},
        "progress-to-work": practice == "met" and any(_started(evidence, adult, present) for adult in adults),
        "continuous-employment": practice == "met" and any(_works(evidence, a, as_of, present) for a in adults),
    }
    return limbs, met, _payable(met, claim.get("paid", []), as_of)


def _last_terms(claim, as_of):
    terms = sorted({(day(term["from"]), day(term["to"])) for term in claim["terms"]})
    complete = [term for term in terms if term[1] < as_of]
    return complete[-3:] if len(complete) >= 3 else None


def _practice(practice, begin):
    dates = [practice.get(name) for name in PRACTICE]
    if any(found and day(found) >= begin for found in dates):
        return "not_met"
    return "met" if all(dates) else "insufficient"


def _each_child(claim, terms, verdict):
    as_of = day(claim["as_of"])
    children = [m for m in claim["family"]["members"] if m["role"] == "child" and belongs(m, as_of)]
    if terms is None:
        return "insufficient" if children else "not_applicable"
    begin = terms[0][0]
    aged = [{birthday(b, 5) <= begin < birthday(b, 16) for b in births(child, [begin])} for child in children]
    verdicts = [verdict(child) for child in children]
    return one_of(everyone([v for v, pupil in zip(verdicts, world, strict=True) if pupil]) for world in product(*aged))


def everyone(verdicts):
    """One that is not met decides, then one that is open; nobody at all is not applicable."""
    return next((one for one in ("not_met", "insufficient", "met") if one in verdicts), "not_applicable")


def school_days(terms):
    """The days of terms but weekends and bank holidays."""
    return set().union(*(_school_days(first, last) for first, last in terms))


@cache
def _school_days(first, last):
    return {d for d in days(first, last) if d.weekday() < 5 and d not in ENGLAND}


def _later(one, other):
    if one["observed_on"] != other["observed_on"]:
        return one["observed_on"] > other["observed_on"]
    return one.get("recorded", -1) > other.get("recorded", -1) > -1


def _content(item):
    return {name: value for name, value in item.items() if name not in {"id", "recorded", "replaces", "kind"}}


def attended(claim, evidence, child, terms, rate=(("unauthorised",), 15)):
    """Who speaks for each school day; the rate of all who speak, if they speak for every day and for all of theirs."""
    needed = {d for d in school_days(terms) if belongs(child, d)}
    if not needed and not any(belongs(child, d) for first, last in terms for d in days(first, last)):
        return "not_applicable"
    every = [(day(term["from"]), day(term["to"])) for term in claim["terms"]]
    told = {}
    for item in evidence:
        if item["kind"] == "school-attendance" and item.get("member") == child["id"]:
            first, last = day(item["from"]), min(day(item["to"]), day(item["observed_on"]))
            if not any(_content(item) == _content(other) and other["id"] < item["id"] for other in _all(evidence)):
                told[item["id"]] = (item, school_days(every) & days(first, last) if first <= last else set())
    speakers = {}
    for d in school_days(every):
        here = [item for item, its in told.values() if d in its]
        speakers[d] = [one for one in here if not any(o["source"] == one["source"] and _later(o, one) for o in here)]
    if any(len(speakers[d]) != 1 for d in needed):
        return "insufficient"
    counted = {speakers[d][0]["id"] for d in needed}
    for name in counted:
        item, its = told[name]
        if any(item not in speakers[d] for d in its) or sum(bool(its & school_days([term])) for term in set(every)) > 1:
            return "insufficient"
    sessions = sum(told[name][0]["sessions"] for name in counted)
    absences, percent = rate
    missed = sum(told[name][0][absence] for name in counted for absence in absences)
    return "met" if missed * 100 < sessions * percent else "not_met"


def _all(evidence):
    return [item for item in evidence if item["kind"] == "school-attendance"]


def reported(evidence, kind, members):
    """The days of which returns say that all there was of a kind has been reported."""
    told = set()
    for item in evidence:
        if item["kind"] == "return" and item["of"] == kind and item.get("member") in members:
            told |= days(day(item["from"]), min(day(item["to"]), day(item["observed_on"])))
    return told


def _exclusions(evidence, child, terms):
    window = {d for first, last in terms for d in days(first, last) if belongs(child, d)}
    if not window:
        return "not_applicable"
    fixed = [
        item["on"] <= item["observed_on"]
        for item in evidence
        if item["kind"] == "exclusion" and item["type"] == "fixed" and item.get("member") == child["id"]
        if day(item["on"]) in window
    ]
    if sum(fixed) >= 3:
        return "not_met"
    return (
        "met" if len(fixed) < 3 and window <= reported(evidence, "exclusion", {None, child["id"]}) else "insufficient"
    )


def _fall(claim, evidence, kind, windows, percent):
    """The fall in every world: whoever may have been under age, whatever was announced may have happened."""
    present, baseline = windows
    family = {member["id"]: member for member in claim["family"]["members"]}
    choices = []
    for name, member in family.items():
        own = [item for item in evidence if item["kind"] == kind and item.get("member") == name]
        own = [item for item in own if belongs(member, day(item["on"])) and item.get("proven", True)]
        seen, unseen = ([i for i in own if (i["on"] <= i["observed_on"]) == was] for was in (True, False))
        ages = births(member, [day(item["on"]) for item in own]) if kind == "offence" else [None]
        young = lambda item, born: born is None or day(item["on"]) < birthday(born, 18)  # noqa: E731
        choices.append({tuple(day(i["on"]) for i in seen if young(i, born)) for born in ages})
        choices += [{(day(i["on"]),) if young(i, born) else () for born in ages} | {()} for i in unseen]
    told = reported(evidence, kind, {None})
    verdicts = set()
    for world in {_counts(world, present, baseline) for world in product(*choices)}:
        now, before = world
        fallen = now == 0 if before == 0 else (before - now) * 100 >= percent * before
        complete = present <= told
        verdicts.add("insufficient" if fallen and not complete else "met" if fallen else "not_met")
    return one_of(verdicts) if baseline <= told else "insufficient"


def _counts(world, present, baseline):
    on = [d for some in world for d in some]
    return sum(d in present for d in on), sum(d in baseline for d in on)


def spells(evidence, kinds, who):
    """The spells of somebody: each a list of the reports of which one is true."""
    found = []
    reports = [item for item in evidence if item["kind"] in kinds and item.get("member") == who]
    for item in sorted(reports, key=_when):
        for same in (_number, _hours, _no_hours):
            spell = next((spell for spell in found if _one_source(item, spell) and same(item, spell)), None)
            if spell:
                spell.append(item)
                break
        else:
            found.append([item])
    return [_last(spell) for spell in found]


def _when(item):
    return item["observed_on"], item.get("recorded", -1), item.get("to", ""), item.get("spell", ""), item["id"]


def _one_source(item, spell):
    return item["source"] == spell[0]["source"] and item["kind"] == spell[0]["kind"]


def _known(spell, name):
    return next((item[name] for item in reversed(spell) if item.get(name) is not None), None)


def _number(item, spell):
    return item.get("spell") is not None and item["spell"] == _known(spell, "spell")


def _begun_alike(item, spell):
    codes = ("from", "benefit", "status", "service")
    if item.get("spell") is not None and _known(spell, "spell") is not None:
        return False
    return all(item.get(name) == spell[-1].get(name) for name in codes)


def _hours(item, spell):
    return _begun_alike(item, spell) and item.get("hours") == _known(spell, "hours")


def _no_hours(item, spell):
    return _begun_alike(item, spell) and None in (item.get("hours"), _known(spell, "hours"))


def _last(spell):
    newest = [item for item in spell if not any(_later(other, item) for other in spell)]
    return [item for item in newest if item.get("to")] or newest


def seen(item, as_of):
    """The days on which a report has a status held, and seen; an open one speaks until as-of."""
    first = day(item["from"])
    if first > day(item["observed_on"]):
        return set()
    return days(first, min(day(item["to"]), day(item["observed_on"])) if item.get("to") else as_of)


def told(item, as_of):
    """The days on which a report has a status held, seen or not."""
    return days(day(item["from"]), day(item["to"]) if item.get("to") else as_of)


def certain(some, as_of):
    """The days on which every report of a spell has it held, spells together."""
    return set().union(*(set.intersection(*(seen(item, as_of) for item in spell)) for spell in some))


def possible(some, as_of):
    """The days on which any report has a status held."""
    return set().union(*(told(item, as_of) for spell in some for item in spell))


def _started(evidence, adult, present):
    for spell in spells(evidence, ("work-programme", "esf-provision"), adult["id"]):
        begun = {day(item["from"]) for item in spell if item["from"] <= item["observed_on"]}
        if all(day(i["from"]) in begun for i in spell) and all(d in present and belongs(adult, d) for d in begun):
            return True
    return False


def _ends(spell, as_of):
    """When a benefit may have ended, with its code: an end that nobody has seen is none."""
    for item in spell:
        unseen = item.get("to") and item["to"] > item["observed_on"]
        yield (None if not item.get("to") or unseen else day(item["to"])), item["benefit"]


def _works(evidence, adult, as_of, present):
    benefits = spells(evidence, ("out-of-work-benefit",), adult["id"])
    benefits = [spell for spell in benefits if any(day(item["from"]) <= as_of for item in spell)]
    worlds = list(product(*(list(_ends(spell, as_of)) for spell in benefits)))
    if not benefits or any(end is None or end >= as_of for world in worlds for end, _ in world):
        return False
    last = [max(end for end, _ in world) for world in worlds]
    after_jsa = {
        "jsa" in {code for end, code in world if end == ended} for world, ended in zip(worlds, last, strict=True)
    }
    if len(after_jsa) > 1:
        return False
    worked = certain(spells(evidence, ("employment",), adult["id"]), as_of)
    worked -= possible(spells(evidence, ("work-programme", "esf-provision"), adult["id"]), as_of)
    worked = {d for d in worked if d > max(last) and belongs(adult, d)}
    if after_jsa == {True}:
        return len(worked & days(as_of - 209 * ONE, as_of)) >= 182
    run = longest = 0
    for d in sorted(present):
        run = run + 1 if d in worked else 0
        longest = max(longest, run)
    return longest >= 91


def _payable(met, paid, as_of):
    crime, progress, work = "crime-asb-education", "progress-to-work", "continuous-employment"
    amounts = TARIFFS.get(as_of.year if as_of.month >= 4 else as_of.year - 1)
    if amounts is None:
        return 0
    tariff = dict(zip((crime, progress, work), amounts, strict=True))
    before = {}
    for item in paid:
        before[item["result"]] = before.get(item["result"], 0) + item["amount"]
    best = 0
    # A result that was paid nothing, as after a rejection, is not there for progress to stand beside.
    beside = () if before.get(crime) == 0 else ({crime, progress},)
    for group in ({crime}, *beside, {work}):
        if all(met[result] for result in group):
            new = sum(tariff[result] for result in group if result not in before)
            instead_of = sum(amount for result, amount in before.items() if result not in group)
            best = max(best, min(new - instead_of, amounts[2] - sum(before.values())))
    return best
