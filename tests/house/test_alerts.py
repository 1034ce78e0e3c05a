"""The alerts ask for figures that exist, and each has its line in the operators' page."""

import re
from pathlib import Path
from typing import get_args

from prometheus_client import REGISTRY
from ruamel.yaml import YAML

from store.effects import EffectState
from store.inbox import InboxState
from wiring.telemetry import metrics

ROOT = Path(__file__).parents[2]
RULES = YAML(typ="safe").load(ROOT / "deploy" / "alerts.yml")["groups"][0]["rules"]
SCRAPES = YAML(typ="safe").load(ROOT / "deploy" / "prometheus.yml")["scrape_configs"]
SETTINGS = YAML(typ="safe").load(ROOT / "docker-compose.yml")["x-settings"]
STORIES = YAML(typ="safe").load(ROOT / "deploy" / "alerts.test.yml")["tests"]
SQL = (ROOT / "store" / "sql" / "watching.sql").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_alerts_ask_for_figures_that_exist():
    """Each alert's expression names at least one figure, and only figures that gateway or worker serve."""
    served = {name for family in REGISTRY.collect() for name in (family.name, f"{family.name}_total")}
    served |= {f"{family.name}_{end}" for family in REGISTRY.collect() for end in ("count", "sum", "bucket")} | {"up"}
    assert metrics.__name__ == "wiring.telemetry.metrics"
    for rule in RULES:
        asked = set(re.findall(r"\b(?:up|journeys_\w+)\b", rule["expr"]))
        assert asked, rule["alert"]
        assert asked <= served, rule["alert"]


def test_alerts_ask_by_labels_that_exist():
    """Each label that an alert asks by is one of its figure, and each value one that the figure can have."""
    known = {"state": {*get_args(EffectState), *get_args(InboxState)}}
    known["percentile"] = set(re.findall(r"\('(\d+)', late\[", SQL))
    seen = 0
    for rule in RULES:
        for name, matchers in re.findall(r"(journeys_\w+)\{([^}]*)\}", rule["expr"]):
            for label, values in re.findall(r'(\w+)=~?"([^"]*)"', matchers):
                assert label in REGISTRY._names_to_collectors[name]._labelnames, rule["alert"]
                assert set(values.split("|")) <= known[label], rule["alert"]
                seen += 1
    assert seen == 4


def test_the_jobs_are_those_of_the_shipped_prometheus():
    """The alerts' jobs are those that `deploy/prometheus.yml` asks, at the services and ports of docker-compose.yml."""
    asked = {job for rule in RULES for job in re.findall(r'job="([\w-]+)"', rule["expr"])}
    assert asked == {scrape["job_name"] for scrape in SCRAPES}
    for scrape in SCRAPES:
        (where,) = scrape["dns_sd_configs"]
        (service,) = where["names"]
        assert scrape["job_name"] == f"family-journeys-{service}"
        assert str(where["port"]) == SETTINGS[f"JOURNEYS_{service.upper()}_METRICS_PORT"]


def test_eleven_alerts_in_the_page():
    """The page explains the same eleven alerts, in the same order."""
    told = re.findall(r"^\| `([A-Z]\w+)` \|", PAGE, re.MULTILINE)
    assert told == [rule["alert"] for rule in RULES]
    assert len(told) == 11


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
