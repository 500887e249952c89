"""``import lez10`` against ``import numpy``, each in a fresh process.

The time is that of the import alone, without the start of Python. Both are read from
their compiled form, as Python keeps it unless told otherwise.
"""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.timing import Row, ratio

ROUNDS = 15
CODE = "from time import perf_counter as t; a = t(); import {}; print(t() - a)"
KEPT = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}


def seconds(module: str) -> float:
    answer = subprocess.run(
        [sys.executable, "-c", CODE.format(module)],
        cwd=Path(__file__).parent.parent,
        env=KEPT,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(answer.stdout)


def measure() -> list[Row]:
    """The two in turns; the first of each fills the disk cache and does not count."""
    seconds("lez10"), seconds("numpy")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(seconds("lez10"))
        theirs.append(seconds("numpy"))
    return [ratio("import lez10", ours, "import numpy", theirs, 1.3)]
