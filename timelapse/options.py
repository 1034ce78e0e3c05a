"""What a time-lapse is asked to do: its options, read and held to what can be run before anything is started."""

import atexit
import os
import shutil
import tempfile
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date
from pathlib import Path

from domain.programme.programme import Programme
from programmes import OWN, load, names
from programmes.adding import add
from programmes.lint.issues import nearest
from programmes.opening import UnsoundPackError
from timelapse.feed import CloudEvent, read

ROOT = Path(__file__).resolve().parent.parent
COPIES = "journeys-packs-"
MOST_MONTHS = 120  # ten years; nobody waits for more, and a typing error should not


def read_options(arguments: list[str] | None) -> Namespace:
    """Return the options; what cannot be run ends the process with 2 and says what to give instead."""
    parser = ArgumentParser(
        prog="journeys timelapse",
        description="Run eighteen months of real journeys in minutes, on a private stack.",
        epilog="Example: journeys timelapse --months 18 --json",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of tables")
    parser.add_argument("--verbose", action="store_true", help="also every event of one family, histories and memory")
    parser.add_argument("--start", type=_day, default=date(2012, 4, 16), help="the first day (2012-04-16)")
    parser.add_argument("--months", type=_months, default=18, help="how long to run (18)")
    parser.add_argument(
        "--programme", type=_programme, default="wirral-2012", help="whose rules apply: a name, or a pack file of yours"
    )
    parser.add_argument("--referrals", type=_file, default=_sample("referrals.csv"), help="the referral export")
    parser.add_argument("--events", type=_events, help="the partner events (with your own referrals: none)")
    parser.add_argument("--key-workers", type=_workers, default=5, help="how many share the families (5)")
    options = parser.parse_args(arguments)
    if options.events is None:
        ours = str(options.referrals) == _sample("referrals.csv")
        options.events = _events(_sample("partner-events.ndjson")) if ours else []
    return options


def _sample(name: str) -> str:
    """Return one of the project's own samples."""
    return str(ROOT / "samples" / name)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise ArgumentTypeError(f"{text!r} is no day; give it as 2012-04-16") from fault


def _months(text: str) -> int:
    return _number(text, "months", MOST_MONTHS)


def _workers(text: str) -> int:
    return _number(text, "key workers", 1000)


def _number(text: str, what: str, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ArgumentTypeError(f"{text!r} is no number of {what}; give one from 1 to {most}")
    return int(text)


def _programme(name: str) -> Programme:
    if name.endswith(".toml"):
        return _own(name)
    if name not in names():
        raise ArgumentTypeError(f"no programme {name!r}; {nearest(name, names())}")
    return load(name)


def _own(file: str) -> Programme:
    """Return the pack of a file, and have every process of the stack look for packs where it and its parents lie."""
    folder = Path(tempfile.mkdtemp(prefix=COPIES))
    atexit.register(forget_own, folder)  # where the options are refused; `main` leaves without it
    try:
        programme, _, _ = add(Path(file), folder)
    except UnsoundPackError as unsound:
        told = "\n".join(
            f"{each.file}:{each.line}:{each.column}: {each.reason}; {each.remedy}" for each in unsound.faults
        )
        raise ArgumentTypeError(f"{file!r} has faults:\n{told}") from unsound
    os.environ[OWN] = str(folder)
    return programme


def forget_own(folder: Path | None = None) -> None:
    """Remove the copies of a pack file that `_own` made."""
    place = folder or (Path(os.environ[OWN]) if OWN in os.environ else None)
    if place and place.name.startswith(COPIES):
        shutil.rmtree(place, ignore_errors=True)


def _file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise ArgumentTypeError(f"no file {name!r} is here")
    return path


def _events(name: str) -> list[CloudEvent]:
    """Read a feed; a device such as /dev/null will do for none."""
    try:
        return read(Path(name))
    except OSError as fault:
        raise ArgumentTypeError(f"{name!r} cannot be read: {fault.strerror}") from fault
    except ValueError as fault:
        raise ArgumentTypeError(str(fault)) from fault
