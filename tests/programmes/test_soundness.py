"""Each kind of fault of a pack is told at its exact line and column, with what to do; a sound pack has none."""

import pytest
from pack_help import (
    BEFORE,
    EVALUATED,
    HEAD,
    MONTHS,
    SINCE,
    S,
    agreement,
    count,
    marked,
    notice,
    number,
    rule,
)

from programmes.lint.check import examine

CRITERIA = f'criteria = [{{ id = "a", title = "A", {S} }}, {{ id = "b", title = "B", {S} }}]\n'
CLOCK = '[[clocks]]\nowner = "holder"\nescalate_to = "manager"\n'
CHECKS = f"checks = {{ months = [6, 12], grace_months = 1, {S} }}\n"
JOB = f'type = "held", of = "employment", days = {number(5)}, window = {MONTHS}'
HELD = '{{ type = "held", of = "employment", days = {{ value = ▸{days}, {s} }}, window = {window} }}'
TWO = '[[results]]\nname = "{name}"\ntitle = "R"\n{more}\n[[results.limbs]]\nname = "l"\ntitle = "L"\nrule = {rule}\n'
SIMPLE = count("fewer-than", 1)


def result(name, more=""):
    return TWO.format(name=name, more=more, rule=SIMPLE)


def tariff(first, last, mark="▸", pays=1, maximum="9"):
    most = number(maximum)
    return f"[[results.tariffs]]{mark}\nfrom = {first}\nto = {last}\npays = {number(pays)}\nmaximum = {most}\n"


def found(tmp_path, text):
    (tmp_path / "pack.toml").write_text(text)
    return examine(tmp_path / "pack.toml")


FAULTS = {
    "syntax": (HEAD + "area = ▸\n", "Invalid value", "TOML"),
    "unknown key": (HEAD + '▸titel = "A"\n', "unknown key titel", "did you mean title?"),
    "unknown key in a rule": (
        HEAD + rule(count("fewer-than", 1, more=", ▸wehre = 1")),
        "unknown key wehre",
        "did you mean where?",
    ),
    "missing key": (
        HEAD + "[▸eligibility]\nat_least = 1\n" + S.replace(", ", "\n") + "\n",
        "criteria is missing",
        "add",
    ),
    "wrong type": (HEAD + f'[caseload]\nfamilies = ▸"ten"\n{S.replace(", ", chr(10))}\n', "'ten'", "whole number"),
    "too small": (HEAD + f"[caseload]\nfamilies = ▸0\n{S.replace(', ', chr(10))}\n", "0", "give 1 or more"),
    "no day": (HEAD + agreement("police", "[]", 'valid_from = ▸"soon"\n'), "'soon'", "2012-04-01"),
    "unknown word": (HEAD + 'nation = ▸"ENGLAND"\n', "unknown value 'ENGLAND'", "did you mean ENG?"),
    "missing source": (
        HEAD + 'caseload = ▸{ families = 10, confidence = "verified" }\n',
        "source is missing",
        "say where it was read",
    ),
    "a blank source": (
        HEAD + 'caseload = { families = 10, source = ▸"  ", confidence = "verified" }\n',
        "too short",
        "must not be empty",
    ),
    "missing confidence of a rule's number": (
        HEAD
        + rule(
            SIMPLE.replace('{ value = 1, source = "s", confidence = "unverified" }', '▸{ value = 1, source = "s" }')
        ),
        "confidence is missing",
        "verified, secondary or unverified",
    ),
    "unknown kind of a rule": (
        HEAD + rule(count("fewer-than", 1, of='▸"ofence"')),
        "unknown evidence kind 'ofence'",
        "did you mean offence?",
    ),
    "unknown kind of an agreement": (
        HEAD + agreement("police", '["offence", ▸"gossip"]'),
        "unknown evidence kind 'gossip'",
        "use one of school-attendance",
    ),
    "unknown type of rule": (HEAD + rule('{ type = ▸"coutn" }'), "unknown type 'coutn'", "did you mean count?"),
    "no type of rule": (HEAD + rule("▸{ n = 1 }"), "type is missing", "add one of"),
    "a count below nothing": (HEAD + rule(count("fewer-than", "▸0")), "no count is fewer than 0", "fewer than 1"),
    "a rate below nothing": (
        HEAD
        + rule(
            '{ type = "rate", of = "school-attendance", absences = ["unauthorised"], compare = "below", window = '
            + MONTHS.replace("months", "terms")
            + f", threshold = {number('▸0')} }}"
        ),
        "no rate is below 0%",
        "below 1%",
    ),
    "a rate above everything": (
        HEAD
        + rule(
            '{ type = "rate", of = "school-attendance", absences = ["unauthorised"], compare = "above", window = '
            + MONTHS.replace("months", "terms")
            + f", threshold = {number('▸100')} }}"
        ),
        "no rate is above 100%",
        "above 99%",
    ),
    "a fall to the same days": (
        HEAD
        + rule(
            f'{{ type = "fall", of = "offence", window = {BEFORE}, '
            f"at_least_percent = {number(1)}, baseline = ▸{BEFORE} }}"
        ),
        "the same days",
        "other days",
    ),
    "a status longer than its window": (
        HEAD + rule(HELD.format(days=185, s=S, window=MONTHS)),
        "never holds more than 184",
        "184 days or fewer",
    ),
    "more days than the days looked at": (
        HEAD + rule(HELD.format(days=8, s=S, window=MONTHS.replace("last-months", "last-days"))),
        "never holds more than 6",
        "6 days or fewer",
    ),
    "a status that must not be held": (
        HEAD + rule(f'{{ {JOB}, not_while = [▸"employment"] }}'),
        "no day of employment counts while on employment",
        "take it out",
    ),
    "a status after its own end": (
        HEAD + rule(f'{{ {JOB}, since_end_of = {{ of = ▸"employment" }} }}'),
        "no employment is held once the last employment has ended",
        "name the other status",
    ),
    "an outcome of no need": (
        HEAD
        + f'needs = [{{ id = "health", title = "H", headline = "h", {S} }}]\n'
        + rule(f'{{ type = "each-need", outcomes = [{{ needs = ["health", ▸"healht"], rule = {SIMPLE} }}] }}'),
        "no need is called 'healht'",
        "did you mean health?",
    ),
    "more rules than there are": (
        HEAD + rule(f'{{ type = "at-least", n = {number("▸2")}, rules = [{SIMPLE}] }}'),
        "2 rules are asked of 1",
        "ask for 1 or fewer",
    ),
    "ages that nobody has": (
        HEAD
        + rule(
            f'{{ type = "each-child", rule = {SIMPLE}, ages = {{ youngest = {number(12)}, '
            f"on_first_day_of = {MONTHS}, oldest = {number('▸5')} }} }}"
        ),
        "nobody is 12 or older and 5 or younger",
        "swap",
    ),
    "an age that nobody is under": (
        HEAD + rule(count("fewer-than", 1, more=f", under_age = {number('▸0')}")),
        "nobody is under 0",
        "above 0",
    ),
    "a value that evidence never has": (
        HEAD + rule(count("at-least", 1, '"exclusion"', ', where = { field = "type", any_of = [▸"fxed"] }')),
        "type of exclusion is never 'fxed'",
        "did you mean fixed?",
    ),
    "a limit that leaves nothing": (
        HEAD + rule(count("at-least", 1, more=', where = { field = "proven", none_of = ▸[true, false] }')),
        "no offence is left",
        "leave at least one",
    ),
    "counts that exclude each other": (
        HEAD + rule(f'{{ type = "all-of", rules = [{count("at-least", 2)}, {count("fewer-than", "▸2")}] }}'),
        "fewer than 2 and at least 2 of the same",
        "correct one",
    ),
    "a kind that no partner may send": (
        HEAD + rule(count("fewer-than", 1, of='▸"offence"')) + agreement("police", '["asb-incident", "return"]'),
        "no agreement lets any partner send offence",
        "add offence to the kinds",
    ),
    "a count that no return can close": (
        HEAD + rule(count("fewer-than", 1, of='▸"offence"')) + agreement("police", '["offence"]'),
        "may send `return`",
        "add return to the kinds",
    ),
    "an event that never happens": (
        HEAD + agreement("police", "[]") + notice('▸"stepped-dwon"', '"police"'),
        "no event is called 'stepped-dwon'",
        "did you mean stepped-down?",
    ),
    "an event of which nobody is told": (
        HEAD + agreement("police", "[]") + notice('▸"family-erased"', '"police"'),
        "nothing is sent about a family once it is erased",
        "leave the notice out",
    ),
    "a partner without agreement": (
        HEAD + agreement("police", "[]") + notice('"stepped-down"', '"referrer", ▸"polcie"'),
        "there is no agreement with polcie",
        "did you mean police?",
    ),
    "a purpose never agreed": (
        HEAD + agreement("police", "[]") + notice('"stepped-down"', '"police"', purpose='▸"q"'),
        "no agreement with police allows the purpose q",
        "use one of p; or agree it",
    ),
    "a purpose no referrer has": (
        HEAD + agreement("police", "[]") + notice('"stepped-down"', '"referrer"', purpose='▸"q"'),
        "no agreement with any partner allows the purpose q",
        "use one of p; or agree it",
    ),
    "a category never agreed": (
        HEAD + agreement("police", "[]") + notice('"stepped-down"', '"police"', categories='["stage", ▸"dates"]'),
        "no agreement with police allows the category d",
        "leave it out",
    ),
    "categories never agreed together": (
        HEAD
        + agreement("police", "[]", f'purposes = ["p"]\ncategories = ["stage"]\nvalid_to = 2013-01-01\n{SINCE}')
        + agreement("police", "[]", 'purposes = ["p"]\ncategories = ["dates"]\nvalid_from = 2014-01-01\n')
        + notice('"stepped-down"', '"police"', categories='▸["stage", "dates"]'),
        "no one agreement with police allows all",
        "leave some out",
    ),
    "agreements that overlap": (
        HEAD
        + agreement("police", "[]")
        + agreement("police", "[]").replace("[[", "[[▸").replace(SINCE, "valid_from = 2013-01-01\n"),
        "begins on 2013-01-01, before the agreement with police",
        "correct one",
    ),
    "beside a result that is none": (
        HEAD + EVALUATED + result("one") + result("two", 'beside = [▸"oen"]'),
        "no result is called 'oen'",
        "did you mean one?",
    ),
    "instead of itself": (
        HEAD + EVALUATED + result("one", 'instead_of = [▸"one"]'),
        "one is named in its own instead_of",
        "take it out",
    ),
    "results that shut each other out": (
        HEAD + EVALUATED + result("one", 'instead_of = ["two"]') + result("two", 'beside = ▸["one"]'),
        "one pays instead of two, yet two needs both paid",
        "correct beside or instead_of",
    ),
    "a result whose neighbours exclude each other": (
        HEAD + EVALUATED + result("a", 'instead_of = ["b"]') + result("b") + result("c", 'beside = ▸["a", "b"]'),
        "a pays instead of b, yet c needs both paid",
        "correct beside or instead_of",
    ),
    "tariffs that overlap": (
        HEAD
        + EVALUATED
        + result("one")
        + tariff("2012-04-01", "2013-03-31", "")
        + tariff("2013-03-31", "2014-03-31", "").replace("[[", "[[▸"),
        "begins on 2013-03-31, before the tariff from 2012-04-01 ends",
        "correct one",
    ),
    "a tariff above its maximum": (
        HEAD + EVALUATED + result("one") + tariff("2012-04-01", "2013-03-31", "", pays=10, maximum="▸9"),
        "never add up to more than 9",
        "correct pays or maximum",
    ),
    "a tariff before every agreement": (
        HEAD
        + EVALUATED
        + agreement("police", '["offence", "return"]')
        + result("one")
        + tariff("2010-04-01", "2011-03-31", "").replace("[[", "[[▸"),
        "2010-04-01 to 2011-03-31 lies outside every agreement",
        "add an agreement",
    ),
    "criteria that no family has enough of": (
        HEAD + f"[eligibility]\nat_least = ▸3\n{CRITERIA}{S.replace(', ', chr(10))}\n",
        "at least 3 criteria are asked and 2 listed",
        "ask for 2 or fewer",
    ),
    "a required criterion that is none": (
        HEAD + f'[eligibility]\nat_least = 1\nrequired = ["a", ▸"c"]\n{CRITERIA}{S.replace(", ", chr(10))}\n',
        "no criterion is called 'c'",
        "use one of a, b",
    ),
    "a criterion outside the groups that count": (
        HEAD
        + f'[eligibility]\nat_least = 1\ncounting = "groups"\n{S.replace(", ", chr(10))}\n'
        + f'criteria = [{{ id = "a", title = "A", group = "g", {S} }}, ▸{{ id = "b", title = "B", {S} }}]\n',
        "groups are counted, and b is in none",
        "give it a group",
    ),
    "a household that cannot be": (
        HEAD
        + f'[household]\nchildren = "required"\nadults_at_least = 1\npeople_at_most = ▸1\n{S.replace(", ", chr(10))}\n',
        "at most 1 people are allowed and 2 needed",
        "allow 2 or more",
    ),
    "nothing to stand in place of": (
        HEAD + f'[household]\nor_criterion = ▸"a"\n{S.replace(", ", chr(10))}\n',
        "is allowed in place of children, which are not required",
        "leave it out",
    ),
    "nobody is helped": (
        HEAD + f'cohorts = {{ names = ▸["comparison"], {S} }}\n',
        "none is ever helped",
        "add the cohort that is helped",
    ),
    "the same criterion twice": (
        HEAD
        + f"[eligibility]\nat_least = 1\n{S.replace(', ', chr(10))}\n"
        + CRITERIA.replace('{ id = "b"', '▸{ id = "a"'),
        "a is listed twice; the first is criteria[0]",
        "remove one",
    ),
    "two clocks for one work": (
        HEAD
        + CLOCK
        + f'work = "plan"\nladder = [{{ at = 0 }}]\nwithin = {{ months = 1, {S} }}\n'
        + CLOCK.replace("[[", "[[▸")
        + f'work = "plan"\nladder = [{{ at = 0 }}]\nwithin = {{ months = 1, {S} }}\n',
        "plan is listed twice; the first is clocks[0]",
        "remove one",
    ),
    "the same limb twice": (
        HEAD + rule(SIMPLE) + '[[▸results.limbs]]\nname = "l"\ntitle = "L"\nrule = ' + SIMPLE + "\n",
        "l is listed twice",
        "remove one",
    ),
    "a rung before its work": (
        HEAD
        + CLOCK
        + f'work = "plan"\nladder = [{{ at = 0 }}, {{ at = ▸-5 }}]\nwithin = {{ working_days = 5, {S} }}\n',
        "at most 5 working days ahead, so no rung at -5 is ever reached",
        "use -4 or later",
    ),
    "a rung before its month": (
        HEAD + CLOCK + f'work = "plan"\nladder = [{{ at = ▸-23 }}]\nwithin = {{ months = 1, {S} }}\n',
        "at most 23 working days ahead",
        "use -22 or later",
    ),
    "a clock for checks without checks": (
        HEAD + CLOCK + 'work = ▸"check"\nladder = [{ at = 0 }]\n',
        "without checks, check is never owed",
        "add checks",
    ),
    "results that nothing evaluates": (
        HEAD + "[[▸results]]\n" + rule(SIMPLE).split("\n", 2)[2],
        "nothing ever evaluates these results",
        "add evaluations",
    ),
    "stages out of order": (
        HEAD + 'stages = ▸["referral", "assessment", "identification", "intervention", "closed"]\n',
        "in the order of the path",
        "use referral, identification",
    ),
    "a stage that no journey reaches": (
        HEAD
        + 'stages = ▸["referral", "identification", "assessment", "intervention", "sustained-outcome", "closed"]\n',
        "sustained-outcome is never reached without step-down",
        "add step-down",
    ),
    "an unknown stage": (
        HEAD + 'stages = ["referral", ▸"identify", "identification", "assessment", "intervention", "closed"]\n',
        "unknown value 'identify'",
        "did you mean identification?",
    ),
    "a clock for a stage left out": (
        HEAD
        + 'stages = ["referral", "identification", "assessment", "intervention", "step-down", "closed"]\n'
        + CLOCK
        + f'work = ▸"regression-response"\nladder = [{{ at = 0 }}]\nwithin = {{ months = 1, {S} }}\n',
        "leaves out sustained-outcome, so regression-response never comes",
        "add sustained-outcome",
    ),
    "a notice for a stage left out": (
        HEAD
        + 'stages = ["referral", "identification", "assessment", "intervention", "closed"]\n'
        + agreement("police", "[]")
        + notice('▸"stepped-down"', '"police"'),
        "leaves out step-down, so stepped-down never comes",
        "add step-down",
    ),
    "checks for a stage left out": (
        HEAD
        + 'stages = ["referral", "identification", "assessment", "intervention", "step-down", "closed"]\n'
        + CHECKS.replace("= {", "= ▸{"),
        "no check is ever made",
        "add the stage",
    ),
    "another's name": ('name = ▸"other"\n' + HEAD.split("\n", 1)[1], "the pack calls itself other", 'name = "pack"'),
    "no name": ("▸" + HEAD.split("\n", 1)[1], "name is missing", "add name"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_fault_is_told_at_its_place(kind, tmp_path):
    """It is told once and alone, at its line and column, in words that name it and say what to do."""
    text, what, remedy = FAULTS[kind]
    plain, places = marked(text)
    faults = found(tmp_path, plain).faults
    assert [(fault.line, fault.column) for fault in faults] == places, faults
    assert what in faults[0].reason
    assert remedy in faults[0].remedy


def test_every_fault_is_told_at_once(tmp_path):
    """A pack with five faults of shape and meaning is told of all five, in the order of their lines."""
    text = HEAD + "▸titel = 1\n" + rule(count("fewer-than", "▸0", of='▸"gossip"'))
    text += notice('▸"never"', '▸"nobody"')
    plain, places = marked(text)
    assert [(fault.line, fault.column) for fault in found(tmp_path, plain).faults] == places


WARNINGS = {
    "a count that is always met": (HEAD + rule(count("at-least", "▸0")), "every count is at least 0"),
    "a word that is listed twice": (HEAD + agreement("police", '["offence", ▸"offence"]'), "offence is listed twice"),
    "results that are none": (HEAD + EVALUATED.replace("= {", "= ▸{"), "no results to evaluate"),
    "notices of a pack to be extended": (
        HEAD + notice('"stepped-down"', '"referrer"').replace("[[", "[[▸"),
        "no partner is ever sent anything",
    ),
    "checks without a clock": (HEAD + CHECKS.replace("= {", "= ▸{"), "nobody is reminded"),
    "more families than anyone holds": (
        HEAD + f"caseload = {{ families = 10, {S} }}\nplaces = {{ key_workers = 2, families = ▸21, {S} }}\n",
        "2 key workers with 10 families each hold 20, so 21 are never reached",
    ),
}


@pytest.mark.parametrize("kind", WARNINGS)
def test_what_may_be_meant_is_a_warning(kind, tmp_path):
    """What looks wrong and may be meant so is told at its place, and the pack is sound all the same."""
    text, what = WARNINGS[kind]
    plain, places = marked(text)
    faults, warnings = found(tmp_path, plain)
    assert faults == ()
    assert [(fault.line, fault.column) for fault in warnings] == places
    assert what in warnings[0].reason
