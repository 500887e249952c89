"""The activation functions and their slopes, against formulas of their own."""

import numpy as np
import pytest

from lez10.activations import PHI, activate, slope

FORMULAS = {
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: np.where(z > 0, z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


@pytest.mark.parametrize("phi", PHI)
def test_value_and_slope(phi):
    z = np.random.default_rng(0).normal(size=(3, 4))
    written = z.copy()
    found = activate(phi, written)
    assert found is written
    np.testing.assert_allclose(found, FORMULAS[phi](z))
    h = 1e-6
    difference = (FORMULAS[phi](z + h) - FORMULAS[phi](z - h)) / (2 * h)
    np.testing.assert_allclose(slope(phi, found), difference, atol=1e-8)


@pytest.mark.parametrize("phi", ["tanh", "sigmoid"])
def test_far_out_there_is_no_overflow(phi):
    ends = activate(phi, np.array([-1e4, 1e4]))
    assert ends.tolist() == [-1.0 if phi == "tanh" else 0.0, 1.0]
