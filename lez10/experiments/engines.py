"""Who carries tasks out: this process, several of them, or a Dask cluster.

All through joblib, so that the same tasks with the same seeds give the same numbers.
"""

import logging
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import Any

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky.process_executor import TerminatedWorkerError
from threadpoolctl import threadpool_limits

from lez10 import __version__
from lez10.experiments import ExperimentError
from lez10.experiments.tasks import Run, Task, carry_out

PATIENCE = 5  # seconds to reach a scheduler in


class WorkerLost(Exception):
    """A worker died; what it was doing has to be done again."""


def work(task: Task) -> list[Run]:
    """Carry out one task with one thread: small matrices are slower with two."""
    with threadpool_limits(1):
        return carry_out(task)


@contextmanager
def engine(workers: int, scheduler: str | None) -> Iterator[None]:
    """Where the tasks within run. Raises ExperimentError for a lost scheduler."""
    if scheduler is None:
        with parallel_config("loky", n_jobs=workers):
            yield
        return
    with cluster(scheduler) as client, parallel_config(telling_backend(client)):
        try:
            yield
        except ExperimentError:
            raise
        except Exception as error:  # joblib and Dask fail in many ways without it
            if client.status == "running":
                raise
            raise ExperimentError(
                f"the scheduler {scheduler} was lost ({type(error).__name__}); what "
                "was done is kept: start it again, or do without --scheduler, and run "
                "the same command again."
            ) from None


@contextmanager
def cluster(scheduler: str) -> Iterator[Any]:
    """A client of a Dask scheduler that answers and has workers."""
    try:
        from distributed import Client
    except ImportError:
        raise ExperimentError(
            "--scheduler needs Dask: pip install 'lez10[experiments]'."
        ) from None
    logging.disable()  # what goes wrong is said in one sentence, not at length
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        raise ExperimentError(
            "--scheduler must name a Dask scheduler that runs, such as "
            f"tcp://127.0.0.1:8786, but {scheduler} does not answer "
            f"({type(error).__name__}): start one with dask scheduler, and workers "
            "with dask worker."
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ExperimentError(
                f"the scheduler {scheduler} has no workers: start some with dask "
                f"worker {scheduler}."
            ) from None
        check_workers(client)
        yield client


def check_workers(client: Any) -> None:
    """ExperimentError unless all workers have this version of lez10."""
    try:
        # functions of the standard library: ours could not be sent to them
        client.run(import_module, __name__)
        found = set(client.run(version, "lez10").values())
    except ImportError as error:
        raise ExperimentError(
            f"the cluster's workers need lez10 and what it asks for ({error}): pip "
            "install 'lez10[experiments]' there."
        ) from None
    if found != {__version__}:
        raise ExperimentError(
            f"the cluster's workers need lez10 {__version__}, but have "
            f"{', '.join(sorted(found))}: install the same version there."
        )


def telling_backend(client: Any) -> Any:
    """joblib's Dask backend, that also tells of a task that Dask has given up.

    A task whose workers keep dying fails without a result of its own; joblib (1.6)
    notes that and calls nobody, so that Parallel would wait for ever.
    """
    from joblib._dask import DaskDistributedBackend

    class Telling(DaskDistributedBackend):
        def effective_n_jobs(self, n_jobs):
            # of a single worker joblib would do the work itself
            return max(2, super().effective_n_jobs(n_jobs))

        def submit(self, func, callback=None):
            future = super().submit(func, callback)
            if callback is not None:
                future.add_done_callback(
                    lambda done: done.exception() and callback(done.exception())
                )
            return future

    return Telling(client=client)


def carried_out(tasks: Sequence[Task]) -> Iterator[list[Run]]:
    """The runs of each task, in the order in which they are done.

    Raises WorkerLost when a worker has died: some tasks are then still to do.
    """
    try:
        with warnings.catch_warnings():  # a stop leaves results that nobody takes
            warnings.filterwarnings("ignore", r"\d+ tasks", UserWarning)
            yield from Parallel(return_as="generator_unordered")(
                delayed(work)(task) for task in tasks
            )
    except deaths() as error:
        raise WorkerLost(type(error).__name__) from None


def deaths() -> tuple[type[Exception], ...]:
    """What joblib raises for a worker that died."""
    if "distributed" not in sys.modules:
        return (TerminatedWorkerError,)
    from distributed import KilledWorker

    return TerminatedWorkerError, KilledWorker
