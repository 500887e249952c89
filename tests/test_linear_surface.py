"""The loss of a linear model as a surface: against the sum over its examples."""

import numpy as np
import pytest
from properties import finite_differences

from lez10.linear_surface import squared_loss


def example():
    rng = np.random.default_rng(0)
    X = rng.normal([2, 4], [0.5, 1], (30, 2))
    return X, X @ [1.0, -2.0] + 0.3 * rng.normal(size=30)


def test_value_is_half_the_mean_squared_error():
    X, y = example()
    surface = squared_loss(X, y)
    thetas = np.random.default_rng(1).normal(size=(2, 5, 4))
    values = surface.value(thetas)
    assert values.shape == (5, 4)
    for i in np.ndindex(5, 4):
        error = X @ thetas[:, *i] - y
        assert values[i] == pytest.approx(np.mean(error**2) / 2)


def test_gradient_minimum_and_window():
    X, y = example()
    surface = squared_loss(X, y)
    point = np.array([0.3, -0.7])
    found = surface.gradient(point)
    np.testing.assert_allclose(
        found, finite_differences(surface.value, point), rtol=1e-7
    )
    many = surface.gradient(np.stack([point, 2 * point], axis=1))
    np.testing.assert_allclose(many[:, 0], found)
    (lowest,) = surface.minima
    np.testing.assert_allclose(surface.gradient(np.array(lowest)), 0, atol=1e-12)
    np.testing.assert_allclose(lowest, np.linalg.lstsq(X, y, rcond=None)[0])
    assert surface.value(np.array(lowest)) == pytest.approx(surface.lowest)
    x0, x1, y0, y1 = surface.window
    assert x0 < lowest[0] < x1 and y0 < lowest[1] < y1
    assert x0 < surface.start[0] < x1 and y0 < surface.start[1] < y1


def test_wrong_data_is_a_sentence():
    X, y = example()
    for bad, targets, told in (
        (X[:, :1], y, "X must have shape"),
        (X, y[1:], "X must have shape"),
        (X[:, [0, 0]], y, "neither is a multiple"),
        (X * np.nan, y, "X must be a finite"),
        (X, y * np.inf, "y must be a finite"),
    ):
        with pytest.raises(ValueError, match=told) as error:
            squared_loss(bad, targets)
        assert str(error.value).endswith(".")
