"""Trials: many settings of one algorithm, run at once, each repeatable alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zlib import crc32

import numpy as np

from lez10.experiments.protocols import Protocol, schedule
from lez10.experiments.spaces import space
from lez10.experiments.workloads import Problem, Workload
from lez10.optimizers import RULES
from lez10.training import iterate_over

Array = Any
CHUNK = 64  # settings that run at once; see benchmarks/experiments.py


@dataclass(frozen=True)
class Outcome:
    """How settings ended, (settings,) each; NaN where a run diverged.

    curve: the validation error at the steps that were asked for, (len(at), settings).
    """

    validation: np.ndarray
    loss: np.ndarray
    test: np.ndarray
    curve: np.ndarray

    @property
    def diverged(self) -> np.ndarray:
        """Whether a run's parameters or loss were no longer finite."""
        return np.isnan(self.validation)


def draws(workload: str, rule: str, search: int, trials: Sequence[int]) -> np.ndarray:
    """The points of the unit cube that trials stand for, (trials, hyperparameters).

    Each trial has a generator of its own, and the four panels share its draws.
    """
    key = [crc32(workload.encode()), crc32(rule.encode()), search]
    d = len(space(rule))
    return np.array(
        [np.random.default_rng([*key, trial]).random(d) for trial in trials]
    ).reshape(-1, d)


def run_trials(
    workload: Workload,
    rule: str,
    protocol: Protocol,
    u: Array,
    search: int,
    seeds: Array = 0,
    at: Sequence[int] = (),
    problem: Problem | None = None,
) -> Outcome:
    """Train every setting of u, as draws returns it, and score it.

    search: which split, and which draw of all else, the workload makes. seeds: of the
    start and the order of the minibatches, for all settings or one for each: 0 during
    a search, others to train a winner again. at: steps to look at the validation error
    after. problem: that of search, if it has been made. Raises ValueError for no
    trial at all.
    """
    if not len(u):
        raise ValueError("u must hold at least one trial, got none.")
    problem = workload.make(search) if problem is None else problem
    values = protocol.values(rule, u)
    each = np.broadcast_to(seeds, len(u)).tolist()
    key = [crc32(workload.name.encode()), search]
    parts = []
    for first in range(0, len(u), CHUNK):
        here = slice(first, first + CHUNK)
        part = {name: value[here, None] for name, value in values.items()}
        # settings of one seed share its minibatches, which takes less time
        shared = each[here] if len(set(each[here])) > 1 else each[here][:1]
        rngs = [np.random.default_rng([*key, seed]) for seed in shared]
        parts.append(run_chunk(problem, rule, part, workload.steps, rngs, at))
    return Outcome(*(np.concatenate(p, axis=-1) for p in zip(*parts)))


def run_chunk(
    problem: Problem,
    rule: str,
    values: Mapping[str, np.ndarray],
    steps: int,
    rngs: Sequence[np.random.Generator],
    at: Sequence[int],
) -> tuple[np.ndarray, ...]:
    """The fields of an Outcome, for settings that run at once."""
    others = dict(values)
    alpha = schedule(others.pop("alpha"), others.pop("tau", None), steps)
    start = problem.start(rngs)
    theta = np.repeat(start, len(values["alpha"]) // len(start), axis=0)
    grads = problem.gradients(rngs)
    states = iterate_over(RULES[rule], theta, grads, alpha=alpha, **others)
    curve = []
    for k, state in enumerate(islice(states, steps + 1)):
        if k in at:
            score = problem.validation(state.theta)
            curve.append(np.where(np.isfinite(score.loss), score.error, np.nan))
    validation, test = problem.validation(state.theta), problem.test(state.theta)
    alive = np.isfinite(state.theta).all(axis=-1) & np.isfinite(validation.loss)
    blank = np.where(alive, 0.0, np.nan)
    return (
        validation.error + blank,
        validation.loss + blank,
        test.error + blank,
        np.array(curve).reshape(len(curve), len(theta)),
    )
