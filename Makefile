# One command each; none needs an activated environment. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SERVICES := ingest enrichment segmentation insight
PACKAGES := shared $(SERVICES:%=services/%)
PROJECTS := $(PACKAGES:%=%/pyproject.toml)
SOURCES := shared/kit $(foreach service,$(SERVICES),services/$(service)/$(service))
# pip takes the newest of several indexes; keep CUDA builds of torch away by PIP_EXTRA_INDEX_URL, see README.md.
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup demo up test check lint bench soak scores generate lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv and install everything, once

$(STAMP): requirements.lock $(PROJECTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Pourquoi needs Python 3.11 or newer, and '$(PYTHON)' is not: make PYTHON=/path/to/python3.12 setup" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); echo "Python's module venv is missing (on Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing into $(VENV); the first time takes a few minutes."
	@$(PIP) install --quiet --requirement requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation $(PACKAGES:%=--editable %)
	@touch $@

demo: $(STAMP) ## Posts in, headlines out [FILE=posts.csv MAP=text=...,author=... POSTS=3000 ONCE=1]
	@$(BIN)/pourquoi demo $(if $(FILE),--file '$(FILE)') $(if $(MAP),--map '$(MAP)') \
	  $(if $(POSTS),--posts $(POSTS)) $(if $(ONCE),--once)

up: $(STAMP) ## Start the platform on this machine; Ctrl-C stops it
	@$(BIN)/pourquoi up

test: $(STAMP) ## Run every test but the long ones
	@$(BIN)/python -m pytest -m "not soak" --numprocesses 2 --dist loadfile

soak: $(STAMP) ## Run the long kill matrices and soaks
	@$(BIN)/python -m pytest -m soak

lint: $(STAMP) ## Check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

check: lint ## Check style, types, layers and contracts
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports
	$(BIN)/buf lint proto

bench: $(STAMP) ## Measure encoder, pipeline, accept rate, latency and memory
	@$(BIN)/python -m pytest tests/benchmarks --override-ini python_files='bench_*.py' --timeout 1800 -s

scores: $(STAMP) ## Score models, topics, copies and query suggestions on labelled data (needs ../shared/data)
	@$(BIN)/python -m ingest.experiments.scores
	@$(BIN)/python -m enrichment.scores
	@$(BIN)/python -m segmentation.scores
	@$(BIN)/python -m ingest.copies.scores

generate: $(STAMP) ## Generate shared/gen from proto, and each service's openapi.json
	@$(BIN)/python -m kit.codegen
	@for service in $(SERVICES); do \
	  $(BIN)/python -m $$service openapi > $$service.new && mv $$service.new services/$$service/openapi.json || exit 1; done

# pip of 25.1 or newer reads dependency groups. Set PIP_EXTRA_INDEX_URL for torch without CUDA, as for `setup`.
lock: ## Resolve all dependencies anew into requirements.lock (then run every test)
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/pip install --quiet 'pip>=25.1'
	build/lock/bin/pip install --quiet --group dev setuptools --editable 'shared[local]' $(SERVICES:%=--editable services/%)
	{ echo "# Every package at the version it is tested with. Made by 'make lock'; do not edit."; \
	  build/lock/bin/pip freeze --all --exclude-editable | sed -e '/^pip==/d' -e 's/^\(torch==[^+]*\)+.*/\1/'; } > requirements.lock

clean: ## Remove what the local platform keeps in .pourquoi
	rm -rf .pourquoi
