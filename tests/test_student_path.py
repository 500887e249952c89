"""What a student needs, a browser's Python has: no other packages, no threads.

The notebooks are run whole in tests/lite, which takes minutes. Here three short ones
are; of the others every import is carried out, also those inside the functions of the
lez10 modules that they load. The exercises are run whole, with their solutions.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lez10.course import shipped
from lez10.time_limit import time_limit

ROOT = Path(__file__).parents[1]
SCRIPT = Path(__file__).with_name("browser_python.py")
NOTEBOOKS = [path for name, path in shipped().items() if "/" not in name]
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
SHORT = ("00_start", "01_sgd", "10_tuning_the_hyperparameters")


def in_a_browsers_python(folder: Path, *words: str | Path) -> str:
    """What the script prints, run in an empty folder."""
    variables = os.environ | {"LEZ10_PROGRESS": "", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, words)],
        cwd=folder,
        env=variables | {"IPYTHONDIR": str(folder), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def test_the_notebooks_import_what_a_browser_has(tmp_path):
    """Keras is what they say is missing, and go on."""
    said = in_a_browsers_python(tmp_path, "--imports", *NOTEBOOKS)
    assert said == "not there: keras\n"


@pytest.mark.parametrize("name", SHORT)
def test_a_short_notebook_runs_whole(tmp_path, name):
    path = shipped()[f"{name}.ipynb"]
    said = in_a_browsers_python(tmp_path, path)
    assert ("Keras is missing" in said) == ("import keras" in path.read_text("utf-8"))


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_an_exercise_is_solved_and_checked(tmp_path, path):
    assert "every answer is right" in in_a_browsers_python(tmp_path, path)


@pytest.mark.parametrize("source", ["import joblib", "import rich", "import fcntl"])
def test_what_a_browser_lacks_is_refused(tmp_path, source):
    """The instrument itself: it would see what must not be imported."""
    notebook = tmp_path / "bad.ipynb"
    notebook.write_text(
        '{"cells": [{"cell_type": "code", "id": "a", "metadata": {}, '
        f'"outputs": [], "source": "{source}"}}]}}'
    )
    with pytest.raises(AssertionError, match="cell a failed"):
        in_a_browsers_python(tmp_path, notebook)
    name = source.split()[-1]
    said = in_a_browsers_python(tmp_path, "--imports", notebook)
    assert said.splitlines() == [f"not there: {name}"]


def test_where_nothing_can_stop_a_step_it_is_run_without_a_limit(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.delattr("signal.setitimer")
    monkeypatch.setattr("threading.Thread.start", None)
    with time_limit(1e-9):
        assert sum(range(10**5)) == 4999950000
