"""The loss of a linear model with two weights, as a surface to walk on."""

from typing import Any

import numpy as np

from lez10.arguments import check_finite
from lez10.surfaces import Surface

Array = Any


def squared_loss(X: Array, y: Array, title: str = "Squared loss") -> Surface:
    """Half the mean squared error of y = X theta, over the two weights in theta.

    X: (m, 2), y: (m,). Its second derivatives are X^T X / m. The window is drawn
    around the minimum. Raises ValueError where X and y do not determine both weights.
    """
    X, y = np.asarray(X, float), np.asarray(y, float)
    check_finite("X", X)
    check_finite("y", y)
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != X.shape[:1]:
        raise ValueError(
            f"X must have shape (m, 2) and y (m,), got {X.shape} and {y.shape}."
        )
    if np.linalg.matrix_rank(X) < 2:
        raise ValueError(
            "X must have two columns of which neither is a multiple of the other."
        )
    curvatures = X.T @ X / len(X)
    slopes = X.T @ y / len(X)
    best = np.linalg.solve(curvatures, slopes)
    lowest = float(np.mean((y - X @ best) ** 2) / 2)

    def value(theta):
        apart = np.asarray(theta) - best.reshape(2, *[1] * (np.ndim(theta) - 1))
        bent = np.einsum("i...,ij,j...->...", apart, curvatures, apart)
        return lowest + bent / 2

    def gradient(theta):
        apart = np.asarray(theta) - best.reshape(2, *[1] * (np.ndim(theta) - 1))
        return np.einsum("ij,j...->i...", curvatures, apart)

    x0, y0 = best
    return Surface(
        name="squared_loss",
        title=title,
        value=value,
        gradient=gradient,
        minima=((float(x0), float(y0)),),
        lowest=lowest,
        window=(x0 - 3.0, x0 + 3.0, y0 - 3.0, y0 + 3.0),
        start=(x0 - 2.0, y0 + 2.0),
    )
