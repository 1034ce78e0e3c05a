"""A CSV file read at one go, as the import does it in two: its records, and then what they say."""

from domain.intake.referral_csv import Layout, Sheet, records_of, sheet_of


def read_sheet(data: bytes, layout: Layout | None = None) -> Sheet:
    """What the file says; raises `BadFile`."""
    layout = layout or Layout()
    return sheet_of(records_of(data, layout), layout)
