"""The explanation tree: what each part of a rule looked at, found, demanded and concluded."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Self

from pydantic import ConfigDict, Field

from domain.model import Sourced, Value
from domain.rules.logic import Verdict
from domain.rules.spans import Spans


class Dates(Value):
    """The first and last day looked at."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: date = Field(alias="from")
    to: date

    @classmethod
    def around(cls, spans: Spans) -> Self | None:
        """Return the hull of some spans."""
        return cls(from_=min(s.first for s in spans), to=max(s.last for s in spans)) if spans else None


class Finding(Value):
    """The verdict on one part of a rule, and everything needed to reach it again by hand."""

    name: str = ""
    verdict: Verdict
    figure: str | None = None
    threshold: str | None = None
    window: Dates | None = None
    evidence: tuple[str, ...] = ()
    note: str = ""
    sources: tuple[str, ...] = ()
    parts: tuple["Finding", ...] = ()


def not_asked(window: Spans) -> Finding:
    """Return the finding on a member who belonged to the family on none of the days that a rule looks at."""
    return Finding(verdict="not_applicable", window=Dates.around(window), note="not of the family in these days")


def gather(name: str, verdict: Verdict, parts: Sequence[Finding], note: str = "") -> Finding:
    """Sum up the parts of a rule in one finding; parts that decided nothing stay in the tree but out of the summary."""
    deciding = _deciding(verdict, parts)
    windows = [part.window for part in deciding if part.window]
    return Finding(
        name=name,
        verdict=verdict,
        figure=_joined(_named(part, part.figure) for part in deciding) or None,
        threshold=_joined(_once(part.threshold for part in deciding)) or None,
        window=Dates(from_=min(w.from_ for w in windows), to=max(w.to for w in windows)) if windows else None,
        evidence=tuple(sorted({item for part in deciding for item in part.evidence})),
        note=note or _joined(_once(_named(part, part.note) for part in deciding)),
        sources=tuple(_once(source for part in deciding for source in part.sources)),
        parts=tuple(parts),
    )


def _deciding(verdict: Verdict, parts: Sequence[Finding]) -> Sequence[Finding]:
    if verdict == "met":
        return [part for part in parts if part.verdict == "met"]
    return [part for part in parts if part.verdict != "not_applicable"] or parts


def sources_of(*numbers: Sourced | None) -> tuple[str, ...]:
    """Return where the numbers of a rule were read and how far they may be trusted."""
    return tuple(_once(f"{number.source} ({number.confidence})" for number in numbers if number is not None))


def percentage(part: int, whole: int) -> str:
    """Write a share in percent, cut after two decimals so that it never seems to cross a threshold."""
    hundredths = 10_000 * part // whole
    return f"{hundredths // 100}%" if hundredths % 100 == 0 else f"{hundredths / 100:.2f}%"


def _named(part: Finding, text: str | None) -> str:
    return f"{part.name}: {text}" if part.name and text else text or ""


def _once(texts: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(text for text in texts if text)
