"""A second opinion on `troubled-families-2012`: naive sets of days over the raw JSON, sharing no code with `domain`."""

import calendar
from datetime import date, timedelta

ONE = timedelta(days=1)
TARIFFS = {2012: (700, 100, 800), 2013: (1500, 100, 1600), 2014: (2300, 100, 2400)}
PRACTICE = ("lawful_basis_on", "key_worker_from", "assessed_on", "plan_on", "first_contact_on")


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


def judge(claim):
    """Return the limbs of `crime-asb-education`, which results are met, and the pounds payable."""
    as_of, engaged = day(claim["as_of"]), day(claim["engaged_from"])
    evidence = list({item["id"]: item for item in claim["evidence"]}.values())
    present, baseline = six_months_to(as_of), six_months_to(engaged - ONE)
    terms = _last_terms(claim, as_of)
    practice = _practice(claim.get("practice", {}), min(present))
    limbs = {
        "attendance": _each_child(claim, terms, lambda child: _attendance(evidence, child, terms)),
        "exclusions": _each_child(claim, terms, lambda child: _exclusions(evidence, child, terms)),
        "asb": _fall(evidence, "asb-incident", (present, baseline), 60, lambda _: True),
        "offending": _fall(evidence, "offence", (present, baseline), 33, lambda item: _by_minor(claim, item)),
        "practice": practice,
    }
    adults = [member["id"] for member in claim["family"]["members"] if member["role"] == "adult"]
    met = {
        "crime-asb-education": set(limbs.values()) <= {"met", "not_applicable"},
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
    children = [member for member in claim["family"]["members"] if member["role"] == "child"]
    if terms is None:
        return "insufficient" if children else "not_applicable"
    begin = terms[0][0]
    aged = [c for c in children if birthday(day(c["born"]), 5) <= begin < birthday(day(c["born"]), 16)]
    verdicts = [verdict(child["id"]) for child in aged]
    for decisive in ("not_met", "insufficient", "met"):
        if decisive in verdicts:
            return decisive
    return "not_applicable"


def _attendance(evidence, child, terms):
    sessions = missed = 0
    for first, last in terms:
        found = [
            item
            for item in evidence
            if item["kind"] == "school-attendance" and item.get("member") == child
            if day(item["from"]) == first and day(item["to"]) == last
        ]
        if not found:
            return "insufficient"
        sessions += sum(item["sessions"] for item in found)
        missed += sum(item["unauthorised"] for item in found)
    return "met" if missed * 20 < sessions * 3 else "not_met"


def _reported(evidence, kind, members):
    reported = set()
    for item in evidence:
        if item["kind"] == "return" and item["of"] == kind and item.get("member") in members:
            reported |= days(day(item["from"]), day(item["to"]))
    return reported


def _exclusions(evidence, child, terms):
    window = set().union(*(days(first, last) for first, last in terms))
    fixed = [
        item
        for item in evidence
        if item["kind"] == "exclusion" and item["type"] == "fixed" and item.get("member") == child
        if day(item["on"]) in window
    ]
    if len(fixed) >= 3:
        return "not_met"
    return "met" if window <= _reported(evidence, "exclusion", {None, child}) else "insufficient"


def _by_minor(claim, item):
    born = {member["id"]: day(member["born"]) for member in claim["family"]["members"]}
    return item["proven"] and day(item["on"]) < birthday(born[item["member"]], 18)


def _fall(evidence, kind, windows, percent, counts):
    present, baseline = windows
    on = [day(item["on"]) for item in evidence if item["kind"] == kind and counts(item)]
    now, before = sum(d in present for d in on), sum(d in baseline for d in on)
    reported = _reported(evidence, kind, {None})
    fallen = now == 0 if before == 0 else (before - now) * 100 >= percent * before
    if not baseline <= reported:
        return "insufficient"
    if not present <= reported:
        return "insufficient" if fallen else "not_met"
    return "met" if fallen else "not_met"


def _of(evidence, kinds, adult):
    """The spells of an adult: of reports with the same beginning and benefit, the one that was observed last."""
    last = {}
    for item in evidence:
        if item["kind"] in kinds and item.get("member") == adult:
            spell = (item["kind"], item["from"], item.get("benefit"))
            rank = (item["observed_on"], item.get("to", ""), item["id"])
            last[spell] = max(last.get(spell, ((), None)), (rank, item), key=lambda pair: pair[0])
    return [item for _, item in last.values()]


def _started(evidence, adult, present):
    return any(day(item["from"]) in present for item in _of(evidence, ("work-programme", "esf-provision"), adult))


def _days_of(items, as_of):
    found = set()
    for item in items:
        found |= days(day(item["from"]), min(day(item["to"]), as_of) if item.get("to") else as_of)
    return found


def _works(evidence, adult, as_of, present):
    benefits = [item for item in _of(evidence, ("out-of-work-benefit",), adult) if day(item["from"]) <= as_of]
    if not benefits or any(not item.get("to") or day(item["to"]) >= as_of for item in benefits):
        return False
    ended = max(day(item["to"]) for item in benefits)
    worked = _days_of(_of(evidence, ("employment",), adult), as_of)
    worked -= _days_of(_of(evidence, ("work-programme", "esf-provision"), adult), as_of)
    worked = {d for d in worked if d > ended}
    if "jsa" in {item["benefit"] for item in benefits if day(item["to"]) == ended}:
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
    for group in ({crime}, {crime, progress}, {work}):
        if all(met[result] for result in group):
            new = sum(tariff[result] for result in group if result not in before)
            instead_of = sum(amount for result, amount in before.items() if result not in group)
            best = max(best, min(new - instead_of, amounts[2] - sum(before.values())))
    return best
