"""Whether a pack file is sound: every fault of it at once, each with its file, line, column and remedy."""

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from typing import NamedTuple

from domain.fault import cut
from programmes.chain import Chain
from programmes.lint.claims import claim_faults
from programmes.lint.codes import code_faults
from programmes.lint.families import family_faults
from programmes.lint.issues import Fault, Issue, Table, at
from programmes.lint.partners import partner_faults
from programmes.lint.path import path_faults
from programmes.lint.payment import payment_faults
from programmes.lint.rules import rule_faults
from programmes.lint.shape import part_of, shape_faults
from programmes.lint.source_map import Path
from programmes.lint.subjects import subject_faults
from programmes.lint.terms import term_faults
from programmes.merging import MERGED, REPLACE, replaced


class Soundness(NamedTuple):
    """What was found in a pack file: faults, by which it must not be used, and what may be meant so."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def examine(file: FilePath) -> Soundness:
    """Read a pack file with those that it extends, and find everything that is wrong with it."""
    chain = Chain(file)
    if chain.faults:
        return Soundness(tuple(chain.faults), ())
    content = chain.content
    meant = list(_meaning(content, chain.told_with("stages")))
    placed = [(one, _placed(chain, one)) for one in (*_unless_told(shape_faults(content), meant), *meant)]
    grave = [*_named(file, chain), *_replacing(chain), *(fault for one, fault in placed if not one.doubtful)]
    doubtful = [*(fault for one, fault in placed if one.doubtful), *_lost(chain)]
    return Soundness(_sorted(chain, grave), _sorted(chain, doubtful))


def _sorted(chain: Chain, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Order faults as they stand, those of the file itself first."""
    labels = [source.label for source in chain.sources]
    return tuple(sorted(set(faults), key=lambda fault: (labels.index(fault.file), *_order(fault))))


def _order(fault: Fault) -> tuple[int, int, str, str, str]:
    return fault.line, fault.column, fault.field, fault.reason, fault.remedy


def _scalar(content: object, path: Path) -> str:
    """Write the value at a path; a table, a list and what is missing are written as nothing."""
    for step in path:
        content = part_of(content, step)
    return "" if isinstance(content, dict | list) else cut(content)


def _meaning(content: Table, together: set[str]) -> Iterator[Issue]:
    yield from family_faults(content)
    yield from path_faults(content, together)
    yield from rule_faults(content)
    yield from code_faults(content)
    yield from subject_faults(content)
    yield from term_faults(content)
    yield from partner_faults(content)
    yield from payment_faults(content)
    yield from claim_faults(content)


def _named(file: FilePath, chain: Chain) -> Iterator[Fault]:
    source, name = chain.sources[0], chain.content.get("name")
    if name is not None and "name" not in source.content:
        yield source.fault(("name",), "the pack has no name of its own", f'write name = "{file.stem}"')
    elif isinstance(name, str) and name != file.stem:
        what = f"the pack calls itself {name}, but packs are found by their file's name, {file.stem}"
        yield source.fault(("name",), what, f'write name = "{file.stem}", or rename the file')


def _replacing(chain: Chain) -> Iterator[Fault]:
    """Find keys that a file says it replaces, and that are replaced anyway, or are not there."""
    for source in chain.sources:
        for key in replaced(source.content):
            if key not in MERGED:
                what = f"replace names {key}, and only {', '.join(MERGED)} is merged; other keys always are"
                yield source.fault((REPLACE,), what, f"leave {key} out of replace")
            elif key not in source.content:
                what = f"the pack replaces {key} and sets none"
                yield source.fault((REPLACE,), what, f"add {key}, or leave it out of replace")


def _lost(chain: Chain) -> Iterator[Fault]:
    for source, key, name in chain.lost():
        what = f"replaces all {key}, so the one for {name} is lost and nobody is reminded of it"
        yield source.fault((REPLACE,), what, f"add one for {name}, or leave {key} out of replace to keep it")


def _unless_told(shape: list[Issue], meant: list[Issue]) -> Iterator[Issue]:
    """Leave out what a check of meaning tells more exactly, at a part of the same part."""
    for found in shape:
        end = len(found.path)
        nearer = any(other.path[:end] == found.path and not other.doubtful for other in meant)
        if not (found.whole and nearer):
            yield found


def _placed(chain: Chain, found: Issue) -> Fault:
    source, path = chain.place(found.path)
    place = source.places.of_key(path) if found.at_key else source.places.of_value(path)
    return at(source.label, *place, found, _scalar(chain.content, found.path))
