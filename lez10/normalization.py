"""Batch normalisation (lecture 1.10; Ioffe, Szegedy 2015).

x has shape (m, d): a batch of m examples with d features; gamma, beta, mean and var
have shape (d,). Leading axes, one per setting, are allowed on all of them.
"""

from typing import Any

import numpy as np

from lez10.arguments import check_at_least, check_hyperparameter

Array = Any


def batchnorm_train(
    x: Array,
    gamma: Array,
    beta: Array,
    epsilon: float,
) -> tuple[Array, Array, Array]:
    """Normalise a batch by its own mean and variance.

    Returns y of x's shape and mean, var of shape (d,);
    var is the biased one, divided by m.
    """
    x = check_batch(x, epsilon, gamma=gamma, beta=beta)
    x_hat, mean, var, _ = standardize(x, epsilon)
    y = rows(gamma) * x_hat + rows(beta)
    return y, mean, var


def batchnorm_backward(
    dy: Array,
    x: Array,
    gamma: Array,
    epsilon: float,
) -> tuple[Array, Array, Array]:
    """From the gradient at y to those at x, gamma, beta.

    The batch's mean and variance depend on x too:
    hence the two means that are taken away.
    """
    x = check_batch(x, epsilon, gamma=gamma)
    dy = check_fits(dy, x)
    x_hat, _, _, sigma = standardize(x, epsilon)
    dgamma = (dy * x_hat).sum(axis=-2)
    dbeta = dy.sum(axis=-2)
    m = x.shape[-2]
    inner = dy - rows(dbeta / m) - x_hat * rows(dgamma / m)
    dx = rows(gamma) / sigma * inner
    return dx, dgamma, dbeta


def update_running(running: Array, batch: Array, momentum: Array) -> Array:
    """The moving average that inference will use.

    momentum is Keras's: the share of the old value.
    """
    check_hyperparameter("momentum", momentum)
    return momentum * running + (1 - momentum) * batch


def batchnorm_inference(
    x: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    var: Array,
    epsilon: float,
) -> Array:
    """Normalise by stored statistics: one example will do.

    x: (m, d); returns y of the same shape.
    """
    vectors = {"gamma": gamma, "beta": beta, "mean": mean}
    x = check_batch(x, epsilon, **vectors, var=var)
    x_hat = (x - rows(mean)) / np.sqrt(rows(var) + epsilon)
    return rows(gamma) * x_hat + rows(beta)


def standardize(x: Array, epsilon: float) -> tuple[Array, Array, Array, Array]:
    """x with mean 0 and variance 1, its mean, its variance, its divisor."""
    mean = x.mean(axis=-2)
    centred = x - rows(mean)
    var = np.square(centred).mean(axis=-2)
    sigma = np.sqrt(rows(var) + epsilon)
    return centred / sigma, mean, var, sigma


def rows(vector: Array) -> Array:
    """A vector per feature, (..., d), against a batch, (..., m, d)."""
    return np.asarray(vector)[..., None, :]


def check_batch(x: Array, epsilon: float, **vectors: Array) -> np.ndarray:
    """The batch as an array; ValueError unless (..., m, d) and each vector (..., d)."""
    check_at_least("epsilon", epsilon, 0)
    if np.ndim(x) < 2 or 0 in np.shape(x):
        raise ValueError(
            "x must have shape (m, d), m examples of d features, at least one of "
            f"each, got shape {np.shape(x)}."
        )
    d = np.shape(x)[-1]
    for name, vector in vectors.items():
        if np.shape(vector)[-1:] != (d,):
            raise ValueError(
                f"{name} must have shape ({d},), one number per feature of x "
                f"{np.shape(x)}, got shape {np.shape(vector)}."
            )
    if "var" in vectors and np.any(np.less(vectors["var"], 0)):
        raise ValueError(f"var must be >= 0, got {np.min(vectors['var'])}.")
    return np.asarray(x)


def check_fits(dy: Array, x: Array) -> np.ndarray:
    """The gradient at y as an array; ValueError unless it has the shape of x."""
    if np.shape(dy)[-2:] != np.shape(x)[-2:]:
        raise ValueError(
            f"dy must have x's shape {np.shape(x)}, got shape {np.shape(dy)}."
        )
    return np.asarray(dy)
