"""One model of a fault, and one set of words for what pydantic finds."""

from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError, field_validator

from domain.fault import Fault, cut, fault, in_words, path


class Form(BaseModel):
    """One field of each kind."""

    name: str = Field(default="x", min_length=2)
    number: int = 1
    on: date | None = None
    role: Literal["adult", "child"] = "adult"
    few: Annotated[list[int], Field(min_length=1)] = [1]
    code: str = Field(default="a", pattern="^[a-z]$")
    even: int = 0

    @field_validator("even")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            reason = "the number is odd; double it" if value == 1 else "odd"
            raise ValueError(reason)
        return value


@pytest.mark.parametrize(
    ("given", "remedies", "expected"),
    [
        ({"name": "a"}, None, ("too short", "write 2 characters at least")),
        ({"name": "a"}, {"string_too_short": "{min_length} or more"}, ("too short", "2 or more")),
        ({"number": "many"}, None, ("not a whole number", "write it in digits")),
        ({"number": "many"}, {"int_parsing": "count"}, ("not a whole number", "count")),
        ({"role": "aunt"}, None, ("not one that is known", "use one of 'adult' or 'child'")),
        ({"few": []}, None, ("too few", "give 1 at least")),
        ({"even": 1}, None, ("the number is odd", "double it")),
        ({"even": 3}, None, ("odd", "correct it")),
        ({"code": "7"}, None, ("String should match pattern '^[a-z]$'", "correct it")),
        ({"code": "7"}, {"string_pattern_mismatch": "write as {pattern}"}, (None, "write as ^[a-z]$")),
    ],
)
def test_what_pydantic_finds_is_said_in_words(given, remedies, expected):
    """Reason and remedy are the same at every door, but for a remedy that one kind of file has of its own."""
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(given)
    reason, remedy = in_words(caught.value.errors()[0], remedies)
    assert (expected[0] and reason, remedy) == expected


def test_a_fault_on_one_line():
    """Field, value, reason and remedy are one line; without a value nothing is in brackets; a long one is cut."""
    assert str(fault("as_of", "then", "not a day", "correct it")) == 'as_of ("then"): not a day; correct it'
    assert str(Fault(field="as_of", value="", reason="missing", remedy="give it")) == "as_of: missing; give it"
    assert (cut(None), len(cut("x" * 100))) == ("", 63)


def test_a_place_as_a_person_says_it():
    """Names are joined by points, numbers are in brackets."""
    assert (path(("evidence", 3, "member")), path(())) == ("evidence[3].member", "")
