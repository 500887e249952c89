"""Activations and gradients of the hidden layers, against independent computations."""

import numpy as np
import pytest
from properties import finite_differences

from lez10 import Perceptron, he_normal, normal, zeros
from lez10.signals import factor, saturated, signals, spread, units_equal


def example(phi="tanh", objective="cross_entropy", normalize=None, n=2, m=5):
    rng = np.random.default_rng(0)
    network = Perceptron((3, 4, 5, 2), phi, objective, normalize, 0.1)
    theta = network.initialize([rng] * n)
    theta += 0.3 * rng.standard_normal(theta.shape)
    X = rng.standard_normal((m, 3))
    y = rng.integers(0, 2, m)
    if objective == "squared":
        y = rng.standard_normal((m, 2))
    return network, theta, X, y


@pytest.mark.parametrize("phi", ["tanh", "relu", "sigmoid"])
def test_activations_are_those_of_plain_loops(phi):
    network, theta, X, y = example(phi)
    found = signals(network, theta, X, y).activations
    functions = {
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    }
    for s in range(2):
        h = X.T
        for layer, activation in zip(network.views(theta)[:-1], found, strict=True):
            h = functions[phi](layer.W[s] @ h + layer.b[s])
            np.testing.assert_allclose(activation[s], h, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("normalize", [None, "before", "after"])
@pytest.mark.parametrize("objective", ["cross_entropy", "squared"])
@pytest.mark.parametrize("phi", ["tanh", "relu", "sigmoid"])
def test_gradients_by_finite_differences(phi, objective, normalize):
    """Moving W h + b of one unit for all examples is moving its bias.

    Batch norm before phi takes that move away again: there the gradients add up to 0.
    """
    network, theta, X, y = example(phi, objective, normalize)
    m = len(X)
    found = signals(network, theta, X, y).gradients
    for s in range(2):
        for i, gradient in enumerate(found):

            def loss(b, i=i, s=s):
                moved = theta[s : s + 1].copy()
                network.views(moved)[i].b[0, :, 0] = b
                return network.loss(moved, X, y)[0]

            b = network.views(theta)[i].b[s, :, 0]
            expected = m * finite_differences(loss, b)
            total = gradient[s].sum(axis=1)
            np.testing.assert_allclose(total, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("objective", ["cross_entropy", "squared"])
def test_gradients_are_of_each_example_s_own_loss(objective):
    """Examples do not meet without batch norm: each alone gives a bias's gradient."""
    network, theta, X, y = example(objective=objective)
    found = signals(network, theta, X, y).gradients
    for j in range(len(X)):
        alone = network.views(network.gradient(theta, X[j : j + 1], y[j : j + 1]))
        for gradient, layer in zip(found, alone[:-1], strict=True):
            np.testing.assert_allclose(gradient[:, :, j], layer.b[:, :, 0], atol=1e-14)


def test_the_gradient_of_the_network_is_as_before():
    network, theta, X, y = example()
    before = network.gradient(theta, X, y)
    signals(network, theta, X, y)
    np.testing.assert_array_equal(network.gradient(theta, X, y), before)


def test_bad_input_is_the_network_s_sentence():
    network, theta, X, y = example()
    for arguments, told in (
        ((theta[:, 1:], X, y), "theta must have shape"),
        ((theta, X[:, 1:], y), "X must have shape"),
        ((theta, X, y[1:]), "y must hold 5 classes"),
        (("theta", X, y), "theta must be"),
    ):
        with pytest.raises(ValueError, match=told) as error:
            signals(network, *arguments)
        assert str(error.value).endswith(".")


@pytest.mark.filterwarnings("error")
def test_huge_weights_are_no_warning():
    network, theta, X, y = example("relu")
    found = signals(network, 1e200 * theta, X, y)
    spread(found.activations), spread(found.gradients)


def test_spread_is_over_units_and_examples():
    layers = [np.random.default_rng(i).normal(size=(2, 3 + i, 7)) for i in range(3)]
    found = spread(layers)
    assert found.shape == (3, 2)
    for i, layer in enumerate(layers):
        for s in range(2):
            flat = layer[s].ravel()
            expected = np.sqrt(np.mean((flat - flat.mean()) ** 2))
            assert found[i, s] == pytest.approx(expected)
    with pytest.raises(ValueError, match="at least one array, got none"):
        spread([])


def test_factor_is_the_geometric_mean():
    values = 3.0 * 0.5 ** np.arange(6)
    assert factor(values) == pytest.approx(0.5)
    two = np.stack([values, 1 / values], axis=1)
    np.testing.assert_allclose(factor(two), [0.5, 2])
    assert np.isnan(factor([0.0, 0.0]))
    for bad in ([1.0], 1.0):
        with pytest.raises(ValueError, match="at least two layers"):
            factor(bad)


def test_saturated_counts_where_the_slope_is_below_a_tenth():
    edge = np.sqrt(0.9)  # 1 - h^2 = 0.1
    h = np.array([[[0, 0.5, edge - 1e-6, edge + 1e-6, -1.0]]])
    np.testing.assert_allclose(saturated(Perceptron((2, 2)), h), [0.4])
    sigmoid = Perceptron((2, 2), "sigmoid")  # the same, from 0 to 1
    np.testing.assert_allclose(saturated(sigmoid, (h + 1) / 2), [0.4])
    with pytest.raises(ValueError, match="relu does not saturate"):
        saturated(Perceptron((2, 2), "relu"), h)


def test_units_are_equal_under_zeros_alone():
    X = np.random.default_rng(0).normal(size=(6, 3))
    network = Perceptron((3, 4, 2))
    for weights, alike in ((zeros, True), (normal, False), (he_normal, False)):
        theta = network.initialize(np.random.default_rng(0), weights)
        (h,) = signals(network, theta, X, np.zeros(6, int)).activations
        assert units_equal(h).tolist() == [alike]
