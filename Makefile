# `make run` opens Padlock's console, `make test` runs everything; both set up what is missing first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Many tests wait for servers, so there are more of them at once than the smallest machines have processors.
WORKERS ?= 5

.PHONY: run test demo preview lint types unit bench lock clean

run: $(READY)
	@$(BIN)/padlock

test: lint types unit

demo: $(READY)
	@$(BIN)/python -m tests.lab.demo

# The Slack bot in the browser, with the demo's broken servers; needs no Slack.
preview: $(READY)
	@$(BIN)/python -m tests.lab.preview

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --maxschedchunk 1

# Ratios of CPU, beside other tools; writes docs/performance.md.
bench: $(READY)
	$(BIN)/python -m tests.benchmarks.bulk --write
	$(BIN)/python -m tests.benchmarks.matching --write
	$(BIN)/python -m tests.benchmarks.cold_start --write
	$(BIN)/python -m tests.benchmarks.two_cores --write
	$(BIN)/python -m tests.benchmarks.far_hosts --write
	$(BIN)/python -m tests.benchmarks.bot_cpu --write
	$(BIN)/python -m tests.benchmarks.curves --write

# The locks are made with pip-tools, which only `make lock` needs; the second is what a container gets: no tools, no tests.
COMPILE := -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-header
lock:
	$(PYTHON) $(COMPILE) --build-deps-for editable --extra dev --output-file requirements.lock pyproject.toml
	$(PYTHON) $(COMPILE) --build-deps-for wheel --extra postgres --constraint requirements.lock --no-annotate \
		--output-file requirements-bot.lock pyproject.toml

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Padlock needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 run") if sys.version_info < (3, 11) else None'
	@echo "Setting up Padlock in $(VENV) (once, about half a minute) ..."
	@$(PYTHON) -m venv --clear $(VENV) || { echo "The virtual environment could not be made; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=compat --editable .
	@$(BIN)/python -m compileall -q bot knowledge diagnostics
	@touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
