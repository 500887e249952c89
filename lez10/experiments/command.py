"""`lez10 experiment`: run what is missing, keep it, and print what came out."""

import platform
import shlex
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console

from lez10 import __version__
from lez10.arguments import check_count
from lez10.experiments import ExperimentError
from lez10.experiments.catalogue import EXPERIMENTS, Experiment
from lez10.experiments.protocols import PROTOCOLS
from lez10.experiments.report import report
from lez10.experiments.spaces import TYPICAL, space
from lez10.experiments.store import Store
from lez10.experiments.tasks import (
    Runs,
    Task,
    by_key,
    carry_out,
    missing,
    missing_again,
    results_of,
)
from lez10.experiments.workloads import WORKLOADS
from lez10.parallel.complete import complete
from lez10.parallel.engines import engine


def experiment(
    name: str,
    *,
    trials: int,
    searches: int,
    out: Path,
    npz: Path | None = None,
    workers: int = -1,
    scheduler: str | None = None,
    console: Console,
) -> None:
    """Run what ``out`` does not hold yet, and print what the whole says.

    workers: processes, -1 for one per core; scheduler: a Dask cluster instead. npz:
    where to write the small file that notebooks read. Raises ExperimentError or
    ParallelError with one sentence for what cannot be done; what has been run until
    then is in ``out``.
    """
    chosen = check(name, trials, searches, npz)
    command = command_line(name, trials, searches, out)
    with closing(Store(out, definition(chosen))) as store:
        plans: dict[str, Callable[[Runs], list[Task]]] = {
            "searching": lambda runs: missing(chosen, trials, searches, runs),
            "winners again": lambda runs: missing_again(chosen, trials, searches, runs),
        }
        with engine(workers, scheduler, "experiments"):
            for title, plan in plans.items():
                left = partial(left_to_do, plan, store, command)
                kept = str(store.path)
                complete(title, "runs", left, carry_out, store.add, kept, console)
        runs, sessions = by_key(store.runs()), store.sessions()
    about: dict[str, Any] = {"experiment": name, "sessions": sessions}
    results = results_of(chosen, trials, searches, runs, about)
    report(results, console)
    if npz is not None:
        try:
            results.save(npz)
        except OSError as error:
            raise ExperimentError(
                f"{npz} cannot be written ({error.strerror}); {out} holds everything: "
                "make room, and run the same command again."
            ) from None


def check(name: str, trials: int, searches: int, npz: Path | None) -> Experiment:
    """The experiment of that name; ExperimentError for what cannot be asked."""
    try:
        chosen = EXPERIMENTS[name]
        check_count("--trials", trials)
        check_count("--searches", searches)
    except ValueError as error:
        raise ExperimentError(str(error)) from None
    if npz is not None and (npz.is_dir() or not npz.resolve().parent.is_dir()):
        raise ExperimentError(
            f"--npz must name a file in a folder that exists, got {npz}."
        )
    return chosen


def left_to_do(
    plan: Callable[[Runs], list[Task]], store: Store, command: str
) -> tuple[int, list[Task]]:
    """How many runs are missing, and their tasks; the command signs where there are."""
    tasks = plan(by_key(store.runs()))
    if tasks:
        store.sign(command, versions())
    return sum(task.runs for task in tasks), tasks


def definition(chosen: Experiment) -> dict[str, Any]:
    """What the numbers depend on, apart from the versions of the libraries."""
    return {
        "experiment": chosen.name,
        "definition": {
            "lez10": __version__,
            "workloads": {name: WORKLOADS[name].steps for name in chosen.workloads},
            "protocols": [asdict(PROTOCOLS[name]) for name in chosen.protocols],
            "spaces": {
                rule: {name: list(one) for name, one in space(rule).items()}
                for rule in chosen.rules
            },
            "typical": TYPICAL,
            "seeds": list(chosen.seeds),
        },
    }


def command_line(name: str, trials: int, searches: int, out: Path) -> str:
    """The command as it can be typed again; who carries it out changes no number."""
    words = ["lez10", "experiment", name, "--trials", str(trials)]
    return shlex.join([*words, "--searches", str(searches), "--out", str(out)])


def versions() -> dict[str, str]:
    """The versions of all that computes."""
    libraries = ("numpy", "joblib", "threadpoolctl", "sqlalchemy")
    found = {"lez10": __version__, "python": platform.python_version()}
    return found | {name: version(name) for name in libraries}
