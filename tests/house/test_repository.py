"""The repository keeps its own promises: nothing of any one machine in it, and no word that leads nowhere."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

# Written so that no pattern finds itself.
FOREIGN = {
    "a package registry": r"(pypi|pythonhosted)[.]org|registry[.]npmjs|proxy[.]golang|deb[.]debian[.]org",
    "an index option": r"--(extra-)?index[-]url|--find[-]links|--trusted[-]host",
    "a path of one machine": r"(?<![\w.$)}\"'/-])/(work|root|home|Users|tmp|opt/[p]ypi)[/](?!\s)[\w.-]+",
}
# Paths within a container, where each is the same on every machine.
ALLOWED = {"docker-compose.yml": {"/tmp/ready"}}  # noqa: S108 - the container's own memory


def committed() -> list[Path]:
    """List the files that git knows, or those it would take up; without git there is nothing to ask."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    argv = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


@pytest.mark.parametrize("what", FOREIGN)
def test_nothing_of_one_machine_is_committed(what):
    """No committed file names a package registry, an index or a path that only one machine has."""
    found = []
    for path in committed():
        name = str(path.relative_to(ROOT))
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [
            f"{name}: {match.group()}"
            for match in re.finditer(FOREIGN[what], text)
            if match.group() not in ALLOWED.get(name, ())
        ]
    assert found == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_make_target_that_is_named_exists(name):
    """Whoever types a `make` command from our own words gets what they promise."""
    text = (ROOT / name).read_text()
    spoken = re.findall(r"(?:^|`|\$ )make((?: (?:--?)?[a-z0-9=-]+)+)", text, re.MULTILINE)
    named = {word for words in spoken for word in words.split() if not word.startswith("-")}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named <= targets
    assert named


def test_every_link_within_the_docs_leads_somewhere():
    """A link from one of our pages to a file of ours finds the file."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_licence_is_the_declared_one():
    """The licence file is of the licence that the package claims."""
    assert PROJECT["license"]["text"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")


def test_ci_runs_what_a_person_runs():
    """`.ci/run` can be executed, stops at the first fault, and runs checks, tests and demo in this order."""
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in script.read_text()
    assert re.search(r"^make( -\S+)* check test demo$", script.read_text(), re.MULTILINE)
