# Everything a developer or an operator does with this repository. `make help` lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
LOCKED := pyproject.toml uv.lock scripts/bootstrap.sh

.PHONY: help run setup test check bench soak pictures vendor fmt clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.synced-run ## Start everything, with the demo: database, worker and web (HOST, PORT, COCREATE_DATA, DATABASE_URL, SMTP_URL)
	@exec .venv/bin/cocreate run

setup: .venv/.synced-run ## Prepare everything without starting; afterwards .venv/bin/cocreate is the command
	@echo "Ready: .venv/bin/cocreate --help lists the commands."

test: check ## Check, then run every test, browsers included (fetches Chromium where it may)
	@scripts/ensure_chromium.sh
	.venv/bin/pytest -n 2 --dist loadscope --no-loadscope-reorder --durations=10

check: .venv/.synced-dev ## Lint, formatting, types, import rules and templates, in under 20 seconds
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) scripts/lint_templates.py

bench: .venv/.synced-dev ## Measure the speed of what users wait for
	$(PYTHON) benchmarks/run.py

soak: .venv/.synced-dev ## Kill the product 200 times while eight write, play 400 worlds, ask 20,000 times, scan 200 mails: nothing is lost, leaks or breaks
	$(PYTHON) soak/run.py
	COCREATE_WORLDS=400 .venv/bin/pytest tests/http/test_who_reads_what.py
	COCREATE_MATRIX=whole .venv/bin/pytest -s tests/http/test_isolation.py
	COCREATE_CASES=14 .venv/bin/pytest -s tests/http/test_document_holds.py
	COCREATE_SCANS=200 .venv/bin/pytest -n 2 tests/browser/test_mail_scanner.py

pictures: .venv/.synced-dev ## Take the README's pictures anew from the running product
	@scripts/ensure_chromium.sh
	$(PYTHON) scripts/pictures.py

vendor: .venv/.synced-dev ## Fetch the browser libraries and fonts anew and check them against their SHA-256
	$(PYTHON) scripts/vendor.py

fmt: .venv/.synced-dev ## Format the Python files and mend what lint can mend by itself
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

clean: ## Remove what the tools made: environments and caches (the data folder stays)
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests scripts benchmarks soak migrations -name __pycache__ -prune -exec rm -rf {} +

# The stamps are touched by the script: a development environment also serves for running.
.venv/.synced-run: $(LOCKED)
	@scripts/bootstrap.sh

.venv/.synced-dev: $(LOCKED)
	@scripts/bootstrap.sh --dev
