"""What runs through a network: activations upwards, gradients downwards.

A deep network learns well only if neither dies out or grows without bound on its way
(lecture 1.9; Glorot, Bengio 2010).
"""

from __future__ import annotations  # numpy.random: loaded when used

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lez10.activations import slope
from lez10.arguments import check_numbers
from lez10.network import Perceptron

Array = Any
FLAT = 0.1  # a slope below this share of phi's steepest counts as flat


class Signals(NamedTuple):
    """Each hidden layer's activations and gradients, first layer first.

    activations: phi(W h + b), arrays (settings, n, m). gradients: those of each
    example's own loss at W h + b, of the same shapes.
    """

    activations: list[np.ndarray]
    gradients: list[np.ndarray]


def signals(network: Perceptron, theta: Array, X: Array, y: Array) -> Signals:
    """The activations and gradients of the hidden layers.

    theta: (settings, n_params); X (m, n_in); y as the network's objective has it.
    Raises ValueError where they do not fit the network.
    """
    theta = check_numbers("theta", theta)
    with np.errstate(over="ignore", invalid="ignore"):  # the weights may be huge
        activations, gradients = network.trace(theta, X, y)
        # the network's loss is the mean over the examples
        gradients = [g.shape[-1] * g for g in gradients]
    return Signals(activations, gradients)


def spread(layers: Sequence[Array]) -> np.ndarray:
    """The standard deviation of each layer, over all its units and examples.

    layers: arrays (settings, n, m). Returns (layers, settings).
    """
    if not len(layers):
        raise ValueError("layers must hold at least one array, got none.")
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array([np.std(layer, axis=(-2, -1)) for layer in layers])


def factor(spreads: Array) -> np.ndarray:
    """How much the spread changes from a layer to the next, as a geometric mean.

    spreads: (layers, ...), at least two layers. Returns (...); NaN from 0 to 0.
    """
    spreads = check_numbers("spreads", spreads)
    if not spreads.ndim or len(spreads) < 2:
        raise ValueError("spreads must be those of at least two layers.")
    with np.errstate(divide="ignore", invalid="ignore"):
        return (spreads[-1] / spreads[0]) ** (1 / (len(spreads) - 1))


def saturated(network: Perceptron, activation: Array) -> np.ndarray:
    """The share of a layer's activations where tanh or the sigmoid is flat.

    activation: (settings, n, m). Returns (settings,). Flat: the slope is below a tenth
    of the steepest. Raises ValueError for relu, which does not saturate.
    """
    if network.phi == "relu":
        raise ValueError("saturated needs phi tanh or sigmoid: relu does not saturate.")
    steepest = 1.0 if network.phi == "tanh" else 0.25
    flat = slope(network.phi, np.asarray(activation)) < FLAT * steepest
    return flat.mean(axis=(-2, -1))


def units_equal(activation: Array) -> np.ndarray:
    """Whether all units of a layer say the same, for every example, (settings,).

    activation: (settings, n, m).
    """
    activation = np.asarray(activation)
    return (activation == activation[:, :1]).all(axis=(-2, -1))
