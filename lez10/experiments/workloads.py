"""What is trained: data, network, steps and metric (lecture 1.8).

A workload makes a problem from a seed: another seed is another split of the data and
another draw of whatever the workload draws. Everything is computed in float32.
"""

from __future__ import annotations  # numpy.random: loaded when used

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, Protocol

import numpy as np

from lez10.arguments import Named
from lez10.data import Split, digits, split
from lez10.fitting import epoch_of
from lez10.network import Perceptron
from lez10.optimizers import Gradient

Array = Any
Generators = Sequence[np.random.Generator]
DTYPE = np.float32


class Score(NamedTuple):
    """How good parameters are: each (settings,), lower is better.

    error: the metric that is shown; loss: what breaks its ties.
    """

    error: np.ndarray
    loss: np.ndarray


class Problem(Protocol):
    """What can be trained and scored. theta has shape (settings, n_params)."""

    def start(self, rngs: Generators) -> np.ndarray:
        """The parameters to begin from, (len(rngs), n_params)."""

    def gradients(self, rngs: Generators) -> Iterator[Gradient]:
        """The gradient of each step's minibatch, without end.

        One generator serves all settings; of several, each serves one.
        """

    def validation(self, theta: Array) -> Score:
        """The score that hyperparameters are chosen by."""

    def test(self, theta: Array) -> Score:
        """The score that is reported."""


@dataclass(frozen=True)
class Workload:
    """A task of a comparison.

    title: for pictures; steps: how long a run is; metric: what an error is;
    designed: what it was made to show, "" for data as they are; make: a problem from
    a seed.
    """

    name: str
    title: str
    steps: int
    metric: str
    make: Callable[[int], Problem]
    designed: str = ""


@dataclass(frozen=True)
class Classification:
    """A perceptron that learns classes from minibatches; its error is a share."""

    network: Perceptron
    data: Split
    size: int

    def start(self, rngs: Generators) -> np.ndarray:
        """Glorot's normal weights."""
        return self.network.initialize(rngs).astype(DTYPE)

    def gradients(self, rngs: Generators) -> Iterator[Gradient]:
        """Epoch after epoch, in an order of its own each."""
        X, y = self.data.X_train, self.data.y_train
        while True:
            for batch in epoch_of(len(X), self.size, rngs):
                yield partial(self.network.gradient, X=X[batch], y=y[batch])

    def validation(self, theta: Array) -> Score:
        """On the validation examples."""
        return self._score(theta, self.data.X_validation, self.data.y_validation)

    def test(self, theta: Array) -> Score:
        """On the test examples."""
        return self._score(theta, self.data.X_test, self.data.y_test)

    def _score(self, theta, X, y):
        return Score(
            1 - self.network.accuracy(theta, X, y), self.network.loss(theta, X, y)
        )


@dataclass(frozen=True)
class Valley:
    """A noisy quadratic: the error is its value beside the one at the start.

    H: (d, d), symmetric; theta0: (1, d); sigma: standard deviation of the noise in
    each component of a gradient, the same for all settings of a step.
    """

    H: np.ndarray
    theta0: np.ndarray
    sigma: float

    def start(self, rngs: Generators) -> np.ndarray:
        """The same for every seed: the noise alone differs."""
        return np.repeat(self.theta0, len(rngs), axis=0)

    def gradients(self, rngs: Generators) -> Iterator[Gradient]:
        """H theta, and noise."""
        d = len(self.H)
        while True:
            noise = np.stack([rng.standard_normal(d) for rng in rngs]).astype(DTYPE)
            yield partial(self._gradient, noise=self.sigma * noise)

    def validation(self, theta: Array) -> Score:
        """The value; there are no examples to keep aside."""
        with np.errstate(over="ignore", invalid="ignore"):
            error = self._value(theta) / self._value(self.theta0)
        return Score(error, error)

    test = validation

    def _value(self, theta):
        return (theta * self._slope(theta)).sum(axis=-1) / 2

    def _slope(self, theta):
        # a product for each setting, as for the perceptron: then a setting's numbers
        # do not depend on how many run beside it
        return (theta[:, None, :] @ self.H)[:, 0, :]

    def _gradient(self, theta, noise):
        return self._slope(theta) + noise


def plain_digits(seed: int) -> Problem:
    """Digits as they are, and one hidden layer."""
    return Classification(Perceptron((64, 32, 10)), cast(split(*digits(), seed)), SIZE)


def scaled_digits(seed: int) -> Problem:
    """Digits whose columns differ in size by two decades, and two hidden layers."""
    rng = np.random.default_rng([SCALED, seed])
    sizes = 10.0 ** rng.uniform(-1, 1, 64)
    data = standardized(split(*digits(), seed))
    data = cast(with_inputs(data, lambda X: X * sizes))
    return Classification(Perceptron((64, 32, 32, 10)), data, SIZE)


def rare_features(seed: int) -> Problem:
    """Digits and 200 rare features that mean nothing; no hidden layer.

    A tenth of the labels of training and validation is drawn anew.
    """
    rng = np.random.default_rng([RARE, seed])

    def with_rare(X):
        seldom = rng.random((len(X), 200)) < 0.01
        return np.hstack([X, np.where(seldom, rng.standard_normal(seldom.shape), 0.0)])

    def partly_wrong(y):
        return np.where(rng.random(len(y)) < 0.1, rng.integers(10, size=len(y)), y)

    data = with_inputs(standardized(split(*digits(), seed)), with_rare)
    data = data._replace(
        y_train=partly_wrong(data.y_train),
        y_validation=partly_wrong(data.y_validation),
    )
    return Classification(Perceptron((264, 10)), cast(data), SIZE)


def valley(seed: int) -> Problem:
    """A quadratic in 40 dimensions, turned at random, with noise in its gradient."""
    rng = np.random.default_rng([VALLEY, seed])
    Q, _ = np.linalg.qr(rng.standard_normal((40, 40)))
    H = (Q * np.geomspace(1, 10**-2.5, 40)) @ Q.T
    theta0 = rng.standard_normal((1, 40))
    return Valley(H.astype(DTYPE), theta0.astype(DTYPE), sigma=0.1)


SIZE = 32
SCALED, RARE, VALLEY = 1, 2, 3  # what is drawn for one is not drawn for another


def standardized(data: Split) -> Split:
    """Columns of mean 0 and spread 1 over the training examples.

    Columns that hardly vary stay small.
    """
    mean, spread = data.X_train.mean(axis=0), data.X_train.std(axis=0)
    unit = np.minimum(1, spread / 0.05) / (spread + 1e-3)
    return with_inputs(data, lambda X: (X - mean) * unit)


def cast(data: Split) -> Split:
    """The examples in float32."""
    return with_inputs(data, lambda X: X.astype(DTYPE))


def with_inputs(data: Split, change: Callable[[Array], Array]) -> Split:
    """The same labels, and inputs changed part by part."""
    return data._replace(
        **{name: change(X) for name, X in data._asdict().items() if name[0] == "X"}
    )


WORKLOADS: dict[str, Workload] = Named(
    "workloads",
    (
        Workload("digits", "digits", 300, "error rate", plain_digits),
        Workload(
            "scaled",
            "digits with columns of different scale",
            300,
            "error rate",
            scaled_digits,
            "designed to isolate what a rate per parameter is good for: the sizes of "
            "its columns span two decades",
        ),
        Workload(
            "rare",
            "digits among rare features, with wrong labels",
            300,
            "error rate",
            rare_features,
            "designed to isolate what epsilon is good for: a rule that divides by the "
            "size of a gradient takes steps of full size along features that are "
            "seldom there and mean nothing",
        ),
        Workload(
            "valley",
            "noisy valley in 40 dimensions",
            300,
            "value beside the start's",
            valley,
            "synthetic: a quadratic that is turned, so that no rate per parameter fits "
            "its curvature, with noise in every gradient",
        ),
    ),
)
