"""Carrying out what is missing, again where a worker was lost with what it did."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from rich.console import Console

from lez10.parallel import ParallelError
from lez10.parallel.engines import WorkerLost, carried_out
from lez10.parallel.progress import progress

TRIES = 3  # how often workers may be lost while nothing gets done

T = TypeVar("T")
R = TypeVar("R")
Plan = Callable[[], tuple[int, Iterable[T]]]


def complete(
    title: str,
    unit: str,
    plan: Plan[T],
    work: Callable[[T], list[R]],
    keep: Callable[[list[R]], None],
    kept: str,
    console: Console,
) -> None:
    """Carry out tasks until none is missing, and keep what each gives.

    unit: what one result is, in the plural; plan: how many results are missing, and
    the tasks that give them; kept: where they are, for the sentence. Raises
    ParallelError when workers keep dying.
    """
    lost, before = 0, -1
    while True:
        left, tasks = plan()
        if not left:
            return
        lost, before = (lost, left) if left == before else (0, left)
        try:
            with progress(title, left, unit, console) as advance:
                for results in carried_out(work, tasks):
                    keep(results)
                    advance(len(results))
        except WorkerLost as error:
            lost += 1
            if lost == TRIES:
                raise ParallelError(
                    f"workers died {TRIES} times in a row ({error}); what was done is "
                    f"in {kept}: free some memory or take fewer --workers, and run the "
                    "same command again."
                ) from None
            console.print("A worker died: what it was doing is run again.")
