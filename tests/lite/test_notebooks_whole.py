"""Every notebook whole, in a Python with what a browser's has, and no more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lez10.course import shipped

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "browser_python.py"
NOTEBOOKS = [path for name, path in shipped().items() if "/" not in name]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_without_what_a_browser_lacks(tmp_path, path):
    own = {"IPYTHONDIR": str(tmp_path), "LEZ10_PROGRESS": "", "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(path)],
        cwd=tmp_path,
        env=os.environ | own | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    keras = "import keras" in path.read_text("utf-8")
    assert ("Keras is missing" in done.stdout) == keras
