"""What an import answers, line by line: the plan, the records, each family, and the sum or the interruption."""

from typing import Literal

from pydantic import BaseModel

from domain.intake.differences import Change
from domain.intake.questions import Question
from domain.intake.referral import Fault

Outcome = Literal["taken", "joined", "already-taken", "changed", "refused"]
SHORT = 12  # digits of a file's hash by which its import is named


class Plan(BaseModel):
    """The first line: what the file holds, and how it was read."""

    type: Literal["plan"] = "plan"
    file_hash: str
    import_id: str
    families: int
    rows: int
    ignored_columns: list[str]
    ignored_sheets: list[str] = []
    mapped_columns: dict[str, str] = {}
    headings_of: str | None = None
    header_line: int = 1
    lines_above: list[int] = []
    total_lines: list[int] = []
    numbered_lines: list[int] = []
    seen_before: bool
    dry_run: bool = False


class RecordLine(BaseModel):
    """A record of the file as it came, where that is asked for."""

    type: Literal["record"] = "record"
    line: int
    cells: list[str]


class FamilyLine(BaseModel):
    """What became of one family; `changed` was taken before and reads otherwise now."""

    type: Literal["family"] = "family"
    family_no: str
    outcome: Outcome
    reference: str | None = None
    lines: list[int] = []
    faults: list[Fault] = []
    changes: list[Change] = []
    notes: list[str] = []
    questions: list[Question] = []


class Summary(BaseModel):
    """The last line; without it the import was cut short, and may be sent again.

    `joined` counts referrals added to an open journey, `differing` families that read otherwise than when taken;
    `changed` says that something was written.
    """

    type: Literal["summary"] = "summary"
    taken: int
    joined: int = 0
    already_taken: int
    differing: int = 0
    refused: int
    refused_rows: int
    changed: bool


class Interrupted(BaseModel):
    """The last line when the engine stopped answering: what was taken stays taken."""

    type: Literal["interrupted"] = "interrupted"
    reason: str
    remedy: str = "send the same file again; the import continues where it stopped"


def line(row: BaseModel) -> str:
    """Write a line."""
    return f"{row.model_dump_json()}\n"


def summed(rows: list[FamilyLine]) -> Summary:
    """Return the last line of an import that took, or would take, these families."""
    outcomes = [each.outcome for each in rows]
    return Summary(
        taken=outcomes.count("taken"),
        joined=outcomes.count("joined"),
        already_taken=outcomes.count("already-taken"),
        differing=outcomes.count("changed"),
        refused=outcomes.count("refused"),
        refused_rows=len({fault.line for each in rows for fault in each.faults}),
        changed=bool({"taken", "joined"} & {*outcomes})
        or any(change.applied for each in rows for change in each.changes),
    )
