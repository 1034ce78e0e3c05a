"""Questions of identity at the shell: the facts side by side, and the answers as flags."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.core import output as write
from cli.core.errors import BAD_INPUT, Trouble, plain

PANEL = "If it may be a known family"
ANSWERS = {
    "same-as": "They are the same people as in that family, and the referral is about that family.",
    "not-the-same": "They are other people: keep the two families apart.",
    "joins": "The referral is about that family, but they are other people, who join it.",
    "left": "They are the same people, who have left that family and now form another.",
    "also-of": "They are the same people, who belong to that family and to another.",
}
COLUMNS = ("fact", "of the referral", "known", "")
IN_FILE = ("family_no", "reference", "answer", "why")
LIKE = f"write {','.join(IN_FILE)} as its first line, and below W1,F-...,ANSWER,WHY with one of {', '.join(ANSWERS)}"
SAID = {"agrees": "agrees", "looks-alike": "nearly the same", "contradicts": "contradicts", "silent": ""}


def given(answers: Mapping[str, Sequence[str] | None], why: str | None) -> list[dict[str, str]]:
    """Return the answers as the gateway takes them; raise `Trouble` where they lack a reason."""
    told = [(answer, reference) for answer, references in answers.items() for reference in references or ()]
    if told and not why:
        raise Trouble(
            "the answer has no reason", "add --why and a code, such as --why other-number", exit_code=BAD_INPUT
        )
    return [{"reference": reference, "answer": answer, "why": why or ""} for answer, reference in told]


def show_questions(questions: Sequence[dict[str, Any]], whose: str = "", *, err: bool = True) -> None:
    """Show each question: every fact of a referral beside the one that is known."""
    for question in questions:
        title = f"{whose}{question['reference']} ({question['journey']})"
        write.table(plain(title), COLUMNS, _rows(question), err=err)


def read_answers(file: Path) -> list[dict[str, str]]:
    """Read a file of answers about the families of a file; raise `Trouble` where it is none."""
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    except OSError as fault:
        raise Trouble(f"{file} cannot be read ({fault.strerror})", "check the path", exit_code=BAD_INPUT) from fault
    except (UnicodeDecodeError, csv.Error) as fault:
        raise Trouble(f"{file} is not CSV in UTF-8", "save it as CSV UTF-8", exit_code=BAD_INPUT) from fault
    for line, row in enumerate(rows, start=2):
        faulty = [name for name in IN_FILE if not (row.get(name) or "").strip()]
        if faulty:
            raise Trouble(f"{file}, line {line}: {faulty[0]} is missing", LIKE, exit_code=BAD_INPUT)
        if row["answer"].strip() not in ANSWERS:
            raise Trouble(f"{file}, line {line}: {plain(row['answer'])} is not an answer", LIKE, exit_code=BAD_INPUT)
    return [{name: row[name].strip() for name in IN_FILE} for row in rows]


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
