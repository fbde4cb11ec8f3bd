# Two commands are all that a newcomer needs: `make serve` and `make test`.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test demo check lint types setup setup-dev browser mail-servers pango bench docs screenshots clean help

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

serve: setup ## the site, the service, the builder and the mail worker, until interrupted
	@exec $(BIN)/emergence serve

demo: setup ## fill the service with a story, so that every page has something to show
	@$(BIN)/python -m demo

test: setup-dev browser mail-servers pango ## all tests, with a real browser and real mail servers
	$(BIN)/python -X warn_default_encoding -m pytest

check: lint types test ## what CI runs: format, lint, types, tests, docs

lint: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup-dev
	$(BIN)/mypy

bench: setup-dev ## what is measured, beside the peers; see bench/README.md
	$(BIN)/pip install --quiet --editable '.[bench]'
	$(BIN)/python -m bench

docs: setup-dev ## the reference of the command, from its --help
	$(BIN)/cog -r docs/commands.md

screenshots: setup-dev browser ## the README's pictures, taken anew from the demo
	$(BIN)/python docs/screenshots.py

setup: $(VENV)/ready
setup-dev: $(VENV)/ready-dev

$(VENV)/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: set PYTHON")'
	@test -d $(VENV) || { echo "Making $(VENV)/ …"; $(PYTHON) -m venv $(VENV); }
	@# Pagefind is a program for this very kind of machine; where there is none, the site has no search.
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[search]' || \
		$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

browser: ## Chromium and npm, which the browser's tests need: from Debian when we are root
	@sh tests/system-packages.sh chromium npm

mail-servers: ## Postfix, Dovecot, swaks and notmuch, which the tests of mail need: the same way
	@sh tests/system-packages.sh postfix swaks dovecot:dovecot-imapd notmuch openssl

pango: ## Pango, with which an agreement becomes a PDF: the same way
	@sh tests/system-packages.sh lib:libpango-1.0.so.0:libpango-1.0-0 lib:libpangoft2-1.0.so.0:libpangoft2-1.0-0

clean:
	rm -rf $(VENV) var
