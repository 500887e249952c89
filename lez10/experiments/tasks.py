"""An experiment as tasks: which runs there are, which are missing, what they give.

A run is one training: a setting with a seed. Seed 0 belongs to the search; every
trial that was the best so far is trained again with each of the fresh seeds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from lez10.experiments.catalogue import Experiment
from lez10.experiments.protocols import PROTOCOLS
from lez10.experiments.results import Results, winners
from lez10.experiments.trials import CHUNK, draws, run_trials
from lez10.experiments.workloads import WORKLOADS, Problem

SEARCH = 0  # the seed of a search's own runs
Cell = tuple[str, str, str, int]  # workload, protocol, rule, search


class Run(NamedTuple):
    """One training; its numbers are NaN where it diverged."""

    workload: str
    protocol: str
    rule: str
    search: int
    seed: int
    trial: int
    validation: float
    loss: float
    test: float

    @property
    def cell(self) -> Cell:
        """What it is a trial of."""
        return self.workload, self.protocol, self.rule, self.search


class Task(NamedTuple):
    """Some trials of a cell, each with every one of the seeds."""

    cell: Cell
    trials: tuple[int, ...]
    seeds: tuple[int, ...]

    @property
    def runs(self) -> int:
        """How many runs it asks for."""
        return len(self.trials) * len(self.seeds)


Runs = Mapping[tuple[Cell, int, int], Run]  # by cell, seed and trial


def by_key(runs: Iterable[Run]) -> dict[tuple[Cell, int, int], Run]:
    """Runs, to be found by what they are."""
    return {(run.cell, run.seed, run.trial): run for run in runs}


def cells(experiment: Experiment, searches: int) -> Iterator[Cell]:
    """All cells, one search after the other."""
    names = experiment.workloads, experiment.protocols, experiment.rules
    for search, *name in product(range(searches), *names):
        yield (*name, search)  # type: ignore[misc]


def trials_of(cell: Cell, trials: int) -> int:
    """How many trials a cell has: one, where nothing is tuned."""
    return trials if PROTOCOLS[cell[1]].searched(cell[2]) else 1


def missing(
    experiment: Experiment, trials: int, searches: int, done: Collection
) -> list[Task]:
    """The tasks of the searches; done: the keys of the runs that are there."""
    tasks = []
    for cell in cells(experiment, searches):
        left = [
            trial
            for trial in range(trials_of(cell, trials))
            if (cell, SEARCH, trial) not in done
        ]
        tasks += chunks(cell, left, (SEARCH,))
    return tasks


def missing_again(
    experiment: Experiment, trials: int, searches: int, runs: Runs
) -> list[Task]:
    """The tasks that train the winners again, once the searches are done."""
    tasks = []
    for cell in cells(experiment, searches):
        best = set(best_so_far(cell, trials, runs).tolist()) - {-1}
        left: dict[tuple[int, ...], list[int]] = {}
        for trial in sorted(best):
            seeds = tuple(s for s in experiment.seeds if (cell, s, trial) not in runs)
            left.setdefault(seeds, []).append(trial)
        for seeds, those in left.items():
            tasks += chunks(cell, those, seeds) if seeds else []
    return tasks


def chunks(cell: Cell, trials: list[int], seeds: tuple[int, ...]) -> list[Task]:
    """Tasks of at most CHUNK trials."""
    parts = (trials[i : i + CHUNK] for i in range(0, len(trials), CHUNK))
    return [Task(cell, tuple(part), seeds) for part in parts]


def best_so_far(cell: Cell, trials: int, runs: Runs) -> np.ndarray:
    """The winner of the first 1, 2, … trials of a cell."""
    found = [runs[cell, SEARCH, t] for t in range(trials_of(cell, trials))]
    return winners([run.validation for run in found], [run.loss for run in found])


def carry_out(task: Task) -> list[Run]:
    """The runs of a task, one after the other wherever that is asked for."""
    workload, protocol, rule, search = task.cell
    u = draws(workload, rule, search, task.trials)
    pairs = list(product(task.seeds, task.trials))
    found = run_trials(
        WORKLOADS[workload],
        rule,
        PROTOCOLS[protocol],
        np.tile(u, (len(task.seeds), 1)),
        search,
        [seed for seed, _ in pairs],
        problem=problem_of(workload, search),
    )
    numbers = zip(found.validation.tolist(), found.loss.tolist(), found.test.tolist())
    return [
        Run(*task.cell, *pair, *three)
        for pair, three in zip(pairs, numbers, strict=True)
    ]


def settings_of(run: Run) -> dict[str, float]:
    """The hyperparameters of a run."""
    u = draws(run.workload, run.rule, run.search, [run.trial])
    values = PROTOCOLS[run.protocol].values(run.rule, u)
    return {name: float(value[0]) for name, value in values.items()}


@lru_cache(maxsize=4)
def problem_of(workload: str, search: int) -> Problem:
    """The problem of a search, made once in every process."""
    return WORKLOADS[workload].make(search)


def results_of(
    experiment: Experiment,
    trials: int,
    searches: int,
    runs: Runs,
    about: dict[str, Any],
) -> Results:
    """The arrays of a finished experiment."""
    axes = experiment.workloads, experiment.protocols, experiment.rules
    shape = (*map(len, axes), searches)
    results = Results(
        about,
        *axes,
        validation=np.full((*shape, trials), np.nan, np.float32),
        winner=np.full((*shape, trials), -1, np.int16),
        test=np.full((*shape, trials), np.inf, np.float32),
        spread=np.full(shape, np.nan, np.float32),
        fresh=np.full(shape, np.nan, np.float32),
        values={},
    )
    for place, cell in zip(
        np.ndindex(*shape), product(*axes, range(searches)), strict=True
    ):
        fill(results, place, cell, trials, experiment.seeds, runs)
    return results


def fill(
    results: Results,
    place: tuple[int, ...],
    cell: Cell,
    trials: int,
    seeds: Sequence[int],
    runs: Runs,
) -> None:
    """Write what one cell found into the arrays."""
    best = best_so_far(cell, trials, runs)
    found = [runs[cell, SEARCH, trial].validation for trial in range(len(best))]
    results.validation[place][: len(best)] = found
    results.winner[place] = np.pad(best, (0, trials - len(best)), "edge")
    again = {
        trial: [runs[cell, seed, trial].test for seed in seeds]
        for trial in set(best.tolist()) - {-1}
    }
    for trial, errors in again.items():
        mean = np.nan_to_num(np.mean(errors), nan=np.inf)  # diverged: worse than all
        results.test[place][results.winner[place] == trial] = mean
    last = int(best[-1])
    if last < 0:
        return
    results.spread[place] = np.std(again[last], ddof=1)
    results.fresh[place] = np.mean(
        [runs[cell, seed, last].validation for seed in seeds]
    )
    for name, value in settings_of(runs[cell, SEARCH, last]).items():
        if name not in results.values:
            results.values[name] = np.full(results.spread.shape, np.nan)
        results.values[name][place] = value
