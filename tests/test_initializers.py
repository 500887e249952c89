"""Initialisers: shape, moments, limits, seeds, wrong input. Keras's: tests/parity."""

import numpy as np
import pytest

import lez10
from lez10 import INITIALIZERS

each = pytest.mark.parametrize("name", INITIALIZERS)
N_IN, N_OUT = 300, 200
VARIANCE = {
    "zeros": 0.0,
    "normal": 0.05**2,
    "uniform": 0.05**2 / 3,
    "glorot_normal": 2 / (N_IN + N_OUT),
    "glorot_uniform": 2 / (N_IN + N_OUT),
    "he_normal": 2 / N_IN,
}
LIMIT = {"uniform": 0.05, "glorot_uniform": np.sqrt(6 / (N_IN + N_OUT))}


def test_names():
    assert list(INITIALIZERS) == list(VARIANCE)
    assert all(INITIALIZERS[name] is getattr(lez10, name) for name in INITIALIZERS)


@each
@pytest.mark.parametrize("shape", [(3, 2), (1, 1), (1, 4), (5, 1)])
def test_shape(name, shape):
    n_in, n_out = shape
    W = INITIALIZERS[name](n_in, n_out, np.random.default_rng(0))
    assert W.shape == (n_out, n_in)
    assert W.dtype == np.float64


@each
def test_moments(name):
    """60,000 draws: mean within 4 sigma / 245, variance within 4 * sqrt(2) / 245."""
    W = INITIALIZERS[name](N_IN, N_OUT, np.random.default_rng(1))
    variance = VARIANCE[name]
    assert abs(W.mean()) <= 4 * np.sqrt(variance / W.size)
    np.testing.assert_allclose(W.var(), variance, rtol=0.024)


@each
def test_distribution(name):
    """Uniform within its limits; normal with a normal's tails, not truncated."""
    W = INITIALIZERS[name](N_IN, N_OUT, np.random.default_rng(2))
    sigma = np.sqrt(VARIANCE[name])
    if name in LIMIT:
        assert 0.999 * LIMIT[name] < np.abs(W).max() <= LIMIT[name]
        kurtosis = 1.8
    elif name != "zeros":
        assert 3.8 * sigma < np.abs(W).max() < 6 * sigma
        kurtosis = 3.0
    else:
        return
    assert (W**4).mean() / sigma**4 == pytest.approx(kurtosis, rel=0.05)


@each
def test_seed(name):
    draw = lambda seed: INITIALIZERS[name](4, 3, np.random.default_rng(seed))
    np.testing.assert_array_equal(draw(0), draw(0))
    assert np.array_equal(draw(0), draw(1)) == (name == "zeros")
    rng = np.random.default_rng(0)
    first, second = INITIALIZERS[name](4, 3, rng), INITIALIZERS[name](4, 3, rng)
    assert np.array_equal(first, second) == (name == "zeros")


def test_which_side_counts():
    """Glorot is the same both ways; He counts the inputs."""
    rng = np.random.default_rng
    np.testing.assert_array_equal(
        lez10.glorot_normal(50, 10, rng(0)).std(),
        lez10.glorot_normal(10, 50, rng(0)).std(),
    )
    wide, narrow = lez10.he_normal(500, 100, rng(0)), lez10.he_normal(100, 500, rng(0))
    assert wide.std() / narrow.std() == pytest.approx(np.sqrt(1 / 5), rel=0.02)


def test_sigma_and_limit():
    rng = np.random.default_rng
    np.testing.assert_allclose(
        lez10.normal(4, 3, rng(0), sigma=2.0), 40 * lez10.normal(4, 3, rng(0))
    )
    assert np.abs(lez10.uniform(40, 30, rng(0), limit=2.0)).max() > 1.9
    assert not lez10.normal(4, 3, rng(0), sigma=0).any()
    for bad in (-1, np.nan, "1"):
        with pytest.raises(ValueError, match=r"sigma must be .*, got "):
            lez10.normal(4, 3, rng(0), sigma=bad)
        with pytest.raises(ValueError, match=r"limit must be .*, got "):
            lez10.uniform(4, 3, rng(0), limit=bad)


@each
@pytest.mark.parametrize("bad", [0, -1, 2.0, True, "3", None], ids=repr)
def test_bad_sizes(name, bad):
    rng = np.random.default_rng(0)
    for sizes, which in [((bad, 3), "n_in"), ((3, bad), "n_out")]:
        with pytest.raises(ValueError, match=rf"{which} must be a whole .* >= 1, got "):
            INITIALIZERS[name](*sizes, rng)


@each
def test_bad_generator(name):
    with pytest.raises(ValueError, match="rng must be a numpy Generator.*, got 0"):
        INITIALIZERS[name](2, 3, 0)
