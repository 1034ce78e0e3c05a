"""Families that no rule can take in: too many criteria asked, households that cannot be, cohorts without help."""

from collections.abc import Iterator

from domain.programme.local_scheme import COMPARISON
from programmes.lint.issues import Issue, Table, entries, nearest, table, tables, words


def family_faults(content: Table) -> Iterator[Issue]:
    """Find what keeps every family out."""
    eligibility = table(content.get("eligibility"))
    if eligibility:
        yield from _eligibility(eligibility)
    yield from _household(table(content.get("household")))
    yield from _cohorts(table(content.get("cohorts")))
    yield from _places(content)
    yield from _needs(content)


def _eligibility(eligibility: Table) -> Iterator[Issue]:
    criteria, asked = entries(eligibility.get("criteria")), eligibility.get("at_least")
    counting = str(eligibility.get("counting", "criteria"))
    ids = [str(criterion.get("id")) for _, criterion in criteria]
    groups = {str(criterion["group"]) for _, criterion in criteria if "group" in criterion}
    listed = len(groups) if counting == "groups" else len(ids)
    if isinstance(asked, int) and asked > listed and "criteria" in eligibility:
        what = f"at least {asked} {counting} are asked and {listed} listed, so no family is ever eligible"
        yield Issue(("eligibility", "at_least"), what, f"ask for {listed} or fewer, or list more")
    for n, name in words(eligibility.get("required")):
        if name not in ids:
            yield Issue(("eligibility", "required", n), f"no criterion is called {name!r}", nearest(name, ids))
    for n, criterion in criteria:
        if counting == "groups" and "group" not in criterion:
            what = f"groups are counted, and {criterion.get('id')} is in none"
            yield Issue(("eligibility", "criteria", n), what, "give it a group")


def _household(household: Table) -> Iterator[Issue]:
    most, adults = household.get("people_at_most"), household.get("adults_at_least", 0)
    excused, children = household.get("or_criterion"), household.get("children", "any")
    needed = adults + (children == "required" and excused is None) if isinstance(adults, int) else 0
    if isinstance(most, int) and needed > most:
        what = f"at most {most} people are allowed and {needed} needed, so no family is ever taken"
        yield Issue(("household", "people_at_most"), what, f"allow {needed} or more")
    if excused is not None and children != "required":
        what = f"{excused} is allowed in place of children, which are not required"
        yield Issue(("household", "or_criterion"), what, 'set children = "required", or leave it out')


def _cohorts(cohorts: Table) -> Iterator[Issue]:
    names = words(cohorts.get("names"))
    if names and all(name == COMPARISON for _, name in names):
        what = "every family falls into the comparison cohort, so none is ever helped"
        yield Issue(("cohorts", "names"), what, "add the cohort that is helped")


def _places(content: Table) -> Iterator[Issue]:
    places, each = table(content.get("places")), table(content.get("caseload")).get("families")
    workers, families = places.get("key_workers"), places.get("families")
    if not (isinstance(workers, int) and isinstance(families, int) and isinstance(each, int)):
        return
    if workers * each < families:
        what = f"{workers} key workers with {each} families each hold {workers * each}, so {families} are never reached"
        yield Issue(("places", "families"), what, "correct places or caseload", doubtful=True)


def _needs(content: Table) -> Iterator[Issue]:
    """Find needs without an outcome, where the outcome of every need is asked for."""
    for _, rule in tables(content.get("results"), ("results",)):
        if rule.get("type") != "each-need":
            continue
        shown = {need for _, outcome in entries(rule.get("outcomes")) for _, need in words(outcome.get("needs"))}
        for n, need in entries(content.get("needs")):
            if need.get("id") not in shown:
                what = f"no outcome shows {need.get('id')}, so no result of a family with this need is ever met"
                yield Issue(("needs", n, "id"), what, "add an outcome for it, or mean it so", doubtful=True)
