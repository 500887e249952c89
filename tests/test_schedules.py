"""Schedules: values by hand, arrays, conditions, steps counted from 0, wrong input.

Keras's and Optax's schedules are compared in tests/parity.
"""

from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from lez10 import (
    constant,
    exponential_decay,
    inverse_decay,
    iterate,
    linear_decay,
    sgd,
)


def test_values_by_hand():
    assert constant(0.3)(0) == constant(0.3)(10**6) == 0.3
    line = linear_decay(0.5, 10)
    for k in range(11):
        exact = (1 - Fraction(k, 10)) / 2 + Fraction(k, 10) / 200
        assert line(k) == pytest.approx(float(exact), rel=1e-15)
    assert line(10) == line(11) == line(10**9) == 0.5 / 100
    half = exponential_decay(0.8, 4, 0.5)
    assert [half(k) for k in (0, 4, 8)] == [0.8, 0.4, 0.2]
    assert half(2) == pytest.approx(0.8 / np.sqrt(2), rel=1e-15)
    stairs = exponential_decay(0.8, 4, 0.5, staircase=True)
    assert [stairs(k) for k in range(9)] == [0.8] * 4 + [0.4] * 4 + [0.2]
    assert [inverse_decay(0.6)(k) for k in (0, 1, 2, 5)] == [0.6, 0.3, 0.6 / 3, 0.6 / 6]


def test_the_lecture_s_numbers():
    """decay_steps is not tau; a hundredth takes 437,000 steps; the sum is finite."""
    alpha = exponential_decay(1e-2, 10_000, 0.9)
    assert alpha(10_000) == pytest.approx(0.9e-2)
    assert alpha(437_000) > 1e-4 > alpha(437_100)
    total = 1e-2 / (1 - 0.9 ** (1 / 10_000))  # a geometric series
    assert total == pytest.approx(949.1, abs=0.1)
    assert alpha(np.arange(2_000_000)).sum() == pytest.approx(total, rel=1e-6)


def test_robbins_monro_conditions():
    """alpha0 / (k + 1) alone has an unbounded sum and bounded squares."""
    k = np.arange(1_000_000)
    inverse = inverse_decay(1.0)(k)
    assert inverse.sum() == pytest.approx(np.log(1e6) + np.euler_gamma, rel=1e-6)
    assert (inverse**2).sum() == pytest.approx(np.pi**2 / 6, rel=1e-5)
    tail = linear_decay(1.0, 100)(k)[100:]
    assert np.ptp(tail) == 0  # so the squares grow without end


@pytest.mark.parametrize(
    ("make", "more"),
    [
        (constant, ()),
        (linear_decay, (np.array([3, 10.0]),)),
        (exponential_decay, (np.array([3, 10.0]), 0.5)),
        (inverse_decay, ()),
    ],
)
def test_arrays_are_several_schedules(make, more):
    alpha0 = np.array([0.1, 0.4])
    both = make(alpha0, *more)
    for s in range(2):
        one = make(alpha0[s], *(m[s] if np.ndim(m) else m for m in more))
        for k in (0, 1, 7, 30):
            np.testing.assert_allclose(both(k)[s], one(k), rtol=1e-15)
    k = np.arange(20)
    one = make(0.1, *(m[0] if np.ndim(m) else m for m in more))
    np.testing.assert_allclose(one(k), [one(int(i)) for i in k], rtol=1e-14)


def test_k_counts_steps_from_0():
    """alpha(k) makes state k + 1 from state k; asked once a step after the check."""
    asked = []

    def alpha(k):
        asked.append(k)
        return 2.0**-k

    states = iterate(sgd, 0.0, lambda th: -1.0, alpha=alpha)
    assert asked == [0]  # the check, at the call
    found = [float(s.theta) for s in islice(states, 5)]
    assert found == [0, 1, 1.5, 1.75, 1.875]
    assert asked == [0, 0, 1, 2, 3]


BAD = [-0.1, np.nan, np.inf, np.array([0.1, -0.1]), "0.1", None]


@pytest.mark.parametrize("bad", BAD, ids=repr)
@pytest.mark.parametrize("make", [constant, linear_decay, exponential_decay])
def test_bad_rates(make, bad):
    more = {constant: (), linear_decay: (5,), exponential_decay: (5, 0.5)}[make]
    with pytest.raises(ValueError, match=r"alpha0 must be .*, got "):
        make(bad, *more)
    with pytest.raises(ValueError, match=r"alpha0 must be .*, got "):
        inverse_decay(bad)


@pytest.mark.parametrize("bad", [0, -3, np.nan, np.inf, "5", [1, 0]], ids=repr)
def test_bad_times(bad):
    with pytest.raises(ValueError, match=r"tau must be .*, got "):
        linear_decay(0.1, bad)
    with pytest.raises(ValueError, match=r"decay_steps must be .*, got "):
        exponential_decay(0.1, bad, 0.5)
    with pytest.raises(ValueError, match=r"decay_rate must be .*, got "):
        exponential_decay(0.1, 10, bad)


def test_a_rate_of_zero_is_allowed():
    assert inverse_decay(0)(3) == 0
