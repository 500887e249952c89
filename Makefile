# Everything is installed into .venv. What has been installed is remembered by a real
# file there, so that a second call starts at once.

VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip --disable-pip-version-check install --quiet --editable
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

# make lab FOLDER=… PORT=… NO_BROWSER=1; each may be left out. The shell finds them in
# its environment as they were typed, with every quote and dollar of a folder's name.
unexport FOLDER PORT NO_BROWSER
export LAB_FOLDER = $(value FOLDER)
export LAB_PORT = $(value PORT)
export LAB_NO_BROWSER = $(value NO_BROWSER)

# Where nbgrader and otter-grader are: they change what JupyterLab shows, and bring much
# that the course does not need.
GRADING := .venv-grading
# Where JupyterLite is: beside it, an ordinary JupyterLab would show its parts, too.
LITE := .venv-lite

# A process per core, each with one thread; a file stays with one of them, which keeps
# what its tests share. In the order of their names the long ones do not come last.
SPREAD := -n auto --dist loadfile --no-loadscope-reorder
ONE := OPENBLAS_NUM_THREADS=1

# The cells of a notebook print the same in every run, whatever is set for scripts.
NBVAL := env -u KERAS_BACKEND -u LEZ10_STATIC -u MPLBACKEND \
         PYTHONHASHSEED=0 JAX_PLATFORMS=cpu OPENBLAS_NUM_THREADS=1 LEZ10_PROGRESS= $(PY) -m pytest --nbval \
         --nbval-current-env --nbval-sanitize-with tests/nbval.cfg \
         --nbval-cell-timeout 120

.PHONY: help lab slides site lite light test test-notebooks test-browser test-lite \
        light-tests test-parallel test-class test-grading graders frameworks bench \
        clean-notebooks exercises

help:
	@echo "make lab              the course, in JupyterLab (FOLDER=… PORT=… NO_BROWSER=1)"
	@echo "make slides           a deck of slides of each notebook, in build/slides"
	@echo "make site             the course as a web site, in build/site"
	@echo "make lite             JupyterLab with the course for a static host, in build/lite"
	@echo "make test             the tests"
	@echo "make test-notebooks   every notebook against its stored outputs, part of test"
	@echo "make test-browser     JupyterLab, decks and site in a real browser"
	@echo "make test-lite        what make lite makes"
	@echo "make test-parallel    lez10 experiment, killed in many ways, and on a Dask cluster"
	@echo "make test-class       lez10 grade, in bubblewrap, with PostgreSQL and Dask"
	@echo "make test-grading     the exercises through nbgrader and otter-grader"
	@echo "make frameworks       the tests against TensorFlow and PyTorch"
	@echo "make bench            the benchmarks"
	@echo "make clean-notebooks  run the notebooks and write them as they are committed"
	@echo "make exercises        write the exercises from their solutions"

lab: $(VENV)/.lab
	@set --; \
	[ -z "$$LAB_PORT" ] || set -- "--port=$$LAB_PORT"; \
	case "$$LAB_NO_BROWSER" in 1 | yes | true) set -- "$$@" --no-browser ;; esac; \
	[ -z "$$LAB_FOLDER" ] || set -- "$$@" -- "$$LAB_FOLDER"; \
	$(PY) -P -m lez10.cli lab "$$@"

slides: $(VENV)/.slides
	$(PY) -P -m lez10.cli slides

site: $(VENV)/.site
	$(PY) -P -m lez10.course.site

lite:
	@$(MAKE) --no-print-directory VENV=$(LITE) light

light: $(VENV)/.lite
	$(PY) -P -m lez10.course.lite

test: $(VENV)/.test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy lez10
	$(ONE) $(PY) -m pytest $(SPREAD) tests
	@$(MAKE) --no-print-directory test-notebooks
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; \
	then echo "The tests in a browser were left out: make test-browser runs them."; \
	else echo "The tests in a browser were left out: there is no chromium on this" \
	  "machine."; fi

# OPENBLAS_CORETYPE=Nehalem make test-notebooks: as on a processor of that kind.
test-notebooks: $(VENV)/.test
	$(NBVAL) $(SPREAD) notebooks

test-browser: $(VENV)/.test
	$(PY) -m pytest tests/browser

test-lite:
	@$(MAKE) --no-print-directory VENV=$(LITE) light-tests

light-tests: $(VENV)/.lite
	$(PY) -m pytest tests/lite

test-parallel: $(VENV)/.test
	$(ONE) $(PY) -m pytest $(SPREAD) tests/parallel

# What is timed there is not to wait for other tests.
test-class: $(VENV)/.test
	$(PY) -m pytest tests/sandbox
	$(PY) -m pytest $(SPREAD) tests/class

test-grading:
	@$(MAKE) --no-print-directory VENV=$(GRADING) graders

graders: $(VENV)/.graders
	$(PY) -m pytest tests/grading

# Each in a process of its own: some builds of PyTorch break down beside TensorFlow.
frameworks: $(VENV)/.frameworks
	$(PY) -m pytest tests/frameworks/test_tensorflow.py
	$(PY) -m pytest tests/frameworks/test_torch.py

# Numpy as it is installed: the variable would hold its matrix products, and nobody
# else's, to an older processor.
bench: $(VENV)/.frameworks
	@env -u OPENBLAS_CORETYPE $(PY) -m benchmarks

clean-notebooks: $(VENV)/.test
	@$(PY) -m lez10.course.clean notebooks/*.ipynb

exercises: $(VENV)/.test
	@$(PY) -m lez10.course.exercises solutions/*.ipynb

# What each of them needs.

$(VENV)/.lab: EXTRAS :=
$(VENV)/.slides: EXTRAS := [slides]
$(VENV)/.site: EXTRAS := [site]
$(VENV)/.lite: EXTRAS := [lite]
$(VENV)/.test: EXTRAS := [test]
$(VENV)/.frameworks: EXTRAS := [test,frameworks,latency]
$(VENV)/.graders: EXTRAS := [graders]

$(VENV)/.lab $(VENV)/.slides $(VENV)/.site $(VENV)/.lite $(VENV)/.test \
$(VENV)/.frameworks $(VENV)/.graders: $(VENV)/.made pyproject.toml
	@echo "Installing lez10$(EXTRAS) into $(VENV); the first time takes minutes."
	@$(INSTALL) '.$(EXTRAS)'
	@$(PY) -c 'import matplotlib.font_manager' # finds the fonts once, not in a cell
	@touch $@

# An environment belongs to the folder it was made in: a clone that was moved, or
# whose Python is gone, gets a new one.
ifneq "$(shell { $(PY) -c 0 && cat $(VENV)/.made; } 2>/dev/null)" "$(CURDIR)"
$(shell rm -f $(VENV)/.made)
endif

$(VENV)/.made:
	@python=; clear=; for name in $(PYTHONS); do \
	  if "$$name" -c '$(NEW_ENOUGH)' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  came=$$(python3 --version 2>/dev/null || echo none); \
	  echo "lez10 needs Python 3.11 or later, but found $$came: install a newer" \
	    "one, or name it with make PYTHON=/path/to/python3." >&2; \
	  exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "lez10 needs Python's venv, but $$python has none: install it (on Debian" \
	    "and Ubuntu: apt install python3-venv)." >&2; \
	  exit 1; \
	fi; \
	{ $(PY) -c 0; } 2>/dev/null || clear=--clear; \
	"$$python" -m venv $$clear $(VENV)
	@echo "$(CURDIR)" > $@
