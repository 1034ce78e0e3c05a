"""What a log line tells of a fault: its type, its code and the places it went through, and never its words.

A message may quote what was asked: the database's `DETAIL` quotes the row, pydantic's quotes the input.
"""

import traceback
from collections.abc import Iterator
from enum import Enum
from typing import Any

PLACES = 8  # the last ones a fault went through; what stands before them is the framework
CODES = ("sqlstate", "status", "errno")  # by which the database, Temporal and the system name what went wrong


def told(fault: BaseException) -> list[dict[str, Any]]:
    """Return what may be told of `fault`, and then of each that led to it."""
    return [_of(each) for each in chain(fault)]


def chain(fault: BaseException | None) -> Iterator[BaseException]:
    """Yield `fault`, what it holds and what led to it, as Python would print them; each once."""
    waiting, seen = [fault], set[int]()
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        waiting.append(each.__cause__ or (None if each.__suppress_context__ else each.__context__))


def name(fault: BaseException) -> str:
    """Return the type of a fault as Python names it."""
    kind = type(fault)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def unquoted(text: str, fault: BaseException) -> str:
    """Return `text` without the words of `fault` and of what led to it, where a library wrote them into its line."""
    for each in chain(fault):
        if words := str(each):
            text = text.replace(words, name(each))
    return text


def places(fault: BaseException) -> list[str]:
    """Return the last places that a fault went through: file, line and function, no line of source."""
    frames = traceback.extract_tb(fault.__traceback__)[-PLACES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _of(fault: BaseException) -> dict[str, Any]:
    return {"type": name(fault), **_codes(fault), "where": places(fault)}


def _codes(fault: BaseException) -> dict[str, Any]:
    found = {each: getattr(fault, each, None) for each in CODES}
    named = {each: value.name if isinstance(value, Enum) else value for each, value in found.items()}
    return {each: value for each, value in named.items() if isinstance(value, int | str)}
