# All that a machine needs is Python 3.11 or newer and make; everything else comes into .venv from the package registry.
VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
PY = $(VENV)/bin/python
DEMO = build/demo
SAMPLE = samples/quickstart
# The rooms on which the others rest, and the bytes of the samples, but of the one that takes longest.
QUICK = $(addprefix tests/,explain formulate models read/documents read/pods read/storage read/validation read/values \
	read/workloads rules settle trust verify view test_imports.py test_mutants.py test_names.py test_samples.py test_words.py) \
	--ignore tests/verify/test_every_field.py \
	--deselect "tests/test_samples.py::test_a_sample_answers_what_it_is_expected_to[buying]"
EVERY_TIME = not cluster and not soak
CLUSTER_TESTS = tests/cluster
SOAK_RULES = tests/cluster/test_filters.py
SOAK_PLANS = $(addprefix tests/cluster/,test_foresee.py test_foresee_lives.py test_promise.py test_plans.py test_plans_survive.py)

.DEFAULT_GOAL := help
.PHONY: help demo quick test control-plane policy-engines cluster-test soak soak-tests soak-rules soak-plans soak-lies soak-doors mutants fuzz playground lint ci docs reference lowest bench bench-karpenter peers samples lock clean distclean

help:
	@echo "make demo     plan, patches and picture of $(SAMPLE), into $(DEMO)/"
	@echo "make quick    what a change breaks most often, in a minute"
	@echo "make test     the tests that need only Python, in seven minutes"
	@echo "make cluster-test   the tests against a real control plane, which is built once (Go, minutes); KUBERNETES=1.35 for another version"
	@echo "make soak     the tests that take long, and many more random cases of all (hours); make soak-tests those that need only Python"
	@echo "make mutants  break one thing after the other, and see the test fail that is there for it (half an hour)"
	@echo "make fuzz     20,000 inputs and 5,000 plans that were changed at random: each is answered or refused (a quarter of an hour)"
	@echo "make playground     that control plane with a sample in it, to try kubectl and ringfence on (SAMPLE=samples/brownfield)"
	@echo "make lint     ruff, mypy, import contracts"
	@echo "make docs     the documentation, into build/docs/; whatever is broken in it is an error"
	@echo "make reference      write docs/reference anew from the code"
	@echo "make ci       all that continuous integration runs"
	@echo "make lowest   the tests once more, with the lowest versions that pyproject.toml names"
	@echo "make bench    the measurements of tests/benchmarks, ours beside peers (an hour)"
	@echo "make bench-karpenter   two of them with the real Karpenter and the real kube-scheduler (three hours)"
	@echo "make peers    what make bench measures beside ringfence, into build/peers"
	@echo "make samples  rewrite what the samples are expected to answer"
	@echo "make lock     pin the requirements anew"
	@echo "make clean    remove what was built; make distclean: $(VENV) too"

demo: $(VENV)/runtime.stamp
	@mkdir -p $(DEMO)
	$(PY) cli.py plan $(SAMPLE)/workloads.yaml --nodes $(SAMPLE)/nodes.yaml --policy $(SAMPLE)/trust.yaml -o $(DEMO)/plan.yaml
	$(PY) cli.py patch $(DEMO)/plan.yaml -o $(DEMO)/patch
	$(PY) cli.py graph $(DEMO)/plan.yaml -o $(DEMO)/graph.svg
	$(PY) cli.py graph $(DEMO)/plan.yaml -o $(DEMO)/graph.html
	@echo
	@echo "the plan       $(DEMO)/plan.yaml"
	@echo "the patches    $(DEMO)/patch/"
	@echo "the picture    $(DEMO)/graph.svg (or open $(DEMO)/graph.html)"

quick: $(VENV)/dev.stamp
	$(PY) -m pytest -q -n auto --dist worksteal -m "$(EVERY_TIME)" $(QUICK)

test: $(VENV)/dev.stamp
	$(PY) -m pytest -n auto --dist worksteal -m "$(EVERY_TIME)"

control-plane: $(VENV)/bin/python
	@$(PY) tests/cluster/build.py --kubernetes "$(KUBERNETES)"
	@$(PY) -m tests.cluster.tools karpenter

# What evaluates policies in the place of the API server: six minutes of CPU for gator, and about as many for kyverno, once.
policy-engines: $(VENV)/bin/python
	@$(PY) -m tests.cluster.tools kyverno gator

cluster-test: $(VENV)/dev.stamp control-plane
	RINGFENCE_KUBERNETES=$(KUBERNETES) $(PY) -m pytest -m "not soak" $(CLUSTER_TESTS)

soak: soak-tests soak-lies soak-rules soak-plans soak-doors

soak-tests: $(VENV)/dev.stamp
	$(PY) -m pytest -n auto --dist worksteal -m "soak and not cluster"

soak-lies: $(VENV)/dev.stamp
	RINGFENCE_LIES=4 $(PY) -m pytest tests/verify/test_every_field.py

soak-rules: $(VENV)/dev.stamp control-plane
	RINGFENCE_CASES=52000 RINGFENCE_KUBERNETES=$(KUBERNETES) $(PY) -m pytest $(SOAK_RULES)

soak-plans: $(VENV)/dev.stamp control-plane
	RINGFENCE_FORESEEN=100 RINGFENCE_GREEDY=20 RINGFENCE_CLUSTERS=300 RINGFENCE_SURVIVORS=20 RINGFENCE_KUBERNETES=$(KUBERNETES) $(PY) -m pytest $(SOAK_PLANS)

soak-doors: $(VENV)/dev.stamp control-plane policy-engines
	RINGFENCE_KUBERNETES=$(KUBERNETES) $(PY) -m pytest tests/cluster/admission

mutants: $(VENV)/dev.stamp control-plane
	RINGFENCE_KUBERNETES=$(KUBERNETES) $(PY) -m tests.mutants

fuzz: $(VENV)/dev.stamp
	$(PY) -m tests.fuzz $(if $(SEED),--seed $(SEED))

playground: $(VENV)/dev.stamp control-plane
	@$(PY) -m tests.cluster.playground $(SAMPLE) --kubernetes "$(KUBERNETES)"

lint: $(VENV)/dev.stamp
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# In an environment of its own: nothing that tests or commands need.
DOCS_VENV = build/docs-venv

docs: $(DOCS_VENV)/docs.stamp
	$(DOCS_VENV)/bin/sphinx-build --fail-on-warning --keep-going --nitpicky --quiet --fresh-env docs build/docs
	@echo "the documentation   build/docs/index.html"

$(DOCS_VENV)/docs.stamp: requirements/docs.txt
	$(PYTHON) -m venv --clear $(DOCS_VENV)
	$(DOCS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

reference: $(VENV)/dev.stamp
	$(PY) -m docs.generate

ci:
	.ci/run

# In an environment of its own; numpy 1.26 and its like have no wheels for Python 3.13.
lowest: $(VENV)/dev.stamp
	$(VENV)/bin/uv venv --quiet --clear --python $(PY) build/lowest
	$(VENV)/bin/uv pip install --quiet --python build/lowest/bin/python --resolution lowest-direct -r pyproject.toml --extra png --group dev
	build/lowest/bin/python -m pytest -n auto --dist worksteal -m "$(EVERY_TIME)"

bench: $(VENV)/dev.stamp
	$(PY) tests/benchmarks/startup.py
	$(PY) tests/benchmarks/loading.py
	$(PY) -m tests.benchmarks.everyday
	$(PY) -m tests.benchmarks.openb default
	$(PY) -m tests.benchmarks.openb gpuspec33
	$(PY) -m tests.benchmarks.peers
	$(PY) -m tests.benchmarks.bin_packing
	$(PY) -m tests.benchmarks.curve
	$(PY) -m tests.benchmarks.commands
	$(PY) -m tests.benchmarks.commands survive=nodes --packing exact --time-limit 120
	$(PY) -m tests.benchmarks.commands survive=zones --packing exact --time-limit 120

bench-karpenter: $(VENV)/dev.stamp control-plane
	$(PY) -m tests.benchmarks.karpenter

# Rebalancer wants Python 3.12 (make peers PEERS_PYTHON=/path/to/python3.12), Timefold Java 17; make bench says which it did without.
PEERS_PYTHON ?= $(shell for p in python3.13 python3.12 $(PYTHON); do $$p -c '' >/dev/null 2>&1 && echo $$p && break; done)

peers:
	$(PEERS_PYTHON) -m venv --clear build/peers
	build/peers/bin/python -m pip install --quiet --disable-pip-version-check -r tests/benchmarks/peers.txt

samples: $(VENV)/dev.stamp
	$(PY) samples/regenerate.py

lock: $(VENV)/dev.stamp
	$(VENV)/bin/uv pip compile $(LOCK) --extra png -o requirements/runtime.txt
	$(VENV)/bin/uv pip compile $(LOCK) --extra png --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(VENV)/bin/uv pip compile $(PINNED) --group docs -o requirements/docs.txt

LOCK = pyproject.toml $(PINNED)
PINNED = --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "ringfence needs Python 3.11 or newer, and none is on PATH: install one, or call make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "$(PYTHON) is not Python 3.11 or newer, which ringfence needs: call make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments (on Debian and Ubuntu install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)

# uv installs in seconds what takes pip half a minute; pip steps in where uv cannot, for instance behind a mirror that only pip knows.
$(VENV)/%.stamp: requirements/%.txt requirements/installer.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	$(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r $< \
		|| $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)
