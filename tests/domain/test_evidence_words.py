"""The words a partner chooses in evidence: codes where they enter, one spelling in a claim file that a person wrote."""

import pytest
from pydantic import ValidationError

from domain.evidence_words import coded, spelled

WORDS = {
    "asb-incident": "action",
    "out-of-work-benefit": "benefit",
    "service-involvement": "service",
    "employment": "spell",
}
SENTENCE = "Told Wren Nobody to stop"


@pytest.mark.parametrize("wrong", [SENTENCE, "wren.nobody", "", "  ", "-abc", "a" * 41, "abc\n\nabc", "café"])
@pytest.mark.parametrize("kind", WORDS)
def test_a_word_that_enters_is_a_code(kind, wrong):
    """A sentence is refused with the field, the fault and the remedy, and is not quoted."""
    with pytest.raises(ValidationError) as caught:
        coded(kind, {WORDS[kind]: wrong})
    (told,) = caught.value.errors()
    assert told["loc"] == (WORDS[kind],)
    assert told["msg"] == "not a code; write small letters, digits and dashes, 40 at most, such as jsa"
    assert SENTENCE not in f"{caught.value} {told}"


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("written", ["JSA", " jsa ", "jsa"])
def test_a_code_that_enters_has_one_spelling(kind, written):
    """Case and spaces around a code make no other code of it, and all else enters as it is."""
    fields = {WORDS[kind]: written, "on": "2013-01-01", "note": SENTENCE}
    assert coded(kind, fields) == {WORDS[kind]: "jsa", "on": "2013-01-01", "note": SENTENCE}


@pytest.mark.parametrize(
    ("kind", "fields"), [("offence", {"action": SENTENCE}), ("asb-incident", {"action": 7}), (None, {}), (["x"], {})]
)
def test_what_a_kind_does_not_hold_is_not_judged(kind, fields):
    """A field that the kind drops, and what is no text at all, are left to the model of the kind."""
    assert coded(kind, fields) == fields


def claim(word, **more):
    """Write a claim file with one benefit, as JSON is read."""
    return {"programme": "p", **more, "evidence": [{"kind": "out-of-work-benefit", "benefit": word, "member": "A B"}]}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("jsa", "jsa"),
        (" JSA ", "jsa"),
        ("Carers Allowance", "carers-allowance"),
        ("carers_allowance", "carers-allowance"),
        ("café", "café"),
        ("a" * 41, "a" * 41),
        (7, 7),
    ],
)
def test_a_claim_file_of_a_person_has_one_spelling(written, read):
    """What makes a code is read as that code, anything else stays as it stands; other fields are left alone."""
    assert spelled(claim(written)) == claim(read)


def test_a_claim_file_of_the_ledger_is_read_as_it_stands():
    """An exported file names its pack by hash: what was judged as it stood is judged so again."""
    assert spelled(claim("JSA", programme_hash="abc")) == claim("JSA", programme_hash="abc")


@pytest.mark.parametrize(
    "raw", [[], "x", {}, {"evidence": "x"}, {"evidence": ["x", {"kind": "offence"}, {"kind": []}]}]
)
def test_a_file_of_the_wrong_shape_passes(raw):
    """What is no claim file is left to those who tell of its faults."""
    assert spelled(raw) == raw
