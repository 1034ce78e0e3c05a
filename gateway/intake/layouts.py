"""What the headings of a file mean: as whoever sends it says, and as was said once for files of the same partner."""

from collections.abc import Mapping, Sequence

from domain.errors import Rejected
from domain.intake.headings import IGNORED, folded
from domain.intake.referral_columns import COLUMNS
from domain.intake.referral_csv import BadFile, Encoding, Layout, Records, Sheet, sheet_of
from domain.programme.programme import Programme
from gateway.intake.reading import GLANCED
from store import intake
from store.pool import Conn

MOST = 60  # headings in one request
LONGEST = 120
SEVERAL = ""  # under which the headings of files of several partners are kept


def said(maps: Sequence[str], encoding: Encoding, referrer: str) -> Layout:
    """Return what a request says of its file; `maps` are written HEADING=column. Raise `Rejected`."""
    if len(maps) > MOST:
        raise Rejected(
            "bad-request", f"map: {len(maps)} headings, the most is {MOST}", "map only the columns that we need"
        )
    return Layout(headings=dict(map(_pair, maps)), encoding=encoding, referrer=referrer)


def _pair(text: str) -> tuple[str, str]:
    heading, equals, column = text.rpartition("=")
    heading, column = heading.strip(), "_".join(column.split()).casefold()
    if not equals or not folded(heading) or len(heading) > LONGEST:
        raise Rejected("bad-request", "map: not HEADING=column", 'write it like --map "DOB=date_of_birth"')
    if column not in {*COLUMNS, IGNORED}:
        remedy = f"use one of {', '.join(COLUMNS)}, or nothing after the = to leave the column out"
        raise Rejected("bad-request", f"map: {column[:LONGEST]} is not one of our columns", remedy)
    return heading, column


async def remembered(conn: Conn, records: Records, layout: Layout) -> tuple[Layout, str | None]:
    """Return the layout with what is remembered of the partner's files, and of whose; nothing said now gives way."""
    kept = await intake.headings(conn)
    if layout.referrer:
        return _with(
            layout, kept.get(layout.referrer, {}), records
        ), layout.referrer if layout.referrer in kept else None
    for referrer, headings in kept.items():
        wider = _with(layout, headings, records)
        if wider.headings != layout.headings and _fits(records, wider, referrer):
            return wider, referrer
    return layout, None


def whose(sheet: Sheet, layout: Layout, programme: Programme) -> str:
    """Return the partner under which the headings of a file are kept: that of all its rows, or of several."""
    found = {layout.referrer} if layout.referrer else _referrers(sheet)
    return found.pop() if len(found) == 1 and all(map(programme.knows_referrer, found)) else SEVERAL


def _with(layout: Layout, headings: Mapping[str, str], records: Records) -> Layout:
    """Add the remembered headings that the file has; those of the same name or column said now go before them."""
    present = {folded(cell) for _, cells in records[:GLANCED] for cell in cells}
    now = {folded(heading) for heading in layout.headings} | set(layout.headings.values()) - {IGNORED}
    more = {
        heading: column
        for heading, column in headings.items()
        if folded(heading) in present and folded(heading) not in now and column not in now
    }
    return layout.model_copy(update={"headings": more | layout.headings})


def _fits(records: Records, layout: Layout, referrer: str) -> bool:
    """Tell whether, read so, the beginning of a file is of that partner alone."""
    try:
        sheet = sheet_of(records[:GLANCED], layout)
    except BadFile:
        return False
    return referrer == SEVERAL or _referrers(sheet) == {referrer}


def _referrers(sheet: Sheet) -> set[str]:
    return {name for row in sheet.rows if (name := row.text("referrer"))}
