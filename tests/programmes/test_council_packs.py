"""What an analyst of a council gets wrong in a pack of his own is told at its line and column, with what to do."""

import pytest
from pack_help import BEFORE, EVALUATED, HEAD, MONTHS, S, agreement, count, marked, notice, number, rule

from programmes.lint.check import examine

LINES = S.replace(", ", "\n") + "\n"
SIMPLE = count("fewer-than", 1)
STEPS = '"lawful_basis_on", "key_worker_from", "assessed_on", "plan_on", "first_contact_on"'
AUTUMN, SPRING, SUMMER = ("2025-09-02", "2025-12-19"), ("2026-01-05", "2026-03-27"), ("2026-04-13", "2026-07-21")
AUDIT = f"[audit]\npercent = 10\n{LINES}"
NEEDS = ", ".join(f'{{ id = {need}, title = "N", headline = "n", {S} }}' for need in ('"health"', '▸"work"'))


def each(whom, of, ages=""):
    return f'{{ type = ▸"{whom}", rule = {of}{ages} }}'


def child(of, ages=""):
    return each("each-child", of, ages).replace("▸", "", 1)


def adult(of):
    return each("any-adult", of).replace("▸", "", 1)


def aged(youngest, oldest):
    return f", ages = {{ youngest = {number(youngest)}, oldest = {number(oldest)}, on_first_day_of = {MONTHS} }}"


def rate(terms, threshold=None):
    window = f'{{ type = "last-terms", n = {number(terms)} }}'
    head = '{ type = "rate", of = "school-attendance", absences = ["unauthorised"], compare = "below", window = '
    return f"{head}{window}, threshold = {threshold or number(15)} }}"


def held(of, more="", name="held"):
    days = "" if name == "not-held" else f", days = {number(5)}"
    return f'{{ type = "{name}", of = {of}{days}, window = {MONTHS}{more} }}'


def benefits(*codes):
    return adult(held('"out-of-work-benefit"', f', where = {{ field = "benefit", any_of = [{", ".join(codes)}] }}'))


def offences(where):
    return count("fewer-than", 1, more=f", where = {{ {where} }}")


def year(*terms, name="2025-26", area='"default"', mark=""):
    rows = ", ".join(f"{{ from = {first}, to = {last} }}" for first, last in terms).replace("{", mark + "{", 1)
    return f"[[terms]]\narea = {area}\nschool_year = {name if '▸' in name else repr(name)}\n{LINES}terms = [{rows}]\n"


def result(name, more="", practice=STEPS, span=MONTHS):
    limb = f'[[results.limbs]]\nname = "l"\ntitle = "L"\nrule = {SIMPLE}\n'
    steps = f'[results.practice]\ntype = "dates-before"\ndates = [{practice}]\nwindow = {span}\n' if practice else ""
    return f'[[results]]\nname = {name}\ntitle = "R"\n{more}\n{limb}{steps}'


def tariff(first="2026-04-01", last="2027-03-31", pays=5, most=9):
    return f"[[results.tariffs]]\nfrom = {first}\nto = {last}\npays = {number(pays)}\nmaximum = {number(most)}\n"


def window(label, opens, closes, mark=""):
    return f'[[{mark}windows]]\nlabel = "{label}"\nopens = {opens}\ncloses = {closes}\n{LINES}'


OPEN = window("a", "2026-10-01", "2026-10-31") + AUDIT
PAID = EVALUATED + result('"one"') + tariff()


def months(*told):
    return f"[evaluations]▸\nmonths = [{', '.join(map(str, told))}]\n{LINES}".replace("[e", "[▸e").replace("]▸", "]")


FAULTS = {
    "more terms than are known": (rule(child(rate("▸4"))) + year(AUTUMN, SPRING, SUMMER), "knows 3", "3 or fewer"),
    "a term of another year": (
        rule(child(rate(1))) + year(AUTUMN, name="2026-27", mark="▸"),
        "not lie in the school year 2026-27",
        "correct its days",
    ),
    "years that do not follow": (
        rule(child(rate(1))) + year(AUTUMN, name='▸"2025-28"'),
        "2025-28 is no school year",
        "follow each other",
    ),
    "years that overlap": (
        rule(child(rate(1)))
        + year(AUTUMN, ("2026-04-13", "2026-08-14"))
        + year(("2026-08-12", "2026-12-18"), name="2026-27", mark="▸"),
        "begins on 2026-08-12, before the term",
        "correct one",
    ),
    "a benefit in capitals": (rule(benefits('▸"JSA"')), "never 'JSA'", 'write "jsa"'),
    "a benefit in words": (rule(benefits('▸"Income Support"')), "small letters", 'write "income-support"'),
    "ages no child has": (rule(child(SIMPLE, aged("▸40", 50))), "no child is 40 or older", "look at any-adult"),
    "pupils in nappies": (rule(child(rate(1), aged(0, "▸3"))) + year(AUTUMN), "at school", "correct the ages"),
    "an age everybody is under": (
        rule(count("fewer-than", 1, more=f", under_age = {number('▸180')}")),
        "everybody is under 180",
        "leave it out",
    ),
    "an adult at school": (
        rule(adult(count("fewer-than", 1, of='▸"exclusion"'))),
        "exclusion is of a child",
        "look at each-child",
    ),
    "no children to look at": (
        f'household = {{ children = "none", {S} }}\n' + rule(each("each-child", SIMPLE)),
        "takes in no family with children",
        "any-adult",
    ),
    "a member of one family": (
        rule(offences('field = ▸"member", any_of = ["a1"]')),
        "a pack is about every family",
        "another field",
    ),
    "a field that is no code": (rule(offences('field = ▸"on", any_of = ["soon"]')), "holds no code", "other days"),
    "true as text": (rule(offences('field = "proven", any_of = [▸"true"]')), "never 'true'", "true without quotes"),
    "nothing is paid": (PAID.replace("value = 5", "value = ▸0", 2) + OPEN, "never claimed", "out"),
    "beside what never pays": (
        EVALUATED + result('"one"') + result('"two"', 'beside = [▸"one"]') + tariff() + OPEN,
        "on no day do both pay",
        "a tariff of the same days",
    ),
    "beside what pays in other years": (
        EVALUATED
        + result('"one"')
        + tariff("2025-04-01", "2026-03-31")
        + result('"two"', 'beside = [▸"one"]')
        + tariff()
        + OPEN,
        "on no day do both pay",
        "take one out",
    ),
    "windows that overlap": (
        PAID + window("b", "2026-10-15", "2026-11-30", "▸") + OPEN,
        "",
        "each day has one answer",
    ),
    "a window before any money": (
        PAID + window("b", "2025-10-01", "2025-10-31", "▸") + OPEN,
        "before any result pays",
        "add a tariff",
    ),
    "an agreement backwards": (
        agreement("police", "[]", "valid_from = 2026-01-01\nvalid_to = ▸2025-01-01\npurposes = []\ncategories = []\n"),
        "before it begins",
        "swap",
    ),
    "a status nobody vouches for": (
        rule(held('▸"child-status"', name="not-held")) + agreement("care", '["child-status"]'),
        "may send `return`",
        "add return",
    ),
    "steps before there was a key worker": (
        rule(
            '{ type = "dates-before", dates = ["key_worker_from"], window = '
            + BEFORE.replace("type = ", "type = ▸")
            + " }"
        ),
        "never dated before this window",
        "use last-months",
    ),
    "an evaluation before the start": (months(-3, 6) + rule(SIMPLE).split("\n", 1)[1], "positive", "[6, 9, 12]"),
    "evaluations out of order": (months(12, 6) + rule(SIMPLE).split("\n", 1)[1], "ascending", "[6, 9, 12]"),
    "a percentage as a fraction": (
        rule(child(rate(1, number("▸0.15")))) + year(AUTUMN),
        "found 0.15",
        "as 15, not 0.15",
    ),
    "a number without its source": (
        rule(child(rate(1, "▸15"))) + year(AUTUMN),
        "the number 15 has no source",
        "write { value = 15, source",
    ),
    "a number that may change, without source": (
        rule(child(rate(1, '▸{ value = 15, confidence = "verified" }'))) + year(AUTUMN),
        "source is missing",
        "where it was read",
    ),
    "a number that may change, misspelt": (
        rule(child(rate(1, f"{{ value = 15, {S}, ▸thn = [] }}"))) + year(AUTUMN),
        "unknown key thn",
        "did you mean then?",
    ),
    "a number that never changes": (
        rule(child(rate(1, f"{{ value = 15, {S}, then = ▸[] }}"))) + year(AUTUMN),
        "too few",
        "at least 1",
    ),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_cannot_be_right_is_a_fault(kind, tmp_path):
    """It is told once and alone, at its line and column, in words that name it and say what to do."""
    text, what, remedy = FAULTS[kind]
    plain, places = marked(HEAD + text)
    (tmp_path / "pack.toml").write_text(plain)
    faults = examine(tmp_path / "pack.toml").faults
    assert [(fault.line, fault.column) for fault in faults] == places, faults
    assert what in faults[0].reason
    assert remedy in faults[0].remedy


WARNINGS = {
    "no terms": (rule(child(rate("▸2"))), "knows no school terms"),
    "terms of another area": (
        'area = "kent"\n' + rule(SIMPLE) + year(AUTUMN, area='▸"kent-thanet"'),
        "the pack's area is kent",
    ),
    "terms that nothing reads": (rule(SIMPLE) + year(AUTUMN, area='▸"kent"'), "the pack's area is any"),
    "a year as a term": (rule(SIMPLE) + year(("2025-09-02", "2026-07-21"), mark="▸"), "a term of 323 days"),
    "half terms": (
        rule(SIMPLE)
        + year(
            ("2025-09-02", "2025-10-24"),
            ("2025-11-03", "2025-12-19"),
            SPRING,
            ("2026-04-13", "2026-05-22"),
            ("2026-06-01", "2026-07-21"),
        ).replace("terms = [", "terms = ▸["),
        "5 terms in one school year",
    ),
    "a term left out": (
        rule(SIMPLE) + year(AUTUMN, SUMMER).replace(f"{{ from = {SUMMER[0]}", f"▸{{ from = {SUMMER[0]}"),
        "more than three months lie between",
    ),
    "money after the last term": (
        EVALUATED
        + result('"one"').replace(SIMPLE, child(rate(1)))
        + tariff().replace("to = 2027", "to = ▸2027")
        + year(AUTUMN)
        + OPEN,
        "the terms known end on 2025-12-19",
    ),
    "a benefit nobody knows": (rule(benefits('"jsa"', '▸"jsaa"')), "jsaa is no benefit we know"),
    "a member within a member": (
        rule(adult(each("each-child", SIMPLE))),
        "looks at every child of the family all the same",
    ),
    "a need without outcome": (
        f"needs = [{NEEDS}]\n"
        + rule(f'{{ type = "each-need", outcomes = [{{ needs = ["health"], rule = {SIMPLE} }}] }}'),
        "no outcome shows work",
    ),
    "money for no work": (
        EVALUATED + result('▸"one"', practice='"plan_on"') + tariff() + OPEN,
        "paid for without lawful_basis_on, key_worker_from, assessed_on, first_contact_on",
    ),
    "two maxima": (
        PAID + result('"two"', 'beside = ["one"]') + tariff(pays=1, most="▸8") + OPEN,
        "maxima of 8 and 9 pounds",
    ),
    "more than the maximum together": (
        PAID + result('"two"', 'beside = ["one"]') + tariff(pays=5, most="▸9") + OPEN,
        "pay 10 pounds together, of which 9",
    ),
    "money without a window": (PAID.replace("[[results]]", "[[▸results]]"), "never submitted"),
    "a window without money": (
        rule(SIMPLE) + window("a", "2026-10-01", "2026-10-31", "▸") + AUDIT,
        "no result of the pack pays",
    ),
    "money after the last window": (
        PAID + tariff("2027-04-01", "2028-03-31").replace("[[", "[[▸") + OPEN,
        "the last claim window closes before 2027-04-01",
    ),
    "a window long after the money": (
        PAID + window("b", "2029-01-01", "2029-01-31", "▸") + OPEN,
        "the last tariff ended on 2027-03-31",
    ),
    "evaluated too soon": (
        f"evaluations = {{ months = [3], {S} }}\n" + result('"one"', span=MONTHS.replace("= 6", "= ▸6")),
        "the last evaluation is 3 months in",
    ),
    "nobody to be told by": (
        agreement("police", "[]") + notice('"family-identified"', '▸"police"'),
        "names a channel",
    ),
}


@pytest.mark.parametrize("kind", WARNINGS)
def test_what_may_be_meant_is_a_warning(kind, tmp_path):
    """It is told at its place, and the pack is sound all the same."""
    text, what = WARNINGS[kind]
    plain, places = marked(HEAD + text)
    (tmp_path / "pack.toml").write_text(plain)
    faults, warnings = examine(tmp_path / "pack.toml")
    assert faults == ()
    assert [(fault.line, fault.column) for fault in warnings] == places, warnings
    assert what in warnings[0].reason
    assert warnings[0].remedy
