"""Data: digits as scikit-learn has them, the generated sets, splits by seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import always_the_same

from lez10 import blobs, digits, moons, regression, split


def rng(seed=0):
    return np.random.default_rng(seed)


def test_digits_are_scikit_learn_s():
    from sklearn.datasets import load_digits

    X, y = digits()
    theirs = load_digits()
    np.testing.assert_array_equal(X, theirs.data / 16)
    np.testing.assert_array_equal(y, theirs.target)


def test_digits():
    X, y = digits()
    assert X.shape == (1797, 64)
    assert y.shape == (1797,)
    assert X.dtype == np.float64
    assert y.dtype == np.int64
    assert (X.min(), X.max()) == (0, 1)
    np.testing.assert_array_equal(np.unique(y), range(10))
    X[:] = -1  # nobody else's array
    assert digits()[0].min() == 0


def test_digits_name_source_and_licence():
    from importlib.resources import files

    text = (files("lez10") / "digits.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in text
    assert "UCI Machine Learning Repository" in text


def test_moons():
    X, y = moons(401, 0.0, rng())
    assert X.shape == (401, 2)
    np.testing.assert_array_equal(np.bincount(y), [201, 200])
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose((upper**2).sum(axis=1), 1, rtol=1e-12)
    assert upper[:, 1].min() >= 0
    np.testing.assert_allclose(((lower - [1, 0.5]) ** 2).sum(axis=1), 1, rtol=1e-12)
    assert lower[:, 1].max() <= 0.5
    noisy, _ = moons(401, 0.1, rng())
    assert (noisy - X).std() == pytest.approx(0.1, rel=0.1)


def test_blobs():
    centres = np.array([[0.0, 0.0, 9.0], [5.0, 0.0, 0.0]])
    X, y = blobs(2001, centres, 0.5, rng())
    assert X.shape == (2001, 3)
    np.testing.assert_array_equal(np.bincount(y), [1001, 1000])
    for c in (0, 1):
        np.testing.assert_allclose(X[y == c].mean(axis=0), centres[c], atol=0.06)
        np.testing.assert_allclose(X[y == c].std(axis=0), 0.5, atol=0.05)
    X, y = blobs(4, centres.tolist(), 0, rng())
    np.testing.assert_array_equal(X, centres[y])


def test_regression():
    """y = X theta without noise; with noise, least squares finds theta."""
    X, y, theta = regression(50, 4, 0.0, rng())
    assert (X.shape, y.shape, theta.shape) == ((50, 4), (50,), (4,))
    np.testing.assert_allclose(y, X @ theta, rtol=1e-12)
    X, y, theta = regression(5000, 4, 0.3, rng())
    found, *_ = np.linalg.lstsq(X, y)
    np.testing.assert_allclose(found, theta, atol=0.02)
    assert (y - X @ theta).std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize(
    "make",
    [
        lambda r: moons(20, 0.1, r),
        lambda r: blobs(20, np.eye(3), 0.1, r),
        lambda r: regression(20, 3, 0.1, r),
    ],
)
def test_seeds(make):
    for a, b in zip(make(rng(5)), make(rng(5)), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(make(rng(5))[0], make(rng(6))[0])


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: moons(1, 0.1, rng()), "n must be a whole number >= 2, got 1"),
        (lambda: moons(0, 0.1, rng()), "n must be .*, got 0"),
        (lambda: moons(9.0, 0.1, rng()), "n must be .*, got 9.0"),
        (lambda: moons(9, -1, rng()), "noise must be .*, got -1"),
        (lambda: moons(9, 0.1, 3), "rng must be .*, got 3"),
        (lambda: blobs(1, np.eye(2), 0.1, rng()), "n must be .* >= 2, got 1"),
        (lambda: blobs(9, np.ones(2), 0.1, rng()), r"centres .*\(c, d\).*got \(2,\)"),
        (lambda: blobs(9, np.ones((0, 2)), 0.1, rng()), r"centres .* got \(0, 2\)"),
        (lambda: blobs(9, np.eye(2) * np.nan, 0.1, rng()), "centres must be .*finite"),
        (lambda: blobs(9, np.eye(2), np.nan, rng()), "spread must be .*, got nan"),
        (lambda: blobs(9, np.eye(2), 0.1, None), "rng must be .*, got None"),
        (lambda: regression(0, 2, 0.1, rng()), "n must be .*, got 0"),
        (lambda: regression(9, 0, 0.1, rng()), "d must be .*, got 0"),
        (lambda: regression(9, 2, np.inf, rng()), "noise must be .*, got inf"),
        (lambda: regression(9, 2, 0.1, 0), "rng must be .*, got 0"),
    ],
)
def test_bad_arguments(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


@always_the_same
@given(n=st.integers(5, 200), seed=st.integers(0, 99))
def test_split_partitions(n, seed):
    X, y = np.arange(2 * n).reshape(n, 2), np.arange(n)
    parts = split(X, y, seed)
    together = np.concatenate([parts.y_train, parts.y_validation, parts.y_test])
    np.testing.assert_array_equal(np.sort(together), y)
    assert len(parts.y_validation) == len(parts.y_test) == round(0.2 * n)
    for part in ("train", "validation", "test"):
        rows = getattr(parts, f"y_{part}")
        np.testing.assert_array_equal(getattr(parts, f"X_{part}"), X[rows])
    for a, b in zip(parts, split(X, y, seed), strict=True):
        np.testing.assert_array_equal(a, b)


def test_split_depends_on_the_seed_and_shuffles():
    X, y = digits()
    zero, one = split(X, y, 0), split(X, y, 1)
    assert not np.array_equal(zero.y_train, one.y_train)
    assert not np.array_equal(zero.y_train, y[: len(zero.y_train)])
    # each class has its share everywhere, as far as chance goes
    assert np.bincount(zero.y_test, minlength=10).min() > 15


def test_split_shares():
    parts = split(np.ones((10, 1)), np.ones(10), 0, validation=0.1, test=0.5)
    assert [len(p) for p in parts[1::2]] == [4, 1, 5]


@pytest.mark.parametrize(
    ("n", "shares", "sentence"),
    [
        (10, (0.0, 0.2), "leave 8, 0 and 2"),
        (10, (0.5, 0.5), "leave 0, 5 and 5"),
        (10, (-0.2, 0.2), "leave 10, -2 and 2"),
        (2, (0.2, 0.2), "leave 2, 0 and 0"),
        (0, (0.2, 0.2), "leave 0, 0 and 0"),
        (10, (np.nan, 0.2), "validation must be .*, got nan"),
        (10, (0.2, "0.2"), "test must be .*, got '0.2'"),
    ],
)
def test_bad_splits(n, shares, sentence):
    validation, test = shares
    with pytest.raises(ValueError, match=sentence):
        split(np.ones((n, 2)), np.ones(n), 0, validation=validation, test=test)


def test_split_of_lengths_that_differ():
    with pytest.raises(ValueError, match="one row per example, got 10 and 9"):
        split(np.ones((10, 2)), np.ones(9), 0)


def test_split_takes_lists():
    parts = split([[1], [2], [3], [4], [5]], [1, 2, 3, 4, 5], 0)
    np.testing.assert_array_equal(parts.X_train[:, 0], parts.y_train)
