# Needs only make and Python 3.11 or later: everything else goes into .venv, from the hashed files of requirements/.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV = .venv/bin/python
INSTALL = install() { $(VENV) -m uv pip install --quiet --compile-bytecode --python $(VENV) "$$@" || $(VENV) -m pip install --quiet "$$@"; }; install
LOCK = $(VENV) -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate

.PHONY: help run voice oidc chat demo-telegram demo-whatsapp test check bench evaluate soak texts lock

help: ## Show what can be done (this list)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/run.stamp ## Start everything in one process, with demonstration data, and print where it can be tried
	@$(VENV) -m bot run

voice: .venv/voice.stamp ## Install what hears voice messages on this machine (another 400 MB)

oidc: .venv/oidc.stamp ## Install what lets operators enter through the municipality's identity broker

chat: .venv/run.stamp ## Talk to the assistant in this terminal
	@$(VENV) -m bot chat

demo-telegram: .venv/test.stamp ## Hold a conversation on Telegram on this machine, without an account
	@$(VENV) -m tests.fakes.demo_telegram

demo-whatsapp: .venv/test.stamp ## Hold a conversation on WhatsApp on this machine, without an account
	@$(VENV) -m tests.fakes.demo_whatsapp

test: .venv/test.stamp ## Run every test, PostgreSQL included (one part: make test ARGS="-k name")
	$(VENV) -m pytest -n logical --dist worksteal $(ARGS)

check: .venv/test.stamp ## Check format, style, types, the rule between folders and the documents
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy
	$(VENV) -m pytest -q tests/test_folders.py tests/test_publiccode.py $(wildcard tests/test_docs*.py)

bench: .venv/test.stamp ## Measure turns, matching, start and memory (minutes)
	$(VENV) -m benchmarks

evaluate: .venv/run.stamp ## Measure understanding on tests/evaluation, or on the files of a folder (EVAL=folder)
	@$(VENV) -m admin evaluate folder $(or $(EVAL),tests/evaluation)

soak: .venv/test.stamp ## Repeat the long runs: many conversations, killed processes, ten thousand updates, many writers, a back office after years (long)
	$(VENV) -m benchmarks.soak

texts: .venv/run.stamp ## Bring the catalogues of the other languages level with what the code says
	@$(VENV) -m dialogs.locale

lock: .venv/uv.stamp ## Write requirements/ again after a change in pyproject.toml (newer versions: make lock ARGS=--upgrade)
	$(LOCK) $(ARGS) --group uv --output-file requirements/uv.txt
	$(LOCK) $(ARGS) pyproject.toml --group build --output-file requirements/run.txt
	$(LOCK) $(ARGS) pyproject.toml --group build --group test --group check --constraints requirements/run.txt --output-file requirements/test.txt
	$(LOCK) $(ARGS) pyproject.toml --group build --extra voice --constraints requirements/run.txt --output-file requirements/voice.txt
	$(LOCK) $(ARGS) pyproject.toml --group build --extra oidc --constraints requirements/run.txt --output-file requirements/oidc.txt
	$(LOCK) $(ARGS) pyproject.toml --group build --group train --constraints requirements/run.txt --output-file requirements/train.txt

# A stamp says that .venv holds what a requirement file asks: nothing is installed again until the file changes.
.venv/%.stamp: requirements/%.txt pyproject.toml .venv/uv.stamp
	@echo "Installing $<"
	@$(INSTALL) --require-hashes -r $<
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# Accessibility rules and the HTML checker, for the tests of pages that need them (npm, and Java for the second).
.venv/node.stamp: requirements/package.json .venv/uv.stamp
	@echo "Installing $<"
	@mkdir -p .venv/node && cp $< .venv/node/
	@npm install --silent --no-audit --no-fund --prefix .venv/node
	@touch $@

# uv installs several times faster; where it cannot be had, or cannot reach the packages, pip does the same work.
.venv/uv.stamp: requirements/uv.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: install it, or name it with make PYTHON=..."; exit 1; }
	@echo "Preparing .venv (the first time takes a minute or two)"
	@$(PYTHON) -m venv .venv || { echo "Python cannot make .venv: on Debian and Ubuntu, install python3-venv"; exit 1; }
	@$(VENV) -m pip install --quiet --require-hashes -r requirements/uv.txt || echo "uv is not available here: going on with pip"
	@touch $@
