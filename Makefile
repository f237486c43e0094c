# Two commands do everything on a fresh Debian machine: `make demo` and `make test`.
SHELL := /bin/sh
BIN := .venv/bin
DEMO_STATE ?= demo-state
export PYTHONPATH := $(CURDIR)
# Without bytecode every process of demo and tests compiles all libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test lint serve soak coverage bench airgap-kit samples clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Read the sample mailbox and letters, print the ranked queue (embedded SQLite, no network after set-up)
	@tools/bootstrap demo
	@tools/demo $(DEMO_STATE)

test: ## Lint, types, import rules and the test suite with a fixed small sample of every slow suite (< 15 min)
	@tools/bootstrap test
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow"

lint: ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

serve: ## Open the review app over the sample letters, with demo people (their logins are printed)
	@tools/bootstrap demo
	@test -d $(DEMO_STATE) || tools/demo $(DEMO_STATE)
	@$(BIN)/python -m tools.demo_people $(DEMO_STATE)
	$(BIN)/xiansuo --state $(DEMO_STATE) serve

soak: ## The long suites: crash points, fuzzing, 10,000 mails, all of it on PostgreSQL; writes the committed figures
	@tools/bootstrap test
	$(BIN)/pytest -m slow
	$(BIN)/python -m tools.measure_canaries
	$(BIN)/python -m benchmarks.fuzz --inputs 100000
	XIANSUO_TEST_DATABASE=postgresql $(BIN)/pytest -m "not slow" tests/services tests/pipelines tests/e2e tests/review tests/cli
	$(BIN)/python -m benchmarks.figures $(if $(REAL),--real $(REAL))

coverage: ## Run the tests under measurement (about twice as long) and write docs/figures.md
	@tools/bootstrap test
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n 2 --dist loadfile -m "not slow"
	$(BIN)/coverage combine -q
	$(BIN)/coverage json -q -o .coverage.json
	$(BIN)/python -m tools.figures_page --coverage .coverage.json --tests

bench: ## Time the pipeline against bare jieba over the same texts
	@tools/bootstrap test
	$(BIN)/python -m benchmarks.pipeline

airgap-kit: ## One folder (dist/airgap) that installs on a machine without network
	@tools/bootstrap test
	rm -rf dist/airgap dist/airgap.tar
	$(BIN)/python -m tools.airgap_kit dist/airgap

samples: ## Make data/samples again from its script
	@tools/bootstrap test
	$(BIN)/python -m tools.make_samples

clean: ## Remove the demo state and caches
	rm -rf $(DEMO_STATE) .pytest_cache .mypy_cache .ruff_cache
