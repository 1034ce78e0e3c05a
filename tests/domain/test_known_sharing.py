"""A lawful basis names partners and purposes that an agreement knows; what is mistyped is asked about."""

import pytest

from domain.errors import Rejected
from domain.journey.guards import known_criteria, known_sharing
from programmes import load

WIRRAL = load("wirral-2012")


def test_a_basis_of_the_agreements_is_taken():
    """What an agreement names is taken, without partners too; a pack without agreements knows no names."""
    known_sharing(("wirral-schools",), "family-support", WIRRAL)
    known_sharing((), "family-support", WIRRAL)
    known_sharing(("anybody",), "anything", load("base"))


@pytest.mark.parametrize(
    ("partners", "purpose", "code", "meant"),
    [
        (("wirral-shools",), "family-support", "unknown-partner", "wirral-schools"),
        ((), "familysupport", "unknown-purpose", "family-support"),
    ],
)
def test_a_mistyped_basis_is_refused(partners: tuple[str, ...], purpose: str, code: str, meant: str):
    """A partner or a purpose that no agreement names is refused, with the one that was probably meant."""
    with pytest.raises(Rejected) as refused:
        known_sharing(partners, purpose, WIRRAL)
    assert (refused.value.code, f"did you mean {meant}?" in refused.value.remedy) == (code, True)


def test_a_mistyped_criterion_is_asked_about():
    """The remedy names the near one first, and then all that there are."""
    with pytest.raises(Rejected) as refused:
        known_criteria(("povrety",), WIRRAL)
    assert refused.value.remedy.startswith("did you mean poverty? Otherwise use one or more of poverty, ")
