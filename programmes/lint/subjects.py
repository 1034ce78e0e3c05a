"""Whom a rule looks at: ages that no child has, evidence that no such member has, households without such members."""

from collections.abc import Collection, Iterator

from domain.intake.family_checks import CHILD_UNTIL
from programmes.lint.issues import Issue, Table, entries, number, table
from programmes.lint.source_map import Path

LONGEST_PATH = 3  # years; a child referred at nineteen is twenty-two at the end of it
OLDEST_CHILD = CHILD_UNTIL - 1 + LONGEST_PATH
OLDEST = 110
YOUNGEST_PUPIL = 4  # a reception class takes four-year-olds
OF_PUPILS = ("school-attendance", "exclusion")
OF_CHILDREN = (*OF_PUPILS, "child-status")
MEMBERS = {"each-child": "child", "any-child": "child", "any-adult": "adult"}


def subject_faults(content: Table) -> Iterator[Issue]:
    """Find every rule that looks at nobody, or at evidence that nobody it looks at can have."""
    childless = table(content.get("household")).get("children") == "none"
    roles = ("adult",) if childless else ("adult", "child")
    for n, result in entries(content.get("results")):
        for m, limb in entries(result.get("limbs")):
            yield from _looks(("results", n, "limbs", m, "rule"), table(limb.get("rule")), "family", roles)


def _looks(path: Path, rule: Table, at: str, roles: Collection[str]) -> Iterator[Issue]:
    """Walk down a rule; `at` says whom it is about."""
    kind = str(rule.get("type"))
    whom = MEMBERS.get(kind, "family" if kind == "whole-family" else at)
    yield from _members(path, kind, at, whom, roles)
    yield from _ages(path, rule)
    yield from _of_nobody(path, rule, whom)
    under = number(rule.get("under_age"))
    if under is not None and under > OLDEST:
        yield Issue((*path, "under_age", "value"), f"everybody is under {under}", "leave it out, or correct the age")
    for below, part in _parts(path, rule):
        yield from _looks(below, part, whom, roles)


def _parts(path: Path, rule: Table) -> Iterator[tuple[Path, Table]]:
    yield from (((*path, "rules", n), part) for n, part in entries(rule.get("rules")))
    if rule.get("rule") is not None:
        yield (*path, "rule"), table(rule.get("rule"))
    for n, outcome in entries(rule.get("outcomes")):
        yield (*path, "outcomes", n, "rule"), table(outcome.get("rule"))


def _members(path: Path, kind: str, at: str, whom: str, roles: Collection[str]) -> Iterator[Issue]:
    if kind not in MEMBERS:
        return
    if whom not in roles:
        what = "the pack takes in no family with children, so no child is ever looked at"
        yield Issue((*path, "type"), what, "look at any-adult or whole-family, or correct the household")
    if at != "family":
        what = f"it is in a rule about one {at}, and looks at every {whom} of the family all the same"
        yield Issue((*path, "type"), what, "put the two side by side in all-of, or mean it so", doubtful=True)


def _ages(path: Path, rule: Table) -> Iterator[Issue]:
    ages = table(rule.get("ages"))
    youngest, oldest = number(ages.get("youngest")), number(ages.get("oldest"))
    if youngest is None or oldest is None:
        return
    if youngest > oldest:
        what = f"nobody is {youngest} or older and {oldest} or younger, so this never applies"
        yield Issue((*path, "ages", "oldest", "value"), what, "swap or correct the two ages")
    elif youngest > OLDEST_CHILD:
        what = f"no child is {youngest} or older: a child is under {CHILD_UNTIL} when referred, so this never applies"
        yield Issue((*path, "ages", "youngest", "value"), what, "correct the ages, or look at any-adult")
    elif oldest < YOUNGEST_PUPIL and table(rule.get("rule")).get("of") in OF_PUPILS:
        what = f"no child of {oldest} or younger is at school, so this is never decided"
        yield Issue((*path, "ages", "oldest", "value"), what, "correct the ages, or the evidence")


def _of_nobody(path: Path, rule: Table, whom: str) -> Iterator[Issue]:
    if whom == "adult" and rule.get("of") in OF_CHILDREN:
        what = f"{rule['of']} is of a child, and this looks at an adult, so it is never met by what is known"
        yield Issue((*path, "of"), what, "look at each-child or any-child")
