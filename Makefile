# What a newcomer needs: `make publish` and `make test`. Both set up by themselves.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

.PHONY: help setup publish test lint types contracts panel clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

setup: .venv/.runtime ## make .venv from the lock file

.venv/bin/python:
	$(PYTHON) -m venv .venv

# The lock file names every package with its hashes; --no-deps keeps pip from looking for others.
.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked packages into .venv (about a minute the first time)"
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-build-isolation --editable .
	@touch $@

.venv/.development: requirements-dev.lock .venv/.runtime
	@echo "Installing the locked development packages into .venv"
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

publish: .venv/.runtime ## publish the samples into public/ and print the status table
	$(BIN)/kawaraban publish
	$(BIN)/kawaraban status

test: .venv/.development ## run the tests
	$(BIN)/python -m pytest -n auto

lint: .venv/.development ## formatting, rules, types, import contracts, declared packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

clean: ## remove what was made here (content, config and the ledger stay)
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
