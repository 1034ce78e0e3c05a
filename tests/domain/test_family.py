"""The family reference: random, and safe against one mistyped symbol."""

from random import Random
from re import fullmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from domain.family import ALPHABET, is_reference, spell
from wiring.references import new_reference

bodies = st.text(st.sampled_from(ALPHABET), min_size=7, max_size=7)


def symbols_of(body):
    return body + mod_37_36.calc_check_digit(body, alphabet=ALPHABET)


@given(bodies)
def test_every_single_mistyped_symbol_is_caught(body):
    """Changing any one of the eight symbols, the check symbol too, makes a reference that is refused."""
    symbols = symbols_of(body)
    assert is_reference(spell(symbols))
    slips = [
        spell(symbols[:place] + other + symbols[place + 1 :])
        for place in range(8)
        for other in ALPHABET
        if other != symbols[place]
    ]
    assert [slip for slip in slips if is_reference(slip)] == []


def test_nearly_every_swap_of_neighbours_is_caught():
    """Of all different neighbours changed round in two thousand references, fewer than one in a hundred slips by."""
    random = Random(2012)
    swaps = [
        spell(symbols[:place] + symbols[place + 1] + symbols[place] + symbols[place + 2 :])
        for symbols in (symbols_of("".join(random.choices(ALPHABET, k=7))) for _ in range(2000))
        for place in range(7)
        if symbols[place] != symbols[place + 1]
    ]
    assert sum(map(is_reference, swaps)) / len(swaps) < 0.01


def test_new_references_are_well_formed_and_differ():
    """References drawn at random match the published pattern, check, and do not repeat in a thousand."""
    drawn = [new_reference() for _ in range(1000)]
    assert len(set(drawn)) == 1000
    assert [reference for reference in drawn if not is_reference(reference)] == []
    assert drawn == [
        reference for reference in drawn if fullmatch(rf"F-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", reference)
    ]


def test_a_reference_is_written_in_one_way_only():
    """Lower case, other hyphens, or no prefix: a right check symbol alone does not make a reference."""
    right = spell(symbols_of("7K3Q9D2"))
    wrong = [right.lower(), right[2:], right.replace("-", ""), right[:6] + right[7:], right + "-", " " + right]
    assert [is_reference(text) for text in (right, *wrong)] == [True] + [False] * 6


@pytest.mark.parametrize(
    "text",
    ["", "F-", "F-2222", "f-7k3q-9d2x", "7K3Q-9D2X", "F-7K3Q9D2X", "F-7K3Q-9D2X-", "F-0OIL-1U00", "F--2222222", "🙂"],
)
def test_what_is_no_reference_is_refused_without_a_fuss(text):
    """Anything that is not written as a reference is told apart without an error."""
    assert not is_reference(text)
