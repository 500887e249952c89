"""How long each notebook takes: to its first picture in a fresh kernel, and whole.

    python -m benchmarks.notebooks [NAME ...]

The time to the first picture begins when the kernel is asked for; a widget counts.
The number of BLAS threads is the one that ``lez10 lab`` sets.
"""

import os
import sys
import time
from pathlib import Path

import nbformat

from lez10.course import shipped
from lez10.course.lab import THREADS
from lez10.course.running import Client

MOST_EACH, MOST_ALL, FIRST = 15.0, 120.0, 5.0  # seconds


def timed(name: str) -> tuple[float, float]:
    """Seconds to the first picture and to the end of a notebook."""
    notebook = nbformat.read(shipped()[name], as_version=4)
    first: list[float] = []

    def shown(cell, cell_index, execute_reply):
        kinds = {
            kind for out in cell.get("outputs", ()) for kind in out.get("data", ())
        }
        if not first and any(kind.startswith("image/") for kind in kinds):
            first.append(time.perf_counter() - began)

    client = Client(notebook, timeout=120, on_cell_executed=shown)
    began = time.perf_counter()
    client.execute(env={**os.environ, **THREADS})
    return first[0], time.perf_counter() - began


def main(names: list[str]) -> None:
    """Print a row per notebook, and the sum."""
    lecture = sorted(name for name in shipped() if "/" not in name)  # no exercises
    chosen = [name for name in lecture if not names or Path(name).stem in names]
    total = 0.0
    print(f"{'notebook':34} {'first picture':>13} {'whole':>8}")
    for name in chosen:
        first, whole = timed(name)
        total += whole
        late = " late" * (first > FIRST) + " long" * (whole > MOST_EACH)
        print(f"{name:34} {first:11.1f} s {whole:6.1f} s{late}", flush=True)
    print(f"{'all':34} {'':13} {total:6.1f} s{' long' * (total > MOST_ALL)}")
    print(f"wanted: {FIRST:g} s, {MOST_EACH:g} s each, {MOST_ALL:g} s together")


if __name__ == "__main__":
    main(sys.argv[1:])
