"""One case a shipped pack: a family that is taken in, families that are kept out and why, and how its path goes."""

from dataclasses import dataclass, field
from typing import Any, Literal

from domain.family import Member
from domain.journey.explain import HOUSEHOLD

MUM, DAD = Member(id="m1", role="adult"), Member(id="m2", role="adult")
CHILD = Member(id="m3", role="child")
By = Literal["criteria", "household", "locality", "cohort", "needs", "referrer"]


@dataclass(frozen=True)
class Out:
    """A family kept out `by` something; `changes` are what sets it apart from the one taken in."""

    by: By
    saying: str
    changes: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A family and its path through one pack; `turns` are what happens between the start and the close."""

    locality: str = "Anywhere"
    referrer: str = "police"
    members: tuple[Member, ...] = (MUM, CHILD)
    criteria: tuple[str, ...] = ()
    cohort: str | None = None
    needs: tuple[str, ...] = ("debt",)
    turns: tuple[str, ...] = ("review", "down", "checks")
    outs: tuple[Out, ...] = field(default=())


def elsewhere(pack: str, *known: str) -> Out:
    return Out("locality", f"{pack} takes no families from Dover; use one of {', '.join(known)}", {"locality": "Dover"})


CHILDLESS = Out("household", HOUSEHOLD["no-child"], {"members": (MUM, DAD)})
NO_CRITERION = Out("criteria", "criteria met: none; needs 1 criterion", {"criteria": ()})
NO_PARTNER = Out("referrer", "it names no partner: use a programme that extends it", {})


def district(name: str, *criteria: str, outs: tuple[Out, ...], **changes: Any) -> Case:
    """A pack of one district of Kent."""
    out = elsewhere(f"kent-{name.lower()}-2011", name)
    return Case(locality=name, referrer="kent-police", criteria=criteria, outs=(out, *outs), **changes)


SWALE = ("parent-in-treatment", "dependent-children", "known-to-police", "known-to-probation")
THANET = ("school-difficulty", "young-person-neet", "parent-with-adult-services")
ADULT = ("ineffective-contact", "homeless", "mental-health")

CASES: dict[str, Case] = {
    # What others extend: it names no partner, so nobody can refer a family to it.
    "base": Case(outs=(NO_PARTNER,)),
    "troubled-families-2012": Case(outs=(NO_PARTNER,)),
    "wirral-2012": Case(
        referrer="merseyside-police",
        criteria=("poverty", "addiction"),
        outs=(Out("criteria", "criteria met: poverty; needs 2 criteria", {"criteria": ("poverty",)}),),
    ),
    "expanded-2015": Case(
        referrer="schools",
        criteria=("school", "health"),
        needs=("school", "health"),
        outs=(Out("criteria", "criteria met: school; needs 2 criteria", {"criteria": ("school",)}), CHILDLESS),
    ),
    "supporting-families-2022": Case(
        referrer="schools",
        members=(MUM,),
        criteria=("expectant-parent",),
        needs=("school-attendance", "exclusion", "debt-or-arrears"),
        outs=(
            Out(
                "needs",
                "criteria met: school-attendance, exclusion; needs 3 criteria",
                {"needs": ("school-attendance", "exclusion")},
            ),
            Out("household", HOUSEHOLD["no-child"], {"criteria": ()}),
        ),
    ),
    "kent-2011": Case(referrer="families-and-social-care", outs=(CHILDLESS,)),
    "kent-swale-2011": district(
        "Swale",
        *SWALE,
        outs=(
            Out("criteria", "required and not met: known-to-probation", {"criteria": SWALE[:3]}),
            Out("household", HOUSEHOLD["too-few-adults"], {"members": (CHILD,)}),
        ),
    ),
    "kent-thanet-2011": district(
        "Thanet",
        *THANET,
        outs=(
            Out(
                "criteria",
                "groups met: worklessness, adult-services (unemployed-adult, young-person-neet, "
                "parent-with-adult-services); needs 3 groups",
                {"criteria": ("unemployed-adult", "young-person-neet", "parent-with-adult-services")},
            ),
            CHILDLESS,
        ),
    ),
    "kent-gravesham-2011": district("Gravesham", "new-community", outs=(NO_CRITERION, CHILDLESS)),
    "kent-shepway-2011": district("Shepway", "worklessness", outs=(NO_CRITERION, CHILDLESS)),
    "kent-canterbury-2011": district("Canterbury", "domestic-violence", outs=(NO_CRITERION, CHILDLESS)),
    "kent-maidstone-2011": district(
        "Maidstone",
        needs=("worklessness", "domestic-violence", "debt"),
        outs=(
            Out("needs", "criteria met: worklessness; needs 2 criteria", {"needs": ("worklessness", "debt")}),
            CHILDLESS,
        ),
    ),
    "essex-family-2011": Case(
        locality="Tendring",
        referrer="essex-county-council",
        criteria=("multiple-problems",),
        needs=("isolation", "housing"),
        outs=(
            elsewhere("essex-family-2011", "Basildon", "Castle Point and Rochford", "Colchester", "Harlow", "Tendring"),
            NO_CRITERION,
            CHILDLESS,
        ),
    ),
    "suffolk-family-networks": Case(
        referrer="suffolk-police",
        criteria=("multiple-problems",),
        turns=("review", "down", "up", "review", "down", "checks"),
        outs=(NO_CRITERION, CHILDLESS),
    ),
    "birmingham-shard-end": Case(
        locality="Shard End",
        referrer="birmingham-health",
        criteria=("complex-needs",),
        cohort="supported",
        needs=("school", "mental-health"),
        outs=(
            elsewhere("birmingham-shard-end", "Shard End"),
            Out("cohort", "is in the comparison group, which gets no key worker", {"cohort": "comparison"}),
            NO_CRITERION,
            CHILDLESS,
        ),
    ),
    "lincolnshire-2011": Case(
        referrer="department-for-work-and-pensions",
        criteria=("complex-needs",),
        outs=(NO_CRITERION, CHILDLESS),
    ),
    "multiple-needs-adults": Case(
        referrer="st-mungos",
        members=(MUM,),
        criteria=ADULT,
        needs=("homeless", "mental-health"),
        outs=(
            Out("criteria", "required and not met: ineffective-contact", {"criteria": (*ADULT[1:], "offending")}),
            Out("criteria", "criteria met: ineffective-contact, homeless; needs 3", {"criteria": ADULT[:2]}),
            Out("household", HOUSEHOLD["has-children"], {"members": (MUM, CHILD)}),
            Out("household", HOUSEHOLD["too-many-people"], {"members": (MUM, DAD)}),
        ),
    ),
    "local-outcomes": Case(
        referrer="voluntary-sector",
        members=(MUM,),
        criteria=("housing", "expectant-parent"),
        outs=(
            NO_CRITERION,
            Out("household", HOUSEHOLD["no-child"], {"criteria": ("housing",)}),
        ),
    ),
}
