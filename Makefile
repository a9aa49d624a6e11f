# Two commands do all: `make run` and `make test`. Each sets up .venv first, from the lock, if it is not there.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
WORKERS ?= 2
export MPLBACKEND ?= agg

.PHONY: run test setup lab notebooks site lint lock clean

run: setup
	$(BIN)/frontlines run

test: setup lint
	$(BIN)/python -m pytest -c lib/pyproject.toml --rootdir=. -n $(WORKERS) --dist loadfile lib/tests
	$(BIN)/python -m pytest -c lib/pyproject.toml --rootdir=. -W default -n $(WORKERS) --dist loadfile --nbval --nbval-current-env --nbval-sanitize-with notebooks/sanitize.cfg notebooks

lint: setup
	$(BIN)/ruff check --config lib/pyproject.toml lib notebooks data
	$(BIN)/ruff format --check --config lib/pyproject.toml lib notebooks data
	cd lib && ../$(BIN)/mypy

setup: $(STAMP)

$(STAMP): lib/requirements.lock lib/pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 14) or sys.exit(f"Frontlines needs Python 3.11, 3.12 or 3.13; this is {v[0]}.{v[1]}. Try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check uv
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r lib/requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e lib
	@touch $@

lab: setup
	$(BIN)/jupyter lab notebooks

notebooks: setup
	$(BIN)/frontlines notebooks

site: setup
	$(BIN)/frontlines site

lock:
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --extra scale --extra site --extra dev -q lib/pyproject.toml -o lib/requirements.lock

clean:
	rm -rf build
