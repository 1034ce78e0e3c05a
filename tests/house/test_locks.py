"""The locks are complete: what they pin asks for nothing that they do not pin, so that an install resolves nothing."""

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = PYPROJECT["project"]["dependencies"]
DEVELOPMENT = PYPROJECT["project"]["optional-dependencies"]["dev"]
# Those that the image does without, as the target `lock` says.
LEFT_OUT = set(re.findall(r"--no-emit-package (\S+)", (ROOT / "Makefile").read_text()))

# What each lock is for, and which of it the lock leaves out on purpose.
LOCKS = {
    "requirements.lock": ([*RUNTIME, *DEVELOPMENT, *PYPROJECT["build-system"]["requires"]], set()),
    "requirements-runtime.lock": (RUNTIME, LEFT_OUT),
    "requirements-build.lock": (["setuptools"], set()),
}
each = pytest.mark.parametrize("name", LOCKS)


@each
def test_each_pin_of_a_lock_is_hashed(name):
    """Every line of a lock is an exact version with its hashes, so that nothing else can be installed."""
    text = (ROOT / name).read_text()
    pins = re.split(r"^(?=\w)", text, flags=re.MULTILINE)
    assert pins.pop(0) == ""
    for pin in pins:
        head, *hashes = pin.replace("\\\n", "\n").split("\n    --hash=sha256:")
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", head.strip()), head
        assert hashes, head
        assert all(re.fullmatch(r"[0-9a-f]{64}", digest.strip()) for digest in hashes), head


@each
def test_a_lock_is_complete(name):
    """Whatever a pinned package asks for here, extras and markers included, is pinned at a version that will do."""
    assert _unmet(name, _text(name)) == {}


@each
def test_a_lock_pins_what_is_installed(name):
    """The requirements that were read are those of the pinned versions, since these are what is installed."""
    pinned = _pins(_text(name))
    assert pinned == {package: metadata.version(package) for package in pinned}


@pytest.mark.parametrize(
    ("name", "package", "asking"),
    [
        ("requirements.lock", "coverage", "pytest-cov"),  # by coverage[toml], which stopped the pip of Python 3.11
        ("requirements.lock", "hatchling", "pyproject.toml"),
        ("requirements.lock", "psycopg-binary", "psycopg"),  # by the extra of psycopg[binary] alone
        ("requirements.lock", "execnet", "pytest-xdist"),
        ("requirements-runtime.lock", "psycopg-binary", "psycopg"),
        ("requirements-runtime.lock", "docopt", "notifications-python-client"),
        ("requirements-build.lock", "setuptools", "pyproject.toml"),
    ],
)
def test_a_pin_that_is_gone_is_missed(name, package, asking):
    """A lock without one of its pins is found out by exactly that name, and by who asks for it."""
    text, count = re.subn(rf"^{package}==(?:.*\\\n)+.*\n", "", _text(name), flags=re.MULTILINE)
    assert count == 1
    assert _unmet(name, text) == {package: {asking}}


def test_a_pin_that_is_too_old_is_missed():
    """A pin below what another package asks for is found out by its name."""
    text = re.sub(r"^coverage==\S+", "coverage==7.0", _text("requirements.lock"), flags=re.MULTILINE)
    assert _unmet("requirements.lock", text) == {"coverage": {"pytest-cov"}}


def test_every_dependency_is_accounted_for():
    """docs/dependencies.md gives a reason for every declared dependency, and for nothing that is gone."""
    rows = re.findall(r"^\| `([\w.-]+)` \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(Requirement(line).name for line in [*RUNTIME, *DEVELOPMENT])


def test_every_dependency_is_locked():
    """The lock of everything pins whatever is declared, and every other lock pins the same versions."""
    everything = _pins(_text("requirements.lock"))
    assert {canonicalize_name(Requirement(line).name) for line in [*RUNTIME, *DEVELOPMENT]} <= everything.keys()
    assert all(_pins(_text(name)).items() <= everything.items() for name in LOCKS)


def _text(name: str) -> str:
    return (ROOT / name).read_text()


def _pins(text: str) -> dict[str, str]:
    """Read the pins that hold on this Python and platform, as version by name."""
    pins = [Requirement(line) for line in re.findall(r"^([\w.-]+==[^\\\n]+)", text, re.MULTILINE)]
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def _unmet(name: str, text: str) -> dict[str, set[str]]:
    """Tell which packages this text of a lock misses, each with those that ask for it."""
    declared, left_out = LOCKS[name]
    pinned, unmet = _pins(text), {}
    waiting = [("pyproject.toml", Requirement(line)) for line in declared]
    seen = set()
    while waiting:
        asking, wanted = waiting.pop()
        package = canonicalize_name(wanted.name)
        if package in left_out:
            continue
        if package not in pinned or not wanted.specifier.contains(pinned[package], prereleases=True):
            unmet.setdefault(package, set()).add(asking)
        for asked in {(package, extra) for extra in ("", *wanted.extras)} - seen:
            seen.add(asked)
            waiting += [(package, requirement) for requirement in _asked_for(*asked)]
    return unmet


def _asked_for(package: str, extra: str) -> Iterator[Requirement]:
    """Read what a package asks for here, once asked for with this extra."""
    for line in metadata.requires(package) or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement
