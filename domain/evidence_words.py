"""The words a partner chooses in evidence (`action`, `benefit`, `service`, `spell`), held to be codes where they enter.

Decided here:

- They stay in the journal for ever, so a sentence is refused at every door. What was stored before is read as it
  stands, whatever it says: the rule is no part of the stored models.
- Case and spaces around a word are a way of writing, not another code: `JSA` is `jsa`.
- In a claim file that a person wrote, spaces and underscores between are too, and nothing is refused for its form: the
  file stays with whoever wrote it.
- A file with a `programme_hash` was exported from the ledger, which judged its words as they stand.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from domain.evidence import MODELS

WORDS = ("action", "benefit", "service", "spell")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FAULT = PydanticCustomError(
    "no_code", "not a code; write small letters, digits and dashes, 40 at most, such as jsa"
)  # its value is never told, for it may be a sentence about somebody


def coded(kind: object, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of evidence as they may enter; raise `ValidationError` for a word of its kind that is no code."""
    codes = {name: _folded(value) for name, value in fields.items() if name in _words(kind) and isinstance(value, str)}
    wrong = [name for name, word in codes.items() if not _CODE.fullmatch(word)]
    if wrong:
        faults = [InitErrorDetails(type=_FAULT, loc=(name,), input=None) for name in wrong]
        raise ValidationError.from_exception_data("evidence", faults, hide_input=True)
    return {**fields, **codes}


def spelled(claim: object) -> object:
    """Return a claim file as it is read: the words of its evidence as codes, wherever that makes one of them."""
    if not isinstance(claim, Mapping) or claim.get("programme_hash") is not None:
        return claim
    listed = claim.get("evidence")
    return {**claim, "evidence": [_spelled(item) for item in listed]} if isinstance(listed, list) else claim


def _spelled(item: object) -> object:
    if not isinstance(item, Mapping):
        return item
    return {name: _word(value) if name in _words(item.get("kind")) else value for name, value in item.items()}


def _word(value: object) -> object:
    word = re.sub(r"[\s_]+", "-", _folded(value)) if isinstance(value, str) else ""
    return word if _CODE.fullmatch(word) else value


def _folded(text: str) -> str:
    return text.strip().casefold()


def _words(kind: object) -> set[str]:
    """Return which words a kind of evidence has; a field that it does not know is dropped, not judged."""
    model = MODELS.get(kind) if isinstance(kind, str) else None
    return set(WORDS) & model.model_fields.keys() if model else set()
