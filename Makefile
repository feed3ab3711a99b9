# Two commands: `make run` serves, `make test` tests. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What Django needs to be checked at all; nothing is stored or served with these.
CHECKED := env ENV_FILE= SITE_URL=https://connections.example.com ENCRYPTION_KEY=Y2hlY2tzIG9ubHksIG5vdGhpbmcgaXMgc2VhbGVkISE= \
  SECRET_KEY='for checks only, nothing is signed with this: 0123456789' DATABASE_URL=sqlite:///:memory:

.DEFAULT_GOAL := help
.PHONY: help run demo test check format bench lock clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/run.stamp .env ## serve on http://127.0.0.1:8000 (HOST, PORT and every setting: environment or .env)
	@$(BIN)/python manage.py serve

demo: $(VENV)/demo.stamp .env ## the same server beside a GitLab and a GitHub sandbox, to try every call of the README
	@$(BIN)/python -m sandbox.demo

test: $(VENV)/dev.stamp ## run all tests, on SQLite and on PostgreSQL
	@$(BIN)/python -m pytest $(ARGS)
	@$(BIN)/python -m pytest --postgresql $(ARGS)

check: $(VENV)/dev.stamp ## lint, format, types, import contracts, migrations, deployment checks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(CHECKED) $(BIN)/mypy .
	@$(BIN)/lint-imports
	@$(CHECKED) $(BIN)/python manage.py makemigrations --check --dry-run
	@$(CHECKED) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(VENV)/dev.stamp ## format the code and sort its imports
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/dev.stamp ## measure speed on SQLite and PostgreSQL
	@$(BIN)/python -m bench

lock: $(VENV)/dev.stamp ## compile requirements/*.txt from pyproject.toml
	@for set in run demo dev; do \
	  extra=$$(case $$set in demo) echo --extra=sandbox;; dev) echo --extra=dev;; esac); \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-package app-connections \
	    $$extra pyproject.toml --output-file requirements/$$set.txt; \
	done

clean: ## remove the virtual environment and every cache, keep .env and the database
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.env:
	@$(BIN)/python config/first_run.py .env

$(VENV)/%.stamp: requirements/%.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Installing $< into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
