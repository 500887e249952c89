"""The multi-layer perceptron: h = phi(W x + b), layer after layer.

All parameters of a setting are one row of a flat array, theta of shape (settings,
n_params), so that every update rule sees one array; the layers look into it through
views. One setting is settings = 1. Activations have shape (settings, n, m): one
column per example.
"""

from __future__ import annotations  # numpy.random: loaded when used

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

import numpy as np

from lez10.activations import PHI, activate, slope
from lez10.arguments import (
    check_at_least,
    check_count,
    check_numbers,
    check_rngs,
)
from lez10.initializers import Initializer, glorot_normal
from lez10.normalization import (
    batchnorm_backward,
    batchnorm_inference,
    batchnorm_train,
)

Array = Any
OBJECTIVES = ("cross_entropy", "squared")
WHERE = ("before", "after")


class Layer(NamedTuple):
    """Views of one layer: W (settings, n_out, n_in), b (settings, n_out, 1).

    gamma and beta, (settings, n_out), where the layer is normalised, else None.
    """

    W: np.ndarray
    b: np.ndarray
    gamma: np.ndarray | None = None
    beta: np.ndarray | None = None


class Pass(NamedTuple):
    """What the backward pass needs of a layer: its input, phi's output, BN's input."""

    below: np.ndarray
    activation: np.ndarray
    normalized: np.ndarray | None


@dataclass(frozen=True)
class Perceptron:
    """Layers of the given sizes, input first; phi on all but the last.

    phi: tanh, relu or sigmoid. objective: cross_entropy (softmax; y (m,) holds classes)
    or squared (half the squared error, mean over examples; y (m, n_out), or (m,) for
    one output). normalize: batch norm of the hidden layers, "before" phi, "after" it
    or None; epsilon stands under its root. Data has shape (m, n_in), or (settings,
    m, n_in) for data of each setting's own.

    Raises ValueError for an option it does not know and for shapes that do not fit.
    """

    sizes: tuple[int, ...]
    phi: str = "tanh"
    objective: str = "cross_entropy"
    normalize: str | None = None
    epsilon: float = 1e-3

    def __post_init__(self):
        if not isinstance(self.sizes, tuple | list) or len(self.sizes) < 2:
            raise ValueError(
                "sizes must name an input and an output, such as (64, 10), got "
                f"{self.sizes}."
            )
        for size in self.sizes:
            check_count("sizes", size)
        choices = {"phi": PHI, "objective": OBJECTIVES, "normalize": (None, *WHERE)}
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise ValueError(
                    f"{name} must be one of {known}, got {getattr(self, name)!r}."
                )
        check_at_least("epsilon", self.epsilon, 0)

    @cached_property
    def shapes(self) -> list[tuple[tuple[int, ...], ...]]:
        """The shapes of each layer's parameters, without the settings axis."""
        shapes = []
        for i, (n_in, n_out) in enumerate(zip(self.sizes, self.sizes[1:])):
            hidden = i < len(self.sizes) - 2
            extra = ((n_out,), (n_out,)) if self.normalize and hidden else ()
            shapes.append(((n_out, n_in), (n_out, 1), *extra))
        return shapes

    @cached_property
    def n_params(self) -> int:
        """The number of parameters of one setting."""
        return sum(prod(shape) for layer in self.shapes for shape in layer)

    @cached_property
    def n_statistics(self) -> int:
        """The number of means and variances that inference needs."""
        return 2 * sum(self.sizes[1:-1]) if self.normalize else 0

    def views(self, theta: Array) -> list[Layer]:
        """The layers of theta (settings, n_params), without a copy."""
        layers, i = [], 0
        for shapes in self.shapes:
            parts = []
            for shape in shapes:
                size = prod(shape)
                parts.append(theta[:, i : i + size].reshape(-1, *shape))
                i += size
            layers.append(Layer(*parts))
        return layers

    def initialize(
        self,
        rng: np.random.Generator | Sequence[np.random.Generator],
        weights: Initializer = glorot_normal,
    ) -> np.ndarray:
        """A start, (settings, n_params): weights drawn, b and beta 0, gamma 1.

        One generator makes one setting, a sequence of them one setting each.
        """
        rngs = check_rngs(rng)
        theta = np.zeros((len(rngs), self.n_params))
        for layer in self.views(theta):
            if layer.gamma is not None:
                layer.gamma[:] = 1
        for row, generator in enumerate(rngs):
            for layer in self.views(theta[row : row + 1]):
                n_out, n_in = layer.W.shape[1:]
                layer.W[0] = weights(n_in, n_out, generator)
        return theta

    def initial_running(self, settings: int) -> np.ndarray:
        """Running means 0 and variances 1, flat: (settings, n_statistics)."""
        running = np.zeros((settings, self.n_statistics))
        for _, var in self.statistics_views(running):
            var[:] = 1
        return running

    def statistics_views(self, flat: Array) -> list[tuple[np.ndarray, np.ndarray]]:
        """Mean and variance of each normalised layer, (settings, n), without a copy."""
        views, i = [], 0
        for n in self.sizes[1:-1] if self.normalize else ():
            views.append((flat[:, i : i + n], flat[:, i + n : i + 2 * n]))
            i += 2 * n
        return views

    def forward(self, theta: Array, X: Array, running: Array | None = None) -> Array:
        """The last layer's W h + b, (settings, n_out, m): logits or predictions.

        Batch norm uses the batch's own statistics, or those in ``running``.
        """
        return self._forward(theta, X, running)[0]

    def loss(
        self, theta: Array, X: Array, y: Array, running: Array | None = None
    ) -> Array:
        """The mean loss over the examples, (settings,). NaN once it has diverged."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self._loss(self.forward(theta, X, running), self._targets(X, y))

    def gradient(
        self, theta: Array, X: Array, y: Array, statistics: Array | None = None
    ) -> Array:
        """The gradient of the mean loss, (settings, n_params).

        statistics: an array (settings, n_statistics) that the means and variances of
        this batch are written into, for running averages.
        """
        theta = np.asarray(theta)
        outputs, passes = self._forward(theta, X, statistics=statistics)
        return self._backward(theta, outputs, passes, self._targets(X, y))

    def trace(
        self, theta: Array, X: Array, y: Array
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """What runs through the hidden layers, first layer first.

        Returns their activations phi(W h + b) and the gradients of the mean loss at
        their W h + b, each (settings, n, m).
        """
        theta = np.asarray(theta)
        gradients: list[np.ndarray] = []
        outputs, passes = self._forward(theta, X)
        self._backward(theta, outputs, passes, self._targets(X, y), gradients)
        return [here.activation for here in passes[:-1]], gradients

    def accuracy(
        self, theta: Array, X: Array, y: Array, running: Array | None = None
    ) -> Array:
        """The share of examples whose largest output is their class, (settings,).

        With the squared objective: is where their target is largest. Raises
        ValueError for a network of one output, which knows no classes.
        """
        if self.sizes[-1] == 1:
            raise ValueError("accuracy needs an output per class, got one output.")
        with np.errstate(over="ignore", invalid="ignore"):
            outputs = self.forward(theta, X, running)
        hits = outputs.argmax(axis=-2) == self._targets(X, y).argmax(axis=-2)
        return hits.mean(axis=-1)

    def _forward(self, theta, X, running=None, statistics=None):
        theta, X = self._checked(theta, X, running=running, statistics=statistics)
        stored = None if running is None else self.statistics_views(running)
        seen = None if statistics is None else self.statistics_views(statistics)
        below, passes = X.swapaxes(-1, -2), []
        layers = self.views(theta)
        for i, layer in enumerate(layers[:-1]):
            z = layer.W @ below
            z += layer.b
            normalized = z if self.normalize == "before" else None
            if normalized is not None:
                z = self._normalize(z, layer, i, stored, seen)
            activation = activate(self.phi, z)
            above = activation
            if self.normalize == "after":
                normalized = activation
                above = self._normalize(activation, layer, i, stored, seen)
            passes.append(Pass(below, activation, normalized))
            below = above
        outputs = layers[-1].W @ below
        outputs += layers[-1].b
        passes.append(Pass(below, outputs, None))
        return outputs, passes

    def _backward(self, theta, outputs, passes, targets, seen=None):
        """The gradient; into the list seen, those at each hidden layer's W h + b."""
        gradient = np.empty_like(theta)
        layers, out = self.views(theta), self.views(gradient)
        d = self._output_gradient(outputs, targets)
        ones = np.ones((d.shape[-1], 1), d.dtype)  # the input that a bias weighs
        for i in reversed(range(len(layers))):
            if i < len(layers) - 1:
                d = self._through_hidden(d, passes[i], layers[i], out[i])
                if seen is not None:
                    seen.insert(0, d)
            np.matmul(d, passes[i].below.swapaxes(-1, -2), out=out[i].W)
            np.matmul(d, ones, out=out[i].b)
            if i:
                d = layers[i].W.swapaxes(-1, -2) @ d
        return gradient

    def _through_hidden(self, d, here, layer, out):
        """From the gradient above a hidden layer to the one at its W h + b."""
        if self.normalize == "after":
            d = self._denormalize(d, here.normalized, layer, out)
        d *= slope(self.phi, here.activation)
        if self.normalize == "before":
            d = self._denormalize(d, here.normalized, layer, out)
        return d

    def _normalize(self, z, layer, i, stored, seen):
        x = z.swapaxes(-1, -2)
        if stored is not None:
            mean, var = stored[i]
            y = batchnorm_inference(x, layer.gamma, layer.beta, mean, var, self.epsilon)
        else:
            y, mean, var = batchnorm_train(x, layer.gamma, layer.beta, self.epsilon)
            if seen is not None:
                seen[i][0][:], seen[i][1][:] = mean, var
        return y.swapaxes(-1, -2)

    def _denormalize(self, d, z, layer, out):
        dx, out.gamma[:], out.beta[:] = batchnorm_backward(
            d.swapaxes(-1, -2), z.swapaxes(-1, -2), layer.gamma, self.epsilon
        )
        return dx.swapaxes(-1, -2)

    def _loss(self, outputs, targets):
        if self.objective == "squared":
            return np.square(outputs - targets).sum(axis=-2).mean(axis=-1) / 2
        shifted = outputs - outputs.max(axis=-2, keepdims=True)
        norm = np.log(np.exp(shifted).sum(axis=-2))
        return (norm - (shifted * targets).sum(axis=-2)).mean(axis=-1)

    def _output_gradient(self, outputs, targets):
        m = outputs.shape[-1]
        if self.objective == "squared":
            return (outputs - targets) / m
        p = outputs.swapaxes(0, 1).copy()  # classes first: reduced fastest
        p -= p.max(axis=0)
        np.exp(p, out=p)
        p /= p.sum(axis=0)
        p = p.swapaxes(0, 1)
        p -= targets
        p /= m
        return p

    def _checked(self, theta, X, **statistics):
        theta, X = check_numbers("theta", theta), check_numbers("X", X)
        if theta.ndim != 2 or theta.shape[1] != self.n_params:
            raise ValueError(
                f"theta must have shape (settings, {self.n_params}), got {theta.shape}."
            )
        settings = len(theta)
        for name, flat in statistics.items():
            if flat is not None and np.shape(flat) != (settings, self.n_statistics):
                raise ValueError(
                    f"{name} must have shape ({settings}, {self.n_statistics}), got "
                    f"{np.shape(flat)}."
                )
        if X.ndim not in (2, 3) or X.shape[-1] != self.sizes[0] or not X.shape[-2]:
            raise ValueError(
                f"X must have shape (m, {self.sizes[0]}) or (settings, m, "
                f"{self.sizes[0]}), got {X.shape}."
            )
        if X.ndim == 3 and len(X) != settings:
            raise ValueError(
                f"X {X.shape} holds data of {len(X)} settings, theta {theta.shape} has "
                f"{settings}: give each setting its own, or X of shape (m, n_in)."
            )
        return theta, X

    def _targets(self, X, y):
        """What the outputs are compared with: one column per example."""
        X, y = np.asarray(X), np.asarray(y)
        m, n_out = X.shape[-2], self.sizes[-1]
        if self.objective == "cross_entropy":
            if y.shape[-1:] != (m,) or y.dtype.kind not in "iu":
                raise ValueError(
                    f"y must hold {m} classes 0 … {n_out - 1}, one per example of X, "
                    f"got shape {y.shape} of {y.dtype}."
                )
            if y.min() < 0 or y.max() >= n_out:
                raise ValueError(
                    f"y must hold {m} classes 0 … {n_out - 1}, got {y.min()} … "
                    f"{y.max()}."
                )
            return (y[..., None, :] == np.arange(n_out)[:, None]).astype(X.dtype)
        if n_out == 1 and y.shape[-1:] == (m,):
            return y[..., None, :]
        if y.shape[-2:] != (m, n_out):
            raise ValueError(
                f"y must have shape ({m}, {n_out}), one row per example of X, "
                f"got {y.shape}."
            )
        return y.swapaxes(-1, -2)
