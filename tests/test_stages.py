"""A normalised layer stage by stage: against the perceptron, and wrong input."""

import numpy as np
import pytest

from lez10 import Perceptron
from lez10.stages import ORDER, stages

FUNCTIONS = {
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


@pytest.mark.parametrize("phi", FUNCTIONS)
@pytest.mark.parametrize("where", ORDER)
def test_the_last_stage_is_the_perceptron_s_hidden_layer(where, phi):
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(7, 4)), rng.normal(size=(3, 4))
    b, gamma, beta = rng.normal(size=(3, 3))
    found = stages(X, W, b, gamma, beta, where=where, phi=phi, epsilon=0.1)
    assert tuple(found) == ORDER[where]
    np.testing.assert_allclose(found["W x + b"], X @ W.T + b)

    network = Perceptron((4, 3, 3), phi, "squared", where, epsilon=0.1)
    theta = np.zeros((1, network.n_params))
    hidden, output = network.views(theta)
    hidden.W[:], hidden.b[:, :, 0] = W, b
    hidden.gamma[:], hidden.beta[:] = gamma, beta
    output.W[:] = np.eye(3)
    *_, last = found.values()
    np.testing.assert_allclose(last, network.forward(theta, X)[0].T)


@pytest.mark.parametrize("phi", FUNCTIONS)
def test_phi_and_batch_norm_one_after_the_other(phi):
    rng = np.random.default_rng(1)
    X, W = rng.normal(size=(6, 2)), rng.normal(size=(2, 2))
    found = stages(X, W, [1, -1], [2, 3], [0.5, 0], phi=phi, epsilon=0.2)
    z = X @ W.T + [1, -1]
    y = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 0.2) * [2, 3] + [0.5, 0]
    np.testing.assert_allclose(found["BN"], y)
    np.testing.assert_allclose(found["phi"], FUNCTIONS[phi](y))


def test_what_it_does_not_know_is_a_sentence():
    X, one = np.ones((2, 1)), np.ones(1)
    with pytest.raises(ValueError, match=r"where must be one of .*'between'\."):
        stages(X, np.ones((1, 1)), one, one, one, where="between")
    with pytest.raises(ValueError, match=r"phi must be one of .*'swish'\."):
        stages(X, np.ones((1, 1)), one, one, one, phi="swish")
