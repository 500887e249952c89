"""Training the perceptron: epochs of minibatches until a criterion holds.

One setting or many at once; each has its own end, and its own reason for it.
"""

from __future__ import annotations  # numpy.random: loaded when used

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from lez10.arguments import check_hyperparameter, check_rngs, shown
from lez10.network import Perceptron
from lez10.normalization import update_running
from lez10.optimizers import State, Step
from lez10.stopping import Criterion
from lez10.training import iterate_over, minibatches

Array = Any
DIVERGED = "diverged"


@dataclass
class Run:
    """A training in progress, or done: curves by epoch, one column per setting.

    training_loss, validation_loss, validation_accuracy: lists with one array
    (settings,) per epoch, the first before any step; NaN after a setting's end. The
    last two stay empty without validation data, accuracy also without classes.
    theta, running: each setting's parameters at its end (now, while it runs).
    reason: why each setting ended, "" while it runs; ended_at: after how many
    epochs; diverged_at: the step after which its parameters or its loss were no
    longer finite, -1 for none.
    """

    network: Perceptron
    X: np.ndarray
    y: np.ndarray
    theta: np.ndarray
    running: np.ndarray
    epoch: int = 0
    k: int = 0
    training_loss: list[np.ndarray] = field(default_factory=list)
    validation_loss: list[np.ndarray] = field(default_factory=list)
    validation_accuracy: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self):
        settings = len(self.theta)
        self.reason = [""] * settings
        self.ended_at = np.full(settings, -1)
        self.diverged_at = np.full(settings, -1)

    @property
    def watched(self) -> np.ndarray:
        """The losses that early stopping watches, (epochs + 1, settings)."""
        return np.array(self.validation_loss or self.training_loss)

    @property
    def going(self) -> np.ndarray:
        """Which settings still train, (settings,)."""
        return self.ended_at < 0

    def gradient_norm(self) -> np.ndarray:
        """The norm of the gradient over all training data, (settings,)."""
        with np.errstate(over="ignore", invalid="ignore"):  # others may have diverged
            g = self.network.gradient(self.theta, self.X, self.y)
            return np.sqrt(np.square(g).sum(axis=-1))

    def end(self, which: Array, reason: str) -> None:
        """End the settings that ``which`` marks and that have not ended before."""
        for setting in np.flatnonzero(np.logical_and(which, self.going)):
            self.reason[setting] = reason
            self.ended_at[setting] = self.epoch

    def end_diverged(self, finite: Array) -> None:
        """End the settings that are no longer finite, as diverged."""
        lost = self.going & ~finite
        self.diverged_at[lost] = self.k
        self.end(lost, DIVERGED)

    def advance(self, state: State, seen: Array, momentum: float) -> None:
        """One step: the parameters and running averages of those that still train."""
        self.k += 1
        going = self.going[:, None]
        self.theta = np.where(going, state.theta, self.theta)
        with np.errstate(over="ignore", invalid="ignore"):
            average = update_running(self.running, seen, momentum)
        self.running = np.where(going, average, self.running)
        self.end_diverged(np.isfinite(state.theta).all(axis=-1))

    def measure(
        self,
        criteria: Sequence[Criterion],
        validation: tuple[Array, Array] | None,
    ) -> None:
        """Write down the losses of this epoch; end the settings that are done."""
        blank = np.where(self.going, 0.0, np.nan)  # curves stop where settings do
        loss = self.network.loss(self.theta, self.X, self.y) + blank
        self.training_loss.append(loss)
        finite = np.isfinite(loss)
        if validation is not None:
            running = self.running if self.network.normalize else None
            seen = (self.theta, *validation, running)
            self.validation_loss.append(self.network.loss(*seen) + blank)
            finite &= np.isfinite(self.validation_loss[-1])
            if self.network.sizes[-1] > 1:
                self.validation_accuracy.append(self.network.accuracy(*seen) + blank)
        self.end_diverged(finite)
        for criterion in criteria:
            self.end(criterion.holds(self), criterion.reason)

    def report(self) -> list[str]:
        """How each setting ended, in words."""
        sentences = []
        for reason, epochs, k in zip(
            self.reason, self.ended_at, self.diverged_at, strict=True
        ):
            if reason == DIVERGED:
                sentences.append(f"diverged at step {k}")
            elif reason:
                sentences.append(f"stopped after {epochs} epochs: {reason}")
            else:
                sentences.append("still training")
        return sentences


def fit(*args: Any, **kwargs: Any) -> Run:
    """Train until every setting has ended; the arguments are those of fitting."""
    *_, run = fitting(*args, **kwargs)
    return run


def fitting(
    network: Perceptron,
    X: Array,
    y: Array,
    step: Step,
    theta: Array,
    *,
    size: int,
    rng: np.random.Generator | Sequence[np.random.Generator],
    stop: Criterion | Sequence[Criterion],
    validation: tuple[Array, Array] | None = None,
    running_momentum: float = 0.9,
    **hyperparameters: Any,
) -> Iterator[Run]:
    """Train, and yield the same growing Run at the start and after every minibatch.

    theta: (settings, n_params), as ``network.initialize`` makes it. rng: one
    generator for minibatches that all settings share, or one per setting.
    hyperparameters: those of the step; arrays of shape (settings, 1). stop: the
    first criterion that holds ends a setting. validation: (X, y) to watch. With
    batch norm, losses on validation data use running averages, updated at every
    step with running_momentum. Raises ValueError, before anything runs, as iterate and
    minibatches do, and where theta, X and y do not fit the network.
    """
    criteria = check_criteria(stop)
    rngs = check_rngs(rng)
    check_hyperparameter("running_momentum", running_momentum)
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2:
        raise ValueError(
            f"X must have shape (m, {network.sizes[0]}), the same data for all "
            f"settings, got {X.shape}."
        )
    # these raise where theta and the data do not fit the network, or size the data
    network.loss(theta, X, y)
    if validation is not None:
        network.loss(theta, *check_pair(validation))
    minibatches(len(X), size, np.random.default_rng(0))
    seen = network.initial_running(len(theta))  # by the latest minibatch

    def minibatch_gradients():
        while True:
            for batch in epoch_of(len(X), size, rngs):
                part = {"X": X[batch], "y": y[batch]}
                yield partial(network.gradient, **part, statistics=seen)

    states = iterate_over(step, theta, minibatch_gradients(), **hyperparameters)
    run = Run(network, X, y, next(states).theta, network.initial_running(len(theta)))
    if not len(run.theta) == len(theta) or len(rngs) not in (1, len(theta)):
        raise ValueError(
            f"theta has {len(theta)} settings, the hyperparameters ask for "
            f"{len(run.theta)} and there are {len(rngs)} generators: give theta one "
            "row per setting, and rng one generator or one per setting."
        )

    def growing() -> Iterator[Run]:
        run.measure(criteria, validation)
        yield run
        while run.going.any():
            run.advance(next(states), seen, running_momentum)
            if run.k % -(-len(X) // size) == 0:
                run.epoch += 1
                run.measure(criteria, validation)
            yield run

    return growing()


def check_criteria(stop: Any) -> list[Criterion]:
    """Stop as a list; ValueError unless it holds criteria, at least one."""
    criteria = [stop] if isinstance(stop, Criterion) else stop
    if not (isinstance(criteria, list | tuple) and criteria) or not all(
        isinstance(criterion, Criterion) for criterion in criteria
    ):
        raise ValueError(
            "stop must be a criterion, such as epochs(10), or a list of them, got "
            f"{shown(stop)}."
        )
    return list(criteria)


def check_pair(validation: Any) -> tuple[Array, Array]:
    """The validation data; ValueError unless it is a pair (X, y)."""
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise ValueError(
            f"validation must be a pair (X, y), got {type(validation).__name__}."
        )
    return validation[0], validation[1]


def epoch_of(
    n: int, size: int, rngs: Sequence[np.random.Generator]
) -> Iterator[np.ndarray]:
    """minibatches, (m,) for one generator, (settings, m) for one per setting."""
    if len(rngs) == 1:
        return minibatches(n, size, rngs[0])
    orders = [minibatches(n, size, rng) for rng in rngs]
    return (np.stack(together) for together in zip(*orders, strict=True))
