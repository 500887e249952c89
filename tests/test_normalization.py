"""Batch normalisation: forward, backward, running averages, inference, wrong input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import always_the_same, finite_differences

from lez10 import (
    batchnorm_backward,
    batchnorm_inference,
    batchnorm_train,
    update_running,
)


def example(seed, m, d):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((m, d)) * rng.uniform(0.5, 2, d) + rng.standard_normal(d)
    return (
        x,
        rng.standard_normal(d),
        rng.standard_normal(d),
        rng.standard_normal((m, d)),
    )


def test_by_hand():
    """mean 3, biased variance 8/3; with epsilon 4/3 the divisor is 2."""
    x = np.array([[1.0], [3.0], [5.0]])
    y, mean, var = batchnorm_train(x, np.array([10.0]), np.array([7.0]), 4 / 3)
    np.testing.assert_allclose(y, [[-3], [7], [17]], rtol=1e-15)
    assert mean == [3]
    np.testing.assert_allclose(var, [8 / 3], rtol=1e-15)
    y = batchnorm_inference(x, np.array([10.0]), np.array([7.0]), [2.0], [3.0], 1.0)
    np.testing.assert_array_equal(y, [[2], [12], [22]])


@always_the_same
@given(seed=st.integers(0, 999), m=st.integers(2, 9), d=st.integers(1, 4))
def test_mean_beta_and_spread_gamma(seed, m, d):
    """epsilon = 0: mean beta, standard deviation |gamma|; then mean 0, variance 1."""
    x, gamma, beta, _ = example(seed, m, d)
    y, mean, var = batchnorm_train(x, gamma, beta, 0.0)
    np.testing.assert_allclose(y.mean(axis=0), beta, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=0), np.abs(gamma), atol=1e-12)
    np.testing.assert_allclose(mean, x.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(var, x.var(axis=0), rtol=1e-12)
    y, _, _ = batchnorm_train(x, np.ones(d), np.zeros(d), 0.0)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=0), 1, rtol=1e-12)


def test_epsilon_stands_under_the_root():
    x, gamma, beta, _ = example(0, 6, 3)
    y, mean, var = batchnorm_train(x, gamma, beta, 0.3)
    np.testing.assert_allclose(
        y, gamma * (x - mean) / np.sqrt(var + 0.3) + beta, rtol=1e-12, atol=1e-14
    )


def test_a_batch_of_one_gives_beta():
    """Whatever the input is; its gradient is 0. Inference takes one example well."""
    gamma, beta = np.array([2.0, -1.0]), np.array([0.5, 3.0])
    for x in ([[1.0, 2.0]], [[-50.0, 0.0]]):
        x = np.array(x)
        y, mean, var = batchnorm_train(x, gamma, beta, 1e-3)
        np.testing.assert_array_equal(y, [beta])
        np.testing.assert_array_equal(mean, x[0])
        np.testing.assert_array_equal(var, 0)
        dx, dgamma, dbeta = batchnorm_backward(np.ones((1, 2)), x, gamma, 1e-3)
        assert not dx.any()
        assert not dgamma.any()
        np.testing.assert_array_equal(dbeta, 1)
        y = batchnorm_inference(x, gamma, beta, np.zeros(2), np.ones(2), 0.0)
        np.testing.assert_allclose(y, gamma * x + beta)


def test_the_lecture_s_formula_fails_on_a_batch_of_one():
    """epsilon = 0: 0 / 0."""
    with np.errstate(invalid="ignore"):
        y, _, _ = batchnorm_train(np.ones((1, 2)), np.ones(2), np.ones(2), 0.0)
    assert np.isnan(y).all()


@always_the_same
@given(
    seed=st.integers(0, 999),
    m=st.integers(1, 6),
    d=st.integers(1, 3),
    epsilon=st.floats(0.01, 1),
)
def test_backward(seed, m, d, epsilon):
    """Against central differences of sum(dy * y).

    Values are of order 1 and the third derivatives of order epsilon^-1.5 <= 1000, so
    that h^2 f''' / 6 < 1e-8; the bound leaves room for larger factors.
    """
    x, gamma, beta, dy = example(seed, m, d)
    dx, dgamma, dbeta = batchnorm_backward(dy, x, gamma, epsilon)

    def loss(x=x, gamma=gamma, beta=beta):
        return (dy * batchnorm_train(x, gamma, beta, epsilon)[0]).sum()

    for found, name, at in [
        (dx, "x", x),
        (dgamma, "gamma", gamma),
        (dbeta, "beta", beta),
    ]:
        expected = finite_differences(lambda z, name=name: loss(**{name: z}), at)
        assert found.shape == at.shape
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_backward_sums_to_zero():
    """A shift of all examples changes nothing."""
    x, gamma, _, dy = example(3, 8, 4)
    dx, _, _ = batchnorm_backward(dy, x, gamma, 0.01)
    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=1e-13)


def test_running_average():
    """momentum is the share of the old: 0.75 * 8 + 0.25 * 4 = 7."""
    assert update_running(8.0, 4.0, 0.75) == 7.0
    np.testing.assert_array_equal(
        update_running(np.array([0, 4.0]), np.array([4.0, 0]), 0.5), [2, 2]
    )
    old = np.array([1.0])
    update_running(old, np.array([5.0]), 0.9)
    assert old == [1]  # nothing in place
    values = np.random.default_rng(0).standard_normal((30, 2))
    running = np.zeros(2)
    for value in values:
        running = update_running(running, value, 0.9)
    weights = 0.1 * 0.9 ** np.arange(30)[::-1]
    np.testing.assert_allclose(running, weights @ values, rtol=1e-12)


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan, "0.9"], ids=repr)
def test_bad_momentum(bad):
    with pytest.raises(ValueError, match=r"momentum must .*, got "):
        update_running(1.0, 2.0, bad)


def test_inference_approximates_training():
    """After many batches the stored statistics are those of the data.

    The mean of 64 examples errs by sigma / 8; momentum 0.99 averages some 200 batches
    (2 / (1 - 0.99)), which leaves about 1 % of sigma.
    """
    rng = np.random.default_rng(0)
    gamma, beta = np.array([2.0, 0.5]), np.array([-1.0, 1.0])

    def batch(m):
        return rng.standard_normal((m, 2)) * [3.0, 0.2] + [5.0, -2.0]

    mean, var = np.zeros(2), np.ones(2)
    for _ in range(1500):
        _, batch_mean, batch_var = batchnorm_train(batch(64), gamma, beta, 1e-3)
        mean = update_running(mean, batch_mean, 0.99)
        var = update_running(var, batch_var, 0.99)
    np.testing.assert_allclose(mean, [5, -2], atol=0.03)
    np.testing.assert_allclose(var, [9 * 63 / 64, 0.04 * 63 / 64], rtol=0.03)
    x = batch(2000)
    training, _, _ = batchnorm_train(x, gamma, beta, 1e-3)
    inference = batchnorm_inference(x, gamma, beta, mean, var, 1e-3)
    np.testing.assert_allclose(inference, training, atol=0.3)
    # before any batch: means 0, variances 1, which is far off
    fresh = batchnorm_inference(x, gamma, beta, np.zeros(2), np.ones(2), 1e-3)
    assert np.abs(fresh - training).mean() > 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_settings_in_front(dtype):
    """(settings, m, d) equals the settings one by one, bit for bit, in its dtype."""
    rng = np.random.default_rng(0)
    x, dy = rng.standard_normal((2, 3, 5, 4)).astype(dtype)
    gamma, beta = rng.standard_normal((2, 3, 4)).astype(dtype)
    forward = batchnorm_train(x, gamma, beta, 1e-3)
    backward = batchnorm_backward(dy, x, gamma, 1e-3)
    inference = batchnorm_inference(x, gamma, beta, *forward[1:], 1e-3)
    for s in range(3):
        for found, expected in [
            *zip(forward, batchnorm_train(x[s], gamma[s], beta[s], 1e-3)),
            *zip(backward, batchnorm_backward(dy[s], x[s], gamma[s], 1e-3)),
            (
                inference,
                batchnorm_inference(
                    x[s], gamma[s], beta[s], forward[1][s], forward[2][s], 1e-3
                ),
            ),
        ]:
            np.testing.assert_array_equal(found[s], expected)
            assert found.dtype == dtype


def test_nothing_is_changed_in_place():
    x, gamma, beta, dy = example(0, 5, 3)
    arrays = [x, gamma, beta, dy]
    before = [a.copy() for a in arrays]
    y, mean, var = batchnorm_train(x, gamma, beta, 0.1)
    batchnorm_backward(dy, x, gamma, 0.1)
    batchnorm_inference(x, gamma, beta, mean, var, 0.1)
    for a, b in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.shares_memory(y, x)


ONE = np.ones(3)


@pytest.mark.parametrize("shape", [(3,), (), (0, 3), (5, 0)])
def test_bad_x(shape):
    x = np.ones(shape)
    with pytest.raises(ValueError, match=r"x must have shape \(m, d\).* got shape"):
        batchnorm_train(x, ONE, ONE, 0.1)
    with pytest.raises(ValueError, match=r"x must have shape \(m, d\).* got shape"):
        batchnorm_inference(x, ONE, ONE, ONE, ONE, 0.1)
    with pytest.raises(ValueError, match=r"x must have shape \(m, d\).* got shape"):
        batchnorm_backward(x, x, ONE, 0.1)


@pytest.mark.parametrize("which", ["gamma", "beta", "mean", "var"])
@pytest.mark.parametrize("bad", [np.ones(2), np.ones((3, 1)), 1.0], ids=np.shape)
def test_bad_vectors(which, bad):
    x = np.ones((4, 3))
    vectors = dict.fromkeys(("gamma", "beta", "mean", "var"), ONE) | {which: bad}
    with pytest.raises(
        ValueError, match=rf"{which} must have shape \(3,\).* got shape"
    ):
        batchnorm_inference(x, **vectors, epsilon=0.1)
    if which in ("gamma", "beta"):
        del vectors["mean"], vectors["var"]
        with pytest.raises(ValueError, match=rf"{which} must have shape \(3,\).* got"):
            batchnorm_train(x, **vectors, epsilon=0.1)


def test_bad_dy():
    x = np.ones((4, 3))
    for shape in [(4, 2), (3,), (2, 3)]:
        with pytest.raises(ValueError, match=r"dy must have x's shape \(4, 3\), got"):
            batchnorm_backward(np.ones(shape), x, ONE, 0.1)


@pytest.mark.parametrize("bad", [-1e-3, np.nan, np.inf, "0"], ids=repr)
def test_bad_epsilon(bad):
    with pytest.raises(ValueError, match=r"epsilon must be .*, got "):
        batchnorm_train(np.ones((4, 3)), ONE, ONE, bad)
    with pytest.raises(ValueError, match=r"epsilon must be .*, got "):
        batchnorm_backward(np.ones((4, 3)), np.ones((4, 3)), ONE, bad)
    with pytest.raises(ValueError, match=r"epsilon must be .*, got "):
        batchnorm_inference(np.ones((4, 3)), ONE, ONE, ONE, ONE, bad)


def test_lists_will_do():
    x, ones = [[1.0, 2.0], [3.0, 6.0]], [1.0, 1.0]
    y, mean, var = batchnorm_train(x, ones, [0.0, 0.0], 0.0)
    np.testing.assert_allclose(y, [[-1, -1], [1, 1]])
    np.testing.assert_allclose([mean, var], [[2, 4], [1, 4]])
    dx, dgamma, dbeta = batchnorm_backward([[1.0, 0.0], [0.0, 0.0]], x, ones, 1.0)
    assert dx.shape == (2, 2) and dgamma.shape == dbeta.shape == (2,)


def test_a_negative_variance_is_refused():
    x, ones = np.ones((2, 2)), np.ones(2)
    with pytest.raises(ValueError, match="var must be >= 0, got -1"):
        batchnorm_inference(x, ones, ones, ones, np.array([1.0, -1.0]), 1e-3)
