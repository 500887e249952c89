"""Data that needs no network: digits, two moons, blobs, a linear regression."""

from __future__ import annotations  # numpy.random: loaded when used

from typing import Any, NamedTuple

import numpy as np

from lez10.arguments import check_at_least, check_count, check_finite, check_rng

Array = Any


class Split(NamedTuple):
    """Examples to train on, to choose by, and to report on."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_validation: np.ndarray
    y_validation: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def digits() -> tuple[np.ndarray, np.ndarray]:
    """1797 handwritten digits: X (1797, 64) in [0, 1], y (1797,) the digit.

    8 x 8 pixels a row. Source and licence: ``digits.txt`` beside the data (Alpaydin,
    Kaynak 1998, UCI Machine Learning Repository).
    """
    from importlib.resources import files  # late: it loads much

    with (files("lez10") / "digits.npz").open("rb") as file, np.load(file) as stored:
        return stored["X"] / 16.0, stored["y"].astype(np.int64)


def moons(
    n: int, noise: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles that interlock: X (n, 2), y (n,) of 0 and 1.

    noise: the standard deviation added to each coordinate.
    """
    check_count("n", n, 2)
    check_at_least("noise", noise, 0)
    check_rng(rng)
    y = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    X = np.where(y[:, None] == 0, upper, lower)
    return X + noise * rng.standard_normal((n, 2)), y


def blobs(
    n: int, centres: Array, spread: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Normal clouds around centres (c, d): X (n, d), y (n,) the centre's number."""
    centres = np.asarray(centres, float)
    if centres.ndim != 2 or not centres.size:
        raise ValueError(
            f"centres must have shape (c, d), one row per cloud, got {centres.shape}."
        )
    check_finite("centres", centres)
    check_count("n", n, len(centres))
    check_at_least("spread", spread, 0)
    check_rng(rng)
    y = np.arange(n) % len(centres)
    return centres[y] + spread * rng.standard_normal((n, centres.shape[1])), y


def regression(
    n: int, d: int, noise: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A linear model with known solution: X (n, d), y (n,) and theta (d,).

    y = X theta + noise * standard normal; no bias term.
    """
    check_count("n", n)
    check_count("d", d)
    check_at_least("noise", noise, 0)
    check_rng(rng)
    theta = rng.standard_normal(d)
    X = rng.standard_normal((n, d))
    return X, X @ theta + noise * rng.standard_normal(n), theta


def split(
    X: Array,
    y: Array,
    seed: int,
    *,
    validation: float = 0.2,
    test: float = 0.2,
) -> Split:
    """X and y in random order, cut into training, validation and test examples.

    validation, test: their shares. Raises ValueError where a part would be empty or
    X and y differ in length.
    """
    X, y = np.asarray(X), np.asarray(y)
    check_finite("validation", validation)
    check_finite("test", test)
    check_count("seed", seed, 0)
    n = len(X)
    if len(y) != n:
        raise ValueError(
            f"X and y must have one row per example, got {n} and {len(y)}."
        )
    n_validation, n_test = round(n * validation), round(n * test)
    n_train = n - n_validation - n_test
    if min(n_train, n_validation, n_test) < 1:
        raise ValueError(
            f"{n} examples with validation={validation} and test={test} leave "
            f"{n_train}, {n_validation} and {n_test}; each part needs at least one."
        )
    order = np.random.default_rng(seed).permutation(n)
    parts = np.split(order, [n_train, n_train + n_validation])
    return Split(*(a[part] for part in parts for a in (X, y)))
