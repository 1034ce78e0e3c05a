"""A referral asked for step by step, for whoever sits at a terminal; every answer is judged by the gateway's rules."""

from collections.abc import Callable, Iterable
from typing import Any

import typer

from cli.journeys.identity import ANSWERS

HOUSEHOLD = {
    "referrer": "Who refers the family (a partner)",
    "locality": "District or ward",
    "referred_on": "Day of the referral (empty: today)",
    "criteria": "Criteria met, separated by commas",
    "address": "Address (may be empty)",
    "postcode": "Postcode (may be empty)",
    "uprn": "UPRN of the household (may be empty)",
}
PERSON = {
    "role": "Role (adult or child)",
    "surname": "Surname (may be empty)",
    "forename": "Forename (may be empty)",
    "date_of_birth": "Date of birth (a month or a year will do; empty: not known)",
}
IDENTIFIERS = {"nhs_number": "NHS number", "upn": "UPN", "nino": "NI number", "police_urn": "Police URN"}
DAYS = ("referred_on", "date_of_birth")

Day = Callable[[str], str]
Form = dict[str, Any]


def form(day: Day) -> Form:
    """Ask for the household and its people; `day` reads a day as it is said."""
    told: Form = {name: _ask(name, question, day) for name, question in HOUSEHOLD.items()}
    told["members"] = [_person(1, day)]
    while typer.confirm("Another person?", default=False, err=True):
        told["members"].append(_person(len(told["members"]) + 1, day))
    return told


def mended(told: Form, faults: Iterable[dict[str, Any]], day: Day) -> Form:
    """Ask again for what was refused, and only for that."""
    for fault in faults:
        column, number = fault["field"], int(fault["line"])
        typer.echo(f"{fault['reason']}; {fault['remedy']}", err=True)
        if column in HOUSEHOLD:
            told[column] = _ask(column, HOUSEHOLD[column], day)
        else:
            question = f"Person {number}: {(PERSON | IDENTIFIERS).get(column, column)}"
            told["members"][number - 1][column] = _ask(column, question, day)
    return told


def answered(told: Form, questions: Iterable[dict[str, Any]]) -> Form:
    """Ask who the people are who may be of a known family."""
    for question in questions:
        typer.echo(question["reason"], err=True)
        for code, meaning in ANSWERS.items():
            typer.echo(f"  {code}: {meaning}", err=True)
        answer = _ask("answer", f"{question['reference']}: which of these", str)
        why = _ask("why", "Why, as a code such as other-number", str)
        told["answers"] = [*told.get("answers", []), {"reference": question["reference"], "answer": answer, "why": why}]
    return told


def _person(number: int, day: Day) -> dict[str, str]:
    typer.echo(f"Person {number}", err=True)
    person = {name: str(_ask(name, f"  {question}", day)) for name, question in PERSON.items()}
    known = {name: str(_ask(name, f"  {question} (may be empty)", day)) for name, question in IDENTIFIERS.items()}
    return person | {name: value for name, value in known.items() if value}


def _ask(name: str, question: str, day: Day) -> str | list[str]:
    answer: str = typer.prompt(question, default="", show_default=False, err=True).strip()
    if name == "criteria":
        return [part.strip() for part in answer.split(",") if part.strip()]
    return day(answer) if name in DAYS and (answer or name == "referred_on") else answer
