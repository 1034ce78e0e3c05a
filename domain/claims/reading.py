"""Reading a claim file: the claim, or every fault of the file at once."""

import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.claims.claim_file import ClaimFile, Pack
from domain.claims.faults import BadClaimFile, across
from domain.evidence import EVIDENCE_KINDS
from domain.evidence_words import spelled
from domain.fault import Fault, fault, in_words, path

_DAY = "write a day of the calendar as YYYY-MM-DD"
_REMEDIES = {
    "missing": "add it",
    "extra_forbidden": "remove it, or correct its name",
    "union_tag_invalid": f"use one of {', '.join(EVIDENCE_KINDS)}",
    "union_tag_not_found": f"add one of {', '.join(EVIDENCE_KINDS)}",
    "date_from_datetime_parsing": _DAY,
    "string_pattern_mismatch": "write a code: small letters, digits and hyphens",
    "too_short": "give at least {min_length}, or leave out a list that may be absent",
    "model_type": "write an object in braces",
    "model_attributes_type": "write an object in braces",
    "int_type": "write a whole number, without quotes",
    "bool_type": "write true or false, without quotes",
}


def read(content: bytes, programmes: Sequence[str] = ()) -> ClaimFile:
    """Return the claim of a claim file, or raise `BadClaimFile` with all of its faults.

    `programmes` names those that are known; empty leaves the name unchecked.
    """
    raw = spelled(_parse(content))
    shape, claim = _shape(raw)
    faults = [*shape, *_programme(raw, programmes), *across(raw)]
    if claim is None or faults:
        raise BadClaimFile(faults)
    return claim


def fit(claim: ClaimFile, pack: Pack) -> None:
    """Raise `BadClaimFile` where the claim names results that the pack does not have, or is of another pack.

    A decision under other rules is another decision, so it is refused rather than told with a warning that is lost
    when the answer is read by a program. Whoever wants one asks for it, by taking the hash out.
    """
    known = [result.name for result in pack.results]
    faults = [
        *_other_pack(claim, pack),
        *(
            fault(f"paid[{n}].result", paid.result, f"{pack.name} has no such result", f"use one of {', '.join(known)}")
            for n, paid in enumerate(claim.paid)
            if paid.result not in known
        ),
    ]
    if faults:
        raise BadClaimFile(faults)


def _other_pack(claim: ClaimFile, pack: Pack) -> Iterator[Fault]:
    if claim.programme != pack.name:
        yield fault("programme", claim.programme, f"the pack given is {pack.name}", "give the pack of this programme")
    elif claim.programme_hash not in {None, pack.hash}:
        yield fault(
            "programme_hash",
            claim.programme_hash,
            f"decided under another version of {pack.name}; the one here has hash {pack.hash[:12]}",
            "give the pack it was decided under with --pack (export writes it with its own --pack), or take "
            "programme_hash out of the file to judge it by the one here",
        )


def _programme(raw: object, known: Sequence[str]) -> Iterator[Fault]:
    name = raw.get("programme") if isinstance(raw, Mapping) else None
    if known and isinstance(name, str) and name not in known:
        yield fault("programme", name, "no such programme", f"use one of {', '.join(known)}")


def _parse(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadClaimFile([fault(place, None, error.msg, "write the file as JSON")]) from error
    except UnicodeDecodeError as error:
        raise BadClaimFile(
            [fault(f"byte {error.start}", None, "not text in UTF-8", "save the file as UTF-8")]
        ) from error
    except RecursionError as error:
        raise BadClaimFile([fault("file", None, "nested too deeply", "write the file as a claim file")]) from error


def _shape(raw: object) -> tuple[list[Fault], ClaimFile | None]:
    try:
        return [], ClaimFile.model_validate(raw)
    except ValidationError as error:
        return [_from_pydantic(details) for details in error.errors(include_url=False)], None


def _from_pydantic(details: ErrorDetails) -> Fault:
    place, kind = details["loc"], details["type"]
    if place[:1] == ("evidence",):
        place = (*place[:2], *place[3:])
    if kind.startswith("union_tag"):
        place = (*place, "kind")
    found = details["input"]
    value = found.get("kind") if kind.startswith("union_tag") and isinstance(found, Mapping) else found
    return fault(path(place) or "file", None if kind == "missing" else value, *in_words(details, _REMEDIES))
