# What a newcomer needs: `make publish` and `make test`. Both set up by themselves.
#   PYTHON=python3.12 make test     another Python than the newest found
#   make test ARGS="-k feed"        only some tests
SHELL := /bin/sh
PYTHON ?=
ARGS ?=
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
ENOUGH := import sys, venv; sys.exit(sys.version_info < (3, 11))

# A checkout that was moved or copied has an environment that still points to its old place, one whose Python was
# removed points nowhere: both are made anew.
MOVED := $(shell test ! -e .venv/.runtime || { $(BIN)/python -c "" && head -n 3 $(BIN)/kawaraban | grep -qF "$$(pwd -P)/.venv/bin/"; } 2>/dev/null || echo moved)

.DEFAULT_GOAL := help
.PHONY: help setup publish servers test lint faults bench clean moved

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

setup: .venv/.runtime ## make .venv from the lock file, with .venv/bin/kawaraban
	@echo "$(BIN)/kawaraban is ready"

# The lock file names every package with its hashes; --no-deps keeps pip from looking for others. The stamp is written
# last: whatever was interrupted is taken up again, and an environment without a working pip is made anew.
.venv/.runtime: requirements.lock pyproject.toml $(if $(MOVED),moved)
	@if [ -n "$(MOVED)" ] || ! $(BIN)/python -c '$(ENOUGH)' 2>/dev/null || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  found=; \
	  for name in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	    if "$$name" -c '$(ENOUGH)' 2>/dev/null; then found=$$name; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "Kawaraban needs Python 3.11 or newer; found: $$($(or $(PYTHON),python3) --version 2>&1 || true)." >&2; \
	    echo "  → install it, or name it: make setup PYTHON=/path/to/python3.12" >&2; \
	    echo "Python 3.11 以上が要ります。入れてから、または PYTHON=… で場所を指してやり直してください。" >&2; \
	    exit 1; \
	  fi; \
	  if ! "$$found" -m venv --clear .venv; then \
	    rm -rf .venv; \
	    echo "no environment could be made with $$found" >&2; \
	    echo "  → on Debian or Ubuntu: apt install python3-venv" >&2; \
	    exit 1; \
	  fi; \
	fi
	@echo "Installing the locked packages into .venv (about a minute the first time)"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

.venv/.development: requirements-dev.lock .venv/.runtime
	@echo "Installing the locked development packages into .venv"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

publish: .venv/.runtime ## publish the samples into public/ and print the status table
	@$(BIN)/kawaraban publish --root .
	@$(BIN)/kawaraban status --root .

servers: ## install the real servers that `make test` then publishes to, in a folder outside the tree (1.4 GB, a minute or two)
	@tests/servers/install $(ARGS)

test: .venv/.development ## run the tests, those against real servers where `make servers` has put them
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

lint: .venv/.development ## formatting, rules, types, import contracts, declared packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy examples
	$(BIN)/lint-imports
	$(BIN)/deptry .

faults: .venv/.development ## kill publishers, break networks, let workers race; real servers, too; count what was stored (10 minutes; ARGS="--only bluesky")
	$(BIN)/python -m tests.faults $(ARGS)

bench: .venv/.development ## measure what grows with the archive (bench/)
	@for file in $$(grep -l '^if __name__' bench/*.py 2>/dev/null); do \
	  name=$$(basename "$$file" .py); \
	  echo "bench.$$name"; \
	  $(BIN)/python -m "bench.$$name" || exit 1; \
	done

clean: ## remove what was made here (content, config and the ledger stay)
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
