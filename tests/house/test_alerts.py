"""The alerts ask for figures that exist, and each has its line in the operators' page."""

import re
from pathlib import Path

from prometheus_client import REGISTRY
from ruamel.yaml import YAML

from wiring import metrics

ROOT = Path(__file__).parents[2]
RULES = YAML(typ="safe").load(ROOT / "deploy" / "alerts.yml")["groups"][0]["rules"]
STORIES = YAML(typ="safe").load(ROOT / "deploy" / "alerts.test.yml")["tests"]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_alerts_ask_for_figures_that_exist():
    """Each alert's expression names at least one figure, and only figures that gateway or worker serve."""
    served = {name for family in REGISTRY.collect() for name in (family.name, f"{family.name}_total")}
    served |= {f"{family.name}_{end}" for family in REGISTRY.collect() for end in ("count", "sum", "bucket")} | {"up"}
    assert metrics.__name__ == "wiring.metrics"
    for rule in RULES:
        asked = set(re.findall(r"\b(?:up|journeys_\w+)\b", rule["expr"]))
        assert asked, rule["alert"]
        assert asked <= served, rule["alert"]


def test_ten_alerts_in_the_page():
    """The page explains the same ten alerts, in the same order."""
    told = re.findall(r"^\| `([A-Z]\w+)` \|", PAGE, re.MULTILINE)
    assert told == [rule["alert"] for rule in RULES]
    assert len(told) == 10


def test_each_alert_is_seen_to_fire_and_to_stay_still():
    """The stories that promtool plays (make alerts) hold for each alert a moment at which it fires, and one of rest."""
    played = [moment for story in STORIES for moment in story["alert_rule_test"]]
    fires = {moment["alertname"] for moment in played if moment["exp_alerts"]}
    rests = {moment["alertname"] for moment in played if not moment["exp_alerts"]}
    assert fires == rests == {rule["alert"] for rule in RULES}


def test_figures_in_the_page():
    """The page explains every figure of ours."""
    for family in REGISTRY.collect():
        if family.name.startswith("journeys_"):
            name = re.sub(r"_oldest_seconds$", "", family.name)
            assert name in PAGE, family.name
