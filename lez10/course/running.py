"""Runs a notebook in a fresh kernel, on a day and a machine like any other."""

import asyncio
import logging
import os
import tempfile
from collections.abc import Mapping
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)

from lez10.course import CourseError
from lez10.course.canonical import Notebook
from lez10.course.lab import THREADS
from lez10.grading.progress import ELSEWHERE
from lez10.plots import STATIC

# Seconds that one cell may take.
TIMEOUT = 120

# What else differs from one machine, or one day, to the next.
STEADY = {"COLUMNS": "80", "JAX_PLATFORMS": "cpu", "PYTHONHASHSEED": "0", "TZ": "UTC"}
STEADY |= THREADS

# For a page that everybody reads: widgets that need no kernel, nobody's own progress.
PAGE = {STATIC: "1", ELSEWHERE: ""}

# Where a library has set logging up, nbclient would tell of every kernel.
QUIET = logging.getLogger(__name__)
QUIET.setLevel(logging.WARNING)


class Client(NotebookClient):
    """Runs a notebook in this Python, whatever kernels are installed elsewhere."""

    def create_kernel_manager(self) -> AsyncKernelManager:
        """The manager of a kernel looked for in no folder: ipykernel's own is left."""
        kernels = KernelSpecManager(kernel_dirs=[])
        self.km = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=kernels)
        return self.km


def run(
    notebook: Notebook, timeout: int = TIMEOUT, *, for_page: bool = False
) -> Notebook:
    """Run every cell in a fresh kernel of this Python; the same notebook with outputs.

    It runs in an empty folder, with an IPython profile of its own: what lies on this
    machine must not matter. for_page: its outputs are for readers without a kernel.
    Raises CourseError where a cell fails without the tag raises-exception, takes longer
    than timeout seconds, or loses the kernel.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    reached = 0

    def note(cell: Notebook, cell_index: int) -> None:
        nonlocal reached
        reached = cell_index

    with tempfile.TemporaryDirectory() as folder:
        client = Client(
            notebook,
            timeout=timeout,
            store_widget_state=False,
            on_cell_start=note,
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=ERROR"],
            log=QUIET,
        )
        variables = environment(folder) | (PAGE if for_page else {})
        try:  # in a loop that is closed: client.execute leaves one open per thread
            asyncio.run(client.async_execute(env=variables))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            line = (notebook.cells[reached].source.strip().splitlines() or [""])[0]
            raise CourseError(
                f"Cell {reached + 1}, which begins {line!r}, {came(error, timeout)}"
            ) from error
    return notebook


def came(error: Exception, timeout: int) -> str:
    """What happened to a cell, and what to do."""
    if isinstance(error, CellExecutionError):
        return (
            f"raised {error.ename}: {error.evalue}. Correct it, or tag it "
            "raises-exception if it should."
        )
    if isinstance(error, CellTimeoutError):
        return f"should end within {timeout} s, but did not. Let it do less."
    return "lost its kernel. Perhaps it wanted more memory than there is."


def environment(folder: str, outer: Mapping[str, Any] = os.environ) -> dict[str, Any]:
    """The variables of a kernel whose own configuration lies in the given folder.

    Which backend Keras takes is for the notebook to say, as it must for the student,
    and figures and widgets are those of a living notebook.
    """
    unset = ("KERAS_BACKEND", "MPLBACKEND", STATIC)
    kept = {name: value for name, value in outer.items() if name not in unset}
    own = {name: os.path.join(folder, name) for name in ("IPYTHONDIR", "KERAS_HOME")}
    return {**kept, **STEADY, **own}
