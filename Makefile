# Needs Python 3.11 or newer and make; everything else is installed into .venv.

PYTHON ?= $(firstword $(foreach python,python3.13 python3.12 python3.11 python3,\
            $(shell $(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(python))))
BIN := .venv/bin
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))# tests wait for processes more than they work themselves

VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' ingestd/__init__.py)

# pip does it where it installs, but for what is editable; else each start would, where the
# environment says that Python is to write no bytecode
compiled = $(BIN)/python -m compileall -q ingestd

.PHONY: demo test test-postgres soak power bench reference image lint format clean

demo: .venv/installed ## see it work, nothing to set up
	$(BIN)/ingestd demo

test: .venv/installed-dev ## the whole suite
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

test-postgres: .venv/installed-dev ## what needs no file, with ledgers in the PostgreSQL database at URL
	@test -n "$(URL)" || { echo "set URL=postgresql://user:password@host/name"; exit 1; }
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal --postgres "$(URL)" $(ARGS)

soak: .venv/installed-dev ## thousands of documents, faults and kills; takes some minutes
	$(BIN)/python -m tests.soak $(ARGS)

power: .venv/installed-dev ## a hundred power cuts; needs root, FUSE and loop devices
	$(BIN)/python -m tests.power $(ARGS)

bench: .venv/installed-dev ## what it costs to start, wait, idle, deliver and remember
	$(compiled)
	$(BIN)/python -m bench.startup $(ARGS)
	$(BIN)/python -m bench.einvoices $(ARGS)
	$(BIN)/python -m bench.latency $(ARGS)
	$(BIN)/python -m bench.idle $(ARGS)
	$(BIN)/python -m bench.drain $(ARGS)
	$(BIN)/python -m bench.far $(ARGS)
	$(BIN)/python -m bench.scaling $(ARGS)
	$(BIN)/python -m bench.asking $(ARGS)
	$(BIN)/python -m bench.memory $(ARGS)
	$(BIN)/python -m bench.backlog $(ARGS)
	$(BIN)/python -m bench.ledger $(ARGS)

reference: .venv/installed-dev ## docs/cli.md and docs/ingestd.1, from the commands
	$(BIN)/python -m ingestd.cli.reference docs

image: ## the container image; docs/docker.md has the rest
	docker build --tag ingestd:$(VERSION) $(ARGS) .

lint: .venv/installed-dev ## style, types, and which room may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/installed-dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/pip:
	@test -n "$(PYTHON)" || { echo "ingestd needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/pip pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[einvoice,sandbox]"
	$(compiled)
	touch $@

.venv/installed-dev: .venv/bin/pip pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	$(compiled)
	touch $@ .venv/installed
