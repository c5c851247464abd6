# Everything a person needs: `make demo`, `make test`, `make serve`. The rest is for developers.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3.11
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DATA ?= demo
export ETH_HASH_BACKEND := pysha3

.PHONY: demo serve test lint check faults bench assets vectors contracts lock clean

demo: $(VENV)/.run  ## the main job from an Excel file to verdicts, on sample data
	$(BIN)/sogoc --data $(DATA) demo

serve: $(VENV)/.run  ## serve the demo's data on 127.0.0.1
	$(BIN)/sogoc --data $(DATA) serve

test: $(VENV)/.dev  ## everything that CI runs
	scripts/setup_tests.sh
	$(MAKE) lint check

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Without bytecode each process of the tests would compile all modules anew.
check: export PYTHONDONTWRITEBYTECODE :=
check: $(VENV)/.dev
	$(BIN)/python -m pytest -n 4 --no-loadscope-reorder

faults: export FAULTS = all
faults: $(VENV)/.dev  ## every seeded fault: `make test` does a few of each
	scripts/setup_tests.sh
	$(BIN)/python -m pytest -rA --timeout=0 tests/faults tests/chain/test_reorganisations.py \
	    tests/chain/test_index_faults.py tests/chain/test_lying_verdicts.py \
	    tests/chain/test_state_proof.py tests/e2e/test_evidence.py

bench: $(VENV)/.dev  ## measure, with the peers and the floor beside ours
	$(BIN)/python -m benchmarks

assets:  ## browser scanner (zxing WebAssembly) from npm; pages work without it
	scripts/make_assets.sh

vectors: $(VENV)/.dev
	$(BIN)/python scripts/make_vectors.py

contracts: $(VENV)/.dev  ## everything that is claimed of the contract (docs/CONTRACT.md)
	scripts/setup_tests.sh
	scripts/check_contracts.sh

lock:
	scripts/lock.sh

clean:
	rm -rf $(VENV) node_modules demo data build dist web/static/vendor

# Use Python 3.11 by that name, or python3 if that is 3.11 or newer.
$(VENV)/bin/python:
	@$$(command -v $(PYTHON) || command -v python3) -c \
	  'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$$(command -v $(PYTHON) || command -v python3) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV) (about a minute) …"
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Installing what the tests need …"
	$(PIP) install --require-hashes -r requirements/dev.txt
	touch $@
