# What a developer types. `make` alone lists it.
#
# Everything runs in .venv, the private environment that the first target needing it makes.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
MINUTES ?= 5
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test long lint extension roots screenshots bench fuzz soak mutation clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed-demo ## five mails, opened through the real native host in the installed Chromium
	@$(RUN) -m tests.demo

test: lint ## the suite, after lint: Python, JavaScript, real browsers and mail clients (ARGS="-k roundcube" for a part)
	$(RUN) -m pytest $(ARGS)

long: $(VENV)/.installed-dev ## the tests that the suite leaves out because they take long
	$(RUN) -m pytest -m long $(ARGS)

lint: $(VENV)/.installed-dev extension/node_modules/.installed ## style and types of both languages
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	@echo "mypy, eslint, tsc"; $(RUN) -m mypy & \
	if command -v npm >/dev/null; then (cd extension && npm run --silent lint && npm run --silent types); \
	else echo "npm is missing: the extension was not checked (apt-get install nodejs npm)"; fi; \
	others=$$?; wait $$! && exit $$others

extension: ## the packages of the extension, in dist/
	$(PYTHON) extension/build.py

roots: $(VENV)/.installed-dev ## renew the list of roots that Mozilla trusts for mail, from the installed Thunderbird
	@$(RUN) -m tests.mozilla_roots

bench: $(VENV)/.installed-dev ## how long verdicts and CMS operations take, beside openssl on the same files
	$(RUN) -m tests.benchmarks.pipe
	$(RUN) -m tests.benchmarks.cms
	$(RUN) -m tests.benchmarks.path
	$(RUN) -m tests.benchmarks.authority
	$(RUN) -m tests.benchmarks.evidence
	$(RUN) -m tests.benchmarks.sending
	$(RUN) -m tests.benchmarks.thunderbird
	$(RUN) -m tests.benchmarks.webmail

fuzz: $(VENV)/.installed-dev $(VENV)/.installed-fuzz ## attack everything that parses, guided by coverage (MINUTES=5)
	$(RUN) -m tests.fuzz --minutes $(MINUTES)

soak: $(VENV)/.installed-dev ## one host for a long time: nothing may grow (MINUTES=5)
	$(RUN) -m tests.soak $(MINUTES)

mutation: $(VENV)/.installed-dev ## change what decides a verdict, place by place: would a test notice?
	$(RUN) -m tests.mutation

screenshots: $(VENV)/.installed-dev ## copy the suite's screenshots into docs/screenshots
	$(RUN) -m tests.screenshots

clean: ## remove what was built, not the environment
	rm -rf build dist

$(VENV)/.installed-%: pyproject.toml tests/environment.py
	@$(PYTHON) tests/environment.py $(VENV) $*

extension/node_modules/.installed: extension/package-lock.json
	@if command -v npm >/dev/null; then cd extension && npm ci --no-audit --no-fund && touch node_modules/.installed; fi
