"""Packs for the checks: a sound beginning, and text whose faults are marked where they stand."""

from programmes.lint.source_map import Place

MARK = "▸"
S = 'source = "s", confidence = "unverified"'
HEAD = 'name = "pack"\nversion = "1"\ntitle = "A pack"\nsource = "the tests"\n'
EVALUATED = f"evaluations = {{ months = [6], {S} }}\n"
MONTHS = f'{{ type = "last-months", n = {{ value = 6, {S} }} }}'
BEFORE = f'{{ type = "months-before-engagement", n = {{ value = 6, {S} }} }}'


CHECK_CLOCK = '[[clocks]]\nowner = "holder"\nescalate_to = "manager"\nwork = ▸"check"\nladder = [{ at = 0 }]\n'


def number(value: object) -> str:
    """Write a number with its source."""
    return f"{{ value = {value}, {S} }}"


def rule(text: str) -> str:
    """Write a pack of one result with one limb, whose rule is `text`."""
    return (
        f'{EVALUATED}[[results]]\nname = "r"\ntitle = "R"\n[[results.limbs]]\nname = "l"\ntitle = "L"\nrule = {text}\n'
    )


def count(compare: str, threshold: object, of: str = '"offence"', more: str = "") -> str:
    """Write a count."""
    limit = number(threshold)
    return f'{{ type = "count", of = {of}, window = {MONTHS}, compare = "{compare}", threshold = {limit}{more} }}'


def agreement(partner: str, kinds: str, more: str = 'purposes = ["p"]\ncategories = ["stage"]\n') -> str:
    """Write an agreement from 2012 on."""
    head = f'[[agreements]]\npartner = "{partner}"\nkinds = {kinds}\nlawful_basis = "public-task"\n'
    return f'{head}source = "s"\nconfidence = "unverified"\n{more}' + ("" if "valid_from" in more else SINCE)


SINCE = "valid_from = 2012-01-01\n"


def notice(event: str, partner: str, purpose: str = '"p"', categories: str = '["stage"]') -> str:
    """Write a notice."""
    head = f"[[notices]]\nevent = {event}\npartners = [{partner}]\npurpose = {purpose}\ncategories = {categories}\n"
    return f'{head}source = "s"\nconfidence = "unverified"\n'


def marked(text: str) -> tuple[str, list[Place]]:
    """Return a text without its marks, and the places they marked."""
    places = []
    for number_, line in enumerate(text.split("\n"), start=1):
        parts = line.split(MARK)
        places += [Place(number_, len("".join(parts[: n + 1])) + 1) for n in range(len(parts) - 1)]
    return text.replace(MARK, ""), places
