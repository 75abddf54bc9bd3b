# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs git and Python 3.11 or newer with venv; the rest comes from PyPI into .venv, pinned and hashed.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help

# The Python that makes .venv: `make PYTHON=/path/to/python3.13 …` chooses another than the first that is new enough.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
FOUND = $(shell for one in $(PYTHON); do "$$one" -c '$(NEW_ENOUGH)' 2>/dev/null && command -v "$$one" && break; done)
RUN := .venv/bin/python scripts

.PHONY: help venv demo test quick lint faults soak ways docs cast bench matrix lock build clean

help:  ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

venv:  ## Make or update .venv; every target below does so when needed
	@python='$(FOUND)'; test -n "$$python" || { \
	  echo 'error: Python 3.11 or newer is needed and was not found: apt-get install python3 python3-venv, or make PYTHON=/path/to/it' >&2; \
	  exit 1; }; "$$python" scripts/bootstrap.py

demo: venv  ## The collection at work against the simulator
	@$(RUN)/demo.py

test: venv  ## Everything; STEPS="unit sanity" runs only these
	@$(RUN)/check.py $(STEPS)

quick: venv  ## What a change breaks first, in less than two minutes
	@$(RUN)/check.py ruff mypy unit properties

lint: venv  ## All linters
	@$(RUN)/check.py lint

faults: venv  ## The fault tests alone; writes what they measured to tests/faults/REPORT.md
	@$(RUN)/check.py faults old-requests; code=$$?; $(RUN)/figures.py --write >/dev/null; exit $$code

soak: venv  ## 5,000 random renames, all pairs of faults, the whole search for secrets; PART=model, pairs or leaks runs one
	@$(RUN)/check.py soak$(if $(PART),-$(PART)); code=$$?; \
	  $(if $(PART),,$(RUN)/figures.py --soak --write >/dev/null;) exit $$code

ways: venv  ## Ladders, kills and the search for secrets in the controller and as processes, all faults in the controller
	@export SAFEHOLD_BOTH_WAYS=1; run='.venv/bin/python -m pytest -n 4 --dist worksteal'; code=0; \
	  $$run tests/integration/modules tests/integration/in_controller tests/faults/leaks tests/faults/surroundings || code=1; \
	  $$run tests/faults/wire tests/faults/matrix tests/faults/hostile tests/faults/rename || code=1; exit $$code

docs: venv  ## The documentation as HTML in .build/docs
	@$(RUN)/docs.py

cast: venv  ## Record the picture in the README anew, docs/progress.svg
	@$(RUN)/cast.py

bench: venv  ## Side by side with what one would otherwise run, in benchmarks/RESULTS.md; ONLY=S1,S3 runs only these
	@.venv/bin/python benchmarks/run.py $(if $(ONLY),--only $(ONLY))

matrix: venv  ## Sanity, unit and smoke tests on every ansible-core that the machine's Pythons allow
	@$(RUN)/versions.py --all --sanity

lock: venv  ## Pin requirements/*.in anew; UPGRADE=1 takes the newest releases
	@$(RUN)/lock.py $(if $(UPGRADE),--upgrade)

build: venv  ## The artifact in dist/
	@$(RUN)/build.py

clean:  ## Remove everything that the targets made
	@rm -rf .venv .build .ansible dist tests/output .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
