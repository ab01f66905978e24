# `make demo`, `make tour` and `make test` need nothing but Python 3.11 or newer: each sets up what it uses in
# .venv the first time, and starts at once afterwards. A stamp such as .venv/.base is written only
# when a setup step is complete, so an interrupted one is taken up again.

# The first Python that is new enough and able to make a virtual environment.
# Choose another with `make PYTHON=...`.
PYTHON ?= $(shell scripts/setup python)

# Spark runs on Java 17 or newer. Where there is none its tests are skipped, and Spark stays away.
TOOLS := $(shell scripts/setup tools)

.PHONY: help setup test demo tour prove bench senders lock clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo    look around in a simulated company (Ctrl-C ends it)'
	@echo 'make tour    see the engine at work on an example'
	@echo 'make test    run every check'
	@echo
	@echo 'make setup   set up .venv for development, which the others do when they need it'
	@echo 'make prove   show the claims that need minutes or real data; writes proofs/results.md'
	@echo 'make bench   measure Einig against its yardsticks'
	@echo 'make senders write the table of senders anew, from what their tests say'
	@echo 'make lock    write requirements/*.txt anew (UPGRADE=1: with the newest versions)'
	@echo 'make clean   remove .venv and everything else that these commands made'

setup: .venv/.$(TOOLS) .venv/.words
	@echo 'Ready. Activate it with: . .venv/bin/activate'

test: .venv/.$(TOOLS) .venv/.words
	@scripts/test

demo: .venv/.base .venv/.words
	@EINIG_HOME='$(CURDIR)/demo-company' .venv/bin/einig demo

tour: .venv/.base .venv/.words
	@.venv/bin/python -m examples.demo

prove: .venv/.$(TOOLS) .venv/.words
	@.venv/bin/python proofs/run.py

bench: .venv/.$(TOOLS) .venv/.words
	@.venv/bin/python -m benchmarks

senders: .venv/.$(TOOLS)
	@.venv/bin/python -m tests.connectors.matrix

lock: .venv/.$(TOOLS)
	@scripts/lock

clean:
	rm -rf .venv build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.base: requirements/base.txt pyproject.toml
	@scripts/setup base '$(PYTHON)'

.venv/.words: .venv/.base $(wildcard src/einig/locale*/*/LC_MESSAGES/*.po)
	@scripts/setup words

.venv/.test: .venv/.base requirements/test.txt
	@scripts/setup test

.venv/.spark: .venv/.base requirements/spark.txt
	@scripts/setup spark
