"""Questions of identity at the shell: the facts side by side, and the answers as flags."""

from collections.abc import Mapping, Sequence
from typing import Any

from cli.core import output as write
from cli.core.errors import BAD_INPUT, Trouble, plain

PANEL = "If it may be a family we know"
ANSWERS = {
    "same-as": "They are the people of that family whom they are like, and the referral is of that family.",
    "not-the-same": "They are other people: keep both apart.",
    "joins": "The referral is of that family, but they are not those whom they are like: they join it.",
    "left": "They are the same people, who have left that family and are another one now.",
    "also-of": "They are the same people, who are of that family and of another one.",
}
COLUMNS = ("family", "fact", "of the referral", "known", "")
SAID = {"agrees": "agrees", "looks-alike": "nearly the same", "contradicts": "contradicts", "silent": ""}


def given(answers: Mapping[str, Sequence[str] | None], why: str | None) -> list[dict[str, str]]:
    """Return the answers as the gateway takes them; raise `Trouble` where they lack a reason."""
    told = [(answer, reference) for answer, references in answers.items() for reference in references or ()]
    if told and not why:
        raise Trouble(
            "the answer lacks its reason", "add --why and a code, such as --why other-number", exit_code=BAD_INPUT
        )
    return [{"reference": reference, "answer": answer, "why": why or ""} for answer, reference in told]


def show_questions(trouble: Trouble) -> None:
    """Show what a referral was refused for as a question: every fact of it beside the one that is known."""
    questions = trouble.told.get("questions", []) if isinstance(trouble.told, dict) else []
    for question in questions:
        write.remark_of_error(f"{question['reference']} ({plain(question['journey'])})")
        write.table("", COLUMNS[1:], _rows(question), err=True)


def _rows(question: dict[str, Any]) -> list[tuple[object, ...]]:
    people = [
        (f"person {each['line']}, {each['member']}: ", fact) for each in question["people"] for fact in each["facts"]
    ]
    facts = [*people, ("", question["address"])]
    rows: list[tuple[object, ...]] = [
        (f"{whose}{fact['field']}", fact.get("referred"), fact.get("known"), SAID[fact["agreement"]])
        for whose, fact in facts
        if fact["agreement"] != "silent" or fact.get("referred") or fact.get("known")
    ]
    return [*rows, *(("not in the referral", None, who, "") for who in question.get("missing", ()))]
