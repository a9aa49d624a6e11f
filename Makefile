# Two commands do all: `make run` and `make test`. Each sets up .venv first, from the lock, if it is not there.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
WORKERS ?= 2
PLATFORMS ?= win_amd64,macosx_11_0_arm64,manylinux_2_28_x86_64
PYTEST := $(BIN)/python -m pytest -c lib/pyproject.toml --rootdir=. -n $(WORKERS) --dist loadfile
NBVAL := --nbval --nbval-current-env --nbval-sanitize-with notebooks/sanitize.cfg
# kernels draw for the page, whatever the shell that starts them says
unexport MPLBACKEND

.PHONY: help run test setup lab notebooks check site workshop lint trust fuzz lock clean

run: setup  ## code the dispatches, execute the chapters, build the site
	$(BIN)/frontlines run

test: setup lint  ## the whole suite: style, types, tests, and every chapter executed and compared
	MPLBACKEND=agg $(PYTEST) lib/tests
	$(PYTEST) -W default $(NBVAL) notebooks/*.ipynb

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(STAMP)  ## .venv with the library and what it needs, from the lock, hashes checked

$(STAMP): lib/requirements.lock lib/pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 14) or sys.exit(f"Frontlines needs Python 3.11, 3.12 or 3.13; this is {v[0]}.{v[1]}. Try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --compile-bytecode -r lib/requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e lib
	@touch $@

lab: START := $(shell date +%s)
lab: setup  ## open JupyterLab on the first chapter, and say how long that took
	@$(BIN)/python lib/benchmarks/lab.py $(START) $(LAB)

notebooks: setup  ## execute the committed chapters again, in place, and save their pictures
	$(BIN)/frontlines notebooks

check: setup  ## say what differs from the committed chapters
	$(BIN)/frontlines run --check

site: setup  ## build the site from the chapters executed last
	$(BIN)/frontlines site

workshop: setup  ## archive for students, slides, coding sheet; WHEELS=1 [PLATFORMS=..] [PYTHONS=..] packs packages
	$(BIN)/frontlines workshop $(if $(WHEELS),--platforms $(PLATFORMS)) $(if $(PYTHONS),--pythons $(PYTHONS))

lint: setup  ## style and types
	$(BIN)/ruff check --config lib/pyproject.toml lib notebooks data
	$(BIN)/ruff format --check --config lib/pyproject.toml lib notebooks data
	cd lib && ../$(BIN)/mypy

TRUST := .venv/.trust
$(TRUST): $(STAMP) lib/requirements-trust.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r lib/requirements-trust.lock
	@touch $@

trust: $(TRUST)  ## count wrong inputs, properties, branches, equal runs, pages, mutants caught: an hour; ONLY="inputs runs" for some
	$(BIN)/python lib/benchmarks/trust.py $(ONLY)

# the peers that things are timed beside stay out of .venv
BENCH := .venv-bench
$(BENCH)/.ready: $(STAMP) lib/requirements-trust.lock
	$(PYTHON) -m venv $(BENCH)
	$(BIN)/uv pip install -q --python $(BENCH)/bin/python --require-hashes -r lib/requirements-trust.lock
	$(BIN)/uv pip install -q --python $(BENCH)/bin/python --no-deps -e lib
	@touch $@

bench: $(BENCH)/.ready  ## time every room beside its peers: an hour, into build/bench; ONLY="coder front" for some
	$(BENCH)/bin/python lib/benchmarks/run.py $(ONLY)

fuzz: $(TRUST)  ## feed the text rooms what nobody would write, for ten minutes
	$(BIN)/python lib/benchmarks/fuzz.py

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -q lib/pyproject.toml

lock: setup  ## resolve the dependencies again, for Windows, macOS and Linux
	$(COMPILE) --extra scale --extra site --extra dev -o lib/requirements.lock
	$(COMPILE) --extra scale --extra site --extra dev --extra trust -o lib/requirements-trust.lock

clean:  ## remove what a run wrote
	rm -rf build
