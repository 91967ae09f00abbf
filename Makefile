# The workflow on one page. Every target sets itself up; nothing comes before them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= ../shared/data
KILLS  ?= 200

.PHONY: help demo test check faults eval bench docs clean setup setup-dev setup-eval requirements requirements-eval

help:            ## this list
	@grep -E '^[a-z-]+: .*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## / \t/' | expand -t 14

demo: setup            ## the whole product on this machine, with a small world of pretend outlets (Ctrl-C ends it)
	$(BIN)/corante demo

test: setup-dev            ## everything a change must pass: SQLite, PostgreSQL, a real browser, real mail
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow"
	$(BIN)/python -m tests.fakes.postgres $(BIN)/pytest -n 2 --dist loadfile -m "not slow and not browser" tests/models tests/rooms tests/faces tests/faults/test_kills_in_delivery.py tests/faults/test_kills_in_freezing.py tests/faults/test_leaving_in_a_send.py

check: setup-dev            ## style, types, contracts, docs in step with code, known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/corante makemigrations --check --dry-run corante
	$(BIN)/corante docs --check
	$(BIN)/python -m tests.house.audit

faults: setup-dev            ## kill -9 at random, at length (KILLS=200)
	CORANTE_KILLS=$(KILLS) $(BIN)/pytest tests/faults --timeout 1800

eval: setup-eval            ## quality on labelled data: prints its tables, writes eval.json (DATA=DIR)
	$(BIN)/python -m bench.evaluate "$(DATA)"

bench: setup-dev            ## races against named peers, as ratios in one run
	$(BIN)/python -m bench.all

docs: setup            ## write docs/reference from the code
	$(BIN)/corante docs

clean:            ## remove what these targets made (not your sites)
	rm -rf $(VENV) .venv-eval .mypy_cache .ruff_cache .pytest_cache .hypothesis build src/*.egg-info eval.json eval-report

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev
setup-eval: $(VENV)/.installed-dev $(VENV)-eval/.installed

# Debian's Python comes without ensurepip: then pip outside the new environment puts pip into it.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Corante needs Python 3.11 or newer; name one: make demo PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip setuptools; }

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "setting up in $(VENV) (once, about a minute)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo "setting up in $(VENV), with what the tests need (once, about two minutes)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps -e .
	@touch $(VENV)/.installed $@

# Peers live apart: what they need is not what we need. One that can't be had is named as missing, and the rest goes on.
$(VENV)-eval/.installed: requirements-eval.txt | $(VENV)/.installed-dev
	@echo "setting up in $(VENV)-eval, with the peers we are compared with (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)-eval >/dev/null 2>&1 || { rm -rf $(VENV)-eval; $(PYTHON) -m venv --without-pip $(VENV)-eval; }
	@$(BIN)/python -m bench.peers.install $(VENV)-eval/bin/python
	@touch $@

requirements-eval: setup-dev            ## pin the peers anew
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --no-header -o requirements-eval.txt requirements-eval.in
	sed -n 's/^#+ //p' requirements-eval.in >> requirements-eval.txt

requirements: setup-dev            ## pin anew what pyproject.toml asks for: versions and hashes, no addresses
	@# run this on the newest interpreter you like, then try `make setup-dev PYTHON=/usr/bin/python3` on 3.11.2 (Debian 12): some packages refuse early 3.11
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --no-header -o requirements.txt pyproject.toml
	$(BIN)/pip-compile --quiet --extra dev -c requirements.txt --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --no-header -o requirements-dev.txt pyproject.toml
