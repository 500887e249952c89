"""Initial weights of a layer (lecture 1.9): ``f(n_in, n_out, rng) -> W``.

W has shape (n_out, n_in), for h = phi(W x + b).
"""

from __future__ import annotations  # numpy.random: loaded when used

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from lez10.arguments import check_at_least, check_count, check_rng

Rng: TypeAlias = "np.random.Generator"
W = np.ndarray  # of shape (n_out, n_in)
Initializer: TypeAlias = "Callable[[int, int, Rng], W]"


def zeros(n_in: int, n_out: int, rng: Rng) -> W:
    """All weights 0: the units of a hidden layer stay equal.

    rng is not used; it is there for the common form.
    """
    check_layer(n_in, n_out, rng)
    return np.zeros((n_out, n_in))


def normal(
    n_in: int,
    n_out: int,
    rng: Rng,
    *,
    sigma: float = 0.05,
) -> W:
    """Normal, mean 0 and standard deviation sigma."""
    check_layer(n_in, n_out, rng)
    check_at_least("sigma", sigma, 0)
    return sigma * rng.standard_normal((n_out, n_in))


def uniform(
    n_in: int,
    n_out: int,
    rng: Rng,
    *,
    limit: float = 0.05,
) -> W:
    """Uniform between -limit and limit."""
    check_layer(n_in, n_out, rng)
    check_at_least("limit", limit, 0)
    return rng.uniform(-limit, limit, (n_out, n_in))


def glorot_normal(n_in: int, n_out: int, rng: Rng) -> W:
    """Normal, mean 0 and variance 2 / (n_in + n_out).

    (Glorot, Bengio 2010; not truncated, unlike Keras's.)
    """
    check_layer(n_in, n_out, rng)
    sigma = np.sqrt(2 / (n_in + n_out))
    return sigma * rng.standard_normal((n_out, n_in))


def glorot_uniform(n_in: int, n_out: int, rng: Rng) -> W:
    """Uniform, mean 0 and variance 2 / (n_in + n_out).

    (Glorot, Bengio 2010, equation 16.)
    """
    check_layer(n_in, n_out, rng)
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_out, n_in))


def he_normal(n_in: int, n_out: int, rng: Rng) -> W:
    """Normal, mean 0 and variance 2 / n_in, for ReLU.

    (He et al. 2015; not truncated, unlike Keras's.)
    """
    check_layer(n_in, n_out, rng)
    sigma = np.sqrt(2 / n_in)
    return sigma * rng.standard_normal((n_out, n_in))


def check_layer(n_in: int, n_out: int, rng: Rng) -> None:
    """Raise ValueError unless the sizes and the generator are usable."""
    check_count("n_in", n_in)
    check_count("n_out", n_out)
    check_rng(rng)


INITIALIZERS: dict[str, Initializer] = {
    f.__name__: f
    for f in (
        zeros,
        normal,
        uniform,
        glorot_normal,
        glorot_uniform,
        he_normal,
    )
}
