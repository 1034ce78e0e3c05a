"""The stages of the path, in the order in which a family goes through them."""

from typing import Literal, get_args

OnPath = Literal[
    "referral",
    "identification",
    "assessment",
    "intervention",
    "step-down",
    "sustained-outcome",
    "closed",
]
Stage = Literal["unreferred", OnPath]

STAGES: tuple[Stage, ...] = get_args(OnPath)
# What a programme may leave out; without the others there is no journey to speak of.
OPTIONAL: tuple[Stage, ...] = ("step-down", "sustained-outcome")


def faults_of(stages: tuple[Stage, ...]) -> list[str]:
    """Return what is wrong with the stages of a programme, each fault with its remedy."""
    faults = []
    missing = [stage for stage in STAGES if stage not in stages and stage not in OPTIONAL]
    if missing:
        faults.append(f"stages leave out {', '.join(missing)}; only {' and '.join(OPTIONAL)} may be left out")
    if list(stages) != [stage for stage in STAGES if stage in stages]:
        faults.append(f"stages are not each once in the order of the path; use {', '.join(STAGES)}")
    if "sustained-outcome" in stages and "step-down" not in stages:
        faults.append("stage sustained-outcome is never reached without step-down; add step-down or leave both out")
    return faults
