"""The table of kinds and fields in docs/partners.md says what the models take, no more and no less."""

from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from domain.evidence import MODELS, OURS, ActionDone, Observation

PAGE = Path(__file__).parents[2] / "docs" / "partners.md"
BEGIN, END = "<!-- kinds: made from the models; a test compares them -->\n", "<!-- /kinds -->"


def table() -> str:
    """Return the table as it must stand; to write it anew: print(table())."""
    rows = [_row(kind, model) for kind, model in {**MODELS, "action-done": ActionDone}.items()]
    return "\n".join(["| kind | fields of `data` (*may be left out*) | what it says |", "|---|---|---|", *rows, ""])


def _row(kind: str, model: type[Observation]) -> str:
    own = {name: field for name, field in model.model_fields.items() if name not in {*Observation.model_fields, *OURS}}
    fields = [_field(field.alias or name, field) for name, field in own.items()]
    return f"| `{kind}` | {', '.join(fields)} | {(model.__doc__ or '').splitlines()[0]} |"


def _field(name: str, field: Any) -> str:
    told = f"`{name}`: {_kind(field.annotation)}"
    return told if field.is_required() else f"*{told}*"


def _kind(annotation: Any) -> str:
    """Say what a field holds."""
    parts = [part for part in get_args(annotation) if part is not NoneType]
    if get_origin(annotation) is Literal:
        choices = [one for part in parts for one in (get_args(part) if get_origin(part) is Literal else (part,))]
        return "a kind of this table" if "school-attendance" in choices else " or ".join(f"`{one}`" for one in choices)
    if parts and get_origin(annotation) is not None:
        return _kind(parts[0])
    return {"date": "day", "int": "number", "float": "number", "bool": "true or false"}.get(annotation.__name__, "code")


def test_the_page_has_the_fields_of_the_models():
    """A partner's developer can write every kind from the page, without copying from samples."""
    page = PAGE.read_text(encoding="utf-8")
    assert table() == page[page.index(BEGIN) + len(BEGIN) : page.index(END)]


def test_every_kind_and_the_openapi_document_are_named():
    """The return, whose fields are the least obvious, says of what and for which days it speaks."""
    assert "| `return` | `from`: day, `to`: day, `of`: a kind of this table |" in table()
    assert "/openapi.json" in PAGE.read_text(encoding="utf-8")
