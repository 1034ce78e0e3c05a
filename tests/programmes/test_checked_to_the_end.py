"""What once made the check of a pack break off, or passed it, is told as a fault."""

import pytest
from pack_help import EVALUATED, HEAD, MONTHS, S, number, rule

from programmes.lint.check import examine


def year(name: str, last: str = "2026-12-18") -> str:
    """Write one school year of one term."""
    return (
        f'[[terms]]\narea = "default"\nschool_year = "{name}"\n{S.replace(", ", chr(10))}\n'
        f"[[terms.terms]]\nfrom = 2026-09-01\nto = {last}\n"
    )


LAST_TERMS = MONTHS.replace("last-months", "last-terms")
RATE = (
    f'{{ type = "rate", of = "school-attendance", absences = ["unauthorised"], window = {LAST_TERMS}, '
    f'compare = "below", threshold = {number(15)} }}'
)
TARIFF = f"[[results.tariffs]]\nfrom = 2026-09-01\nto = 2027-09-01\npays = {number(1)}\nmaximum = {number(9)}\n"
LATER = year("2027-28", "9999-12-18").replace("2026-09-01", "9999-12-01")
WHERE = '{{ type = "count", of = "exclusion", where = {{ field = "type", none_of = {} }} }}'
CLOCK = f'[[clocks]]\nowner = "holder"\nescalate_to = "manager"\nwork = "plan"\nwithin = {{ months = 1, {S} }}\n'


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (year("0000-01"), "0000-01 is no school year"),
        (year("2026-27").replace('"default"', '["a"]'), "not a text"),
        (year("99999-00"), "99999-00 is no school year"),
        (year("9999-00"), "9999-00 is no school year"),
        (year("²-03"), "²-03 is no school year"),
        (rule(RATE) + TARIFF + year("2026-27", "9999-12-31"), "does not lie in the school year"),
        (year("2026-27", "9999-11-30") + LATER, "does not lie in the school year"),
        (rule(WHERE.format('[["a"]]')), "is never ['a']"),
        (rule(WHERE.format("[{ x = 1 }]")), "is never {'x': 1}"),
        (EVALUATED.replace("[6]", "[9, 6]"), "evaluation months must be positive and ascending"),
        (EVALUATED.replace("[6]", "[0, 6]"), "evaluation months must be positive and ascending"),
        (CLOCK + 'ladder = [{ at = 0 }, { at = 0, to = "manager" }]\n', "comes on the day 0 as ladder[0] does"),
        (
            CLOCK + 'ladder = [{ at = 0, every = 5, until = 10 }, { at = 5, to = "manager" }]\n',
            "comes on the day 5 as ladder[0] does",
        ),
        (CLOCK + 'ladder = [{ at = 5 }, { at = 5, to = "manager" }]\n', "5 is listed twice"),
    ],
)
def test_what_once_broke_the_check_or_passed_it_is_told(text, what, tmp_path):
    """School years that are none, terms at the end of the calendar, lists in lists, and rungs that cross are told."""
    (tmp_path / "pack.toml").write_text(HEAD + text, encoding="utf-8")
    assert [fault.reason for fault in examine(tmp_path / "pack.toml").faults if what in fault.reason]


@pytest.mark.parametrize(
    "ladder",
    [
        '[{ at = 0 }, { at = 0, escalate = true, to = "manager" }]',
        '[{ at = 0, every = 5, until = 10 }, { at = 4, to = "manager" }]',
    ],
)
def test_rungs_that_do_not_cross_are_none_of_its_concern(ladder, tmp_path):
    """A reminder and an escalation of one day both go out, as do rungs of different days."""
    (tmp_path / "pack.toml").write_text(f"{HEAD}{CLOCK}ladder = {ladder}\n", encoding="utf-8")
    assert examine(tmp_path / "pack.toml").faults == ()


def test_a_purpose_that_is_no_text_is_told(tmp_path):
    """A notice whose purpose is a table is a fault of its shape, and breaks the check off nowhere."""
    agreement = '[[agreements]]\npartner = "police"\npurposes = ["family-support"]\n'
    notice = '[[notices]]\nevent = "family-identified"\npartners = ["police"]\npurpose = {}\n'
    (tmp_path / "pack.toml").write_text(HEAD + agreement + notice, encoding="utf-8")
    assert "notices[0].purpose" in [fault.field for fault in examine(tmp_path / "pack.toml").faults]
