# Every target works from a clean clone: `setup` makes .venv and installs what is locked.
SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
CALLS ?= samples
MANIFEST ?= $(wildcard $(CALLS)/manifest.csv)
export CALLQA_HOME ?= $(CURDIR)/.callqa
CODE := servicekit transcription scoring review_api review_client standalone scripts samples evaluation benchmarks tests

.DEFAULT_GOAL := help
.PHONY: help run down test test-fast test-all check format lint types imports proto check-proto settings-page lock evaluate evaluate-speech benchmark setup setup-dev

help: ## Print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Start callqa here and score CALLS=folder (samples/) with MANIFEST=csv
	@$(BIN)/callqa up
	@$(BIN)/callqa upload $(CALLS) $(if $(MANIFEST),--manifest $(MANIFEST)) --watch --explain

down: ## Stop what `make run` started
	@$(BIN)/callqa down

test: setup-dev ## Install what tests need and run them (T=path runs one)
	$(BIN)/python -m pytest -m "not long" $(T)

test-all: lint types imports check-proto ## What `make test` leaves out: the checks of the code and the long suites
	$(BIN)/python -m pytest -m long

test-fast: setup-dev ## The tests without real speech and whole stacks
	$(BIN)/python -m pytest -q -m "not slow and not long" $(T)

check: setup-dev lint types imports check-proto test-fast ## Format, lint, types, import rules, protos, fast tests

evaluate-speech: setup-dev ## Measure transcription on DATA=folder (samples/), SETS=a,b, LIMIT=calls of each
	$(BIN)/python -m evaluation.speech $(or $(DATA),samples) $(if $(SETS),--sets $(SETS)) $(if $(LIMIT),--limit $(LIMIT))

evaluate: setup-dev ## Measure judgement on labelled dialogues: DATA=folder, TASK=a,b, LIMIT=dialogues of each file
	$(BIN)/python -m evaluation.text $(DATA) $(if $(TASK),--task $(TASK)) $(if $(LIMIT),--limit $(LIMIT))

benchmark: setup-dev ## Compare speed and errors with faster-whisper as shipped on DATA=folder (samples/)
	$(BIN)/python -m benchmarks $(or $(DATA),samples) $(if $(SETS),--sets $(SETS)) $(if $(LIMIT),--limit $(LIMIT))

format: setup-dev ## Rewrite the code in one style
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix -q $(CODE)

lint: setup-dev
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)

types: setup-dev
	$(BIN)/mypy

imports: setup-dev
	$(BIN)/lint-imports

proto: setup-dev ## Generate protos/gen
	PATH="$(BIN):$$PATH" $(BIN)/python scripts/generate_protos.py

check-proto: setup-dev ## Generated code is current; buf finds nothing
	PATH="$(BIN):$$PATH" scripts/check_protos.sh

settings-page: setup-dev ## Write docs/settings.md
	$(BIN)/python -m scripts.document_settings

lock: setup-dev ## Resolve pyproject.toml anew into requirements*.lock
	PATH="$(BIN):$$PATH" scripts/lock.sh

setup: ## Make .venv with what running needs
	@scripts/setup.sh $(VENV) requirements-standalone.lock

setup-dev: ## Make .venv with what developing needs
	@scripts/setup.sh $(VENV) requirements-dev.lock
