"""Who carries tasks out: this process, several of them, or a Dask cluster.

All through joblib, so that the same tasks with the same seeds give the same numbers.
"""

import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import Any, TypeVar

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky.process_executor import TerminatedWorkerError
from joblib.parallel import get_active_backend
from threadpoolctl import threadpool_limits

from lez10 import __version__
from lez10.parallel import ParallelError

PATIENCE = 5  # seconds to reach a scheduler in

T = TypeVar("T")
R = TypeVar("R")


class WorkerLost(Exception):
    """A worker died; what it was doing has to be done again."""


def on_one_thread(work: Callable[[T], R], task: T) -> R:
    """Carry out one task with one thread: small matrices are slower with two."""
    with threadpool_limits(1):
        return work(task)


def end_with(command: int) -> None:
    """End this worker when the process that started it ends, which may be killed.

    A worker would wait for its next task for minutes.
    """

    def watch() -> None:
        while os.getppid() == command:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def engine(workers: int, scheduler: str | None, extra: str) -> Iterator[None]:
    """Where the tasks within run.

    workers: processes, -1 for one per core; scheduler: the address of a Dask cluster
    instead; extra: of lez10, what has to be installed there. Raises ParallelError.
    """
    if scheduler is None:
        begin = {"initializer": end_with, "initargs": (os.getpid(),)}
        with parallel_config("loky", n_jobs=workers, **begin):
            yield
        return
    with cluster(scheduler, extra) as client:
        with parallel_config(telling_backend(client, scheduler)):
            yield


@contextmanager
def cluster(scheduler: str, extra: str) -> Iterator[Any]:
    """A client of a Dask scheduler that answers and has workers."""
    try:
        from distributed import Client
    except ImportError:
        raise ParallelError(
            f"--scheduler needs Dask: pip install 'lez10[{extra}]'."
        ) from None
    logging.disable()  # what goes wrong is said in one sentence, not at length
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        raise ParallelError(
            "--scheduler must name a Dask scheduler that runs, such as "
            f"tcp://127.0.0.1:8786, but {scheduler} does not answer "
            f"({type(error).__name__}): start one with dask scheduler, and workers "
            "with dask worker."
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ParallelError(
                f"the scheduler {scheduler} has no workers: start some with dask "
                f"worker {scheduler}."
            ) from None
        check_workers(client, extra)
        yield client


def check_workers(client: Any, extra: str) -> None:
    """ParallelError unless all workers have this version of lez10."""
    try:
        # functions of the standard library: ours could not be sent to them
        client.run(import_module, __name__)
        found = set(client.run(version, "lez10").values())
    except ImportError as error:
        raise ParallelError(
            f"the cluster's workers need lez10 and what it asks for ({error}): pip "
            f"install 'lez10[{extra}]' there."
        ) from None
    if found != {__version__}:
        raise ParallelError(
            f"the cluster's workers need lez10 {__version__}, but have "
            f"{', '.join(sorted(found))}: install the same version there."
        )


def telling_backend(client: Any, scheduler: str) -> Any:
    """joblib's Dask backend, that also tells of a task that Dask has given up.

    A task whose workers keep dying fails without a result of its own; joblib (1.6)
    notes that and calls nobody, so that Parallel would wait for ever.
    """
    from joblib._dask import DaskDistributedBackend

    class Telling(DaskDistributedBackend):
        def lost(self):
            return "" if self.client.status == "running" else scheduler

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


def carried_out(work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
    """What the work gives for each task, in the order in which they are done.

    tasks: taken a few at a time. Raises WorkerLost when a worker has died, some tasks
    are then still to do; ParallelError for a lost scheduler; and what the work, or the
    iteration over the tasks, raises.
    """
    backend, _ = get_active_backend()
    failed: list[Exception] = []

    def taken() -> Iterator[T]:
        try:
            yield from tasks
        except Exception as error:  # joblib would lose it, and wait for ever
            failed.append(error)

    try:
        with warnings.catch_warnings():  # a stop leaves results that nobody takes
            warnings.filterwarnings("ignore", r"\d+ tasks", UserWarning)
            yield from Parallel(return_as="generator_unordered")(
                delayed(on_one_thread)(work, task) for task in taken()
            )
    except deaths() as error:
        raise WorkerLost(type(error).__name__) from None
    except Exception as error:  # joblib and Dask fail in many ways without a scheduler
        scheduler = backend.lost() if hasattr(backend, "lost") else ""
        if not scheduler:
            raise
        raise ParallelError(
            f"the scheduler {scheduler} was lost ({type(error).__name__}); what was "
            "done is kept: start it again, or do without --scheduler, and run the same "
            "command again."
        ) from None
    if failed:
        raise failed[0]


def deaths() -> tuple[type[Exception], ...]:
    """What joblib raises for a worker that died."""
    if "distributed" not in sys.modules:
        return (TerminatedWorkerError,)
    from distributed import KilledWorker

    return TerminatedWorkerError, KilledWorker
