# Cairn: everything a contributor types. `make serve` and `make test` need only python3, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install serve test check lint format schema schema-released lock bench-start bench-read bench-soak bench-attacks bench-analysis bench-legacy-zones bench-zones bench-feed bench-ingest bench-feed-kill bench-idle bench-throttle bench-failover clean

install: $(STAMP)

# Locked requirements with hashes; the project itself, editable, cannot stand in a lock with hashes.
$(STAMP): requirements.lock pyproject.toml
	@PYTHON=$(PYTHON) sh configuration/make_venv.sh $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

serve: install
	@$(BIN)/cairn serve

# Two at a time, a file each: every process has servers of its own.
test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: test

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: install
	$(BIN)/python -m app.schema > schema.graphql

schema-released: install
	$(BIN)/python -m tests.edge.schema_guard

bench-start: install
	$(BIN)/python benchmarks/start_up.py

bench-read: install
	$(BIN)/python -m benchmarks.read

bench-attacks: install
	$(BIN)/python -m benchmarks.attacks

bench-soak: install
	$(BIN)/python -m benchmarks.soak

# Made with uv, which stands in no lock: names, versions and hashes only.
lock:
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --python-version 3.11 --group dev pyproject.toml configuration/build.in -o requirements.lock

bench-legacy-zones: install
	$(BIN)/python -m benchmarks.legacy_zones

bench-analysis: install
	$(BIN)/python -m benchmarks.analysis

bench-zones: install
	$(BIN)/python -m benchmarks.zones

bench-feed: install
	$(BIN)/python -m benchmarks.feed

bench-ingest: install
	$(BIN)/python -m benchmarks.ingest

bench-feed-kill: install
	$(BIN)/python -m benchmarks.feed_kill

bench-idle: install
	$(BIN)/python -m benchmarks.idle

bench-throttle: install
	$(BIN)/python -m benchmarks.throttle

bench-failover: install
	$(BIN)/python -m benchmarks.failover

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis *.egg-info
