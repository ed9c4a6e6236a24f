# Two commands: `make run` serves a demonstration, `make test` proves everything. Python 3.11, node 20 and npm are all they need.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin

PAGES := $(shell find webapp/frontend -type f -not -path '*/test/*') vite.config.mjs
BUILT := webapp/static/dist/.vite/manifest.json
CATALOGUES := $(wildcard webapp/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)

.PHONY: help run build pages catalogues pictures test bench lint clean

help:
	@echo "make run    serve a demonstration on http://$(HOST):$(PORT)/ (HOST=, PORT=)"
	@echo "make test   lint, front end, unit and integration tests on both databases, scenarios, browser"
	@echo "make bench  what it costs, against bare requests and the stock engine (BENCH=--quick for a glance)"
	@echo "make build  everything that running needs, without running it"
	@echo "make lint   ruff and the floors alone"
	@echo "make pictures  the diagrams of docs/procedures.md, where they changed"
	@echo "make clean  remove what was built (not instance/, where the data lies)"

run: build
	@exec $(BIN)/duban serve --demo --host $(HOST) --port $(PORT)

build: .venv/.installed pages catalogues

pages: $(BUILT)

catalogues: $(COMPILED)

pictures: node_modules/.installed
	@node scripts/draw_diagrams.mjs

test: build .venv/.installed-test
	@scripts/test

bench: build .venv/.installed-test
	@$(BIN)/python -m tests.benchmarks $(BENCH)

lint: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/lint-imports

clean:
	rm -rf .venv node_modules webapp/static/dist *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find webapp tests connectors migrations -name __pycache__ -prune -exec rm -rf {} +
	rm -f $(COMPILED)

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Duban needs Python 3.11 or newer; name one with PYTHON=")'
	$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.installed-many: pyproject.toml | .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[many]'
	@touch $@

.venv/.installed-test: pyproject.toml | .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

node_modules/.installed: package.json package-lock.json .npmrc
	npm ci --no-progress
	@touch $@

$(BUILT): $(PAGES) node_modules/.installed
	npm run --silent build
	@touch $@

%.mo: %.po | .venv/.installed
	$(BIN)/pybabel --quiet compile --use-fuzzy --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))
