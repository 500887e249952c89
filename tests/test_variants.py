"""The variants: each beside the lecture's rule, equal where it should be, else not.

That Keras, Optax and PyTorch compute these forms is shown in tests/parity and
tests/frameworks.
"""

import inspect

import numpy as np
import problems
import pytest
from forms import look_ahead
from hypothesis import given
from hypothesis import strategies as st

from lez10 import RULES, State, adam, momentum, nesterov, rmsprop
from lez10.variants import (
    VARIANTS,
    adagrad_inside,
    adam_epsilon_hat,
    adam_uncorrected,
    nesterov_ahead,
    rmsprop_momentum,
    rmsprop_outside,
)

OF = {
    "nesterov_ahead": "nesterov",
    "adagrad_inside": "adagrad",
    "rmsprop_outside": "rmsprop",
    "rmsprop_momentum": "rmsprop_nesterov",
    "adam_uncorrected": "adam",
    "adam_epsilon_hat": "adam",
}


def path(step, **hp):
    return problems.path(step, State(problems.START.copy()), **hp)


@pytest.mark.parametrize("name", VARIANTS)
def test_signature_and_defaults_are_the_rule_s(name):
    assert set(VARIANTS) == set(OF)
    signature = inspect.signature(VARIANTS[name])
    assert signature == inspect.signature(RULES[OF[name]])


@pytest.mark.parametrize("name", VARIANTS)
def test_theta_and_state_are_left_alone(name):
    state = State(np.ones(3), np.ones(3), np.ones(3), 4)
    hp = problems.draw(OF[name], 0)
    after = VARIANTS[name](state, lambda theta: 2 * theta, **hp)
    assert np.all(np.stack(state[:3]) == 1) and after.t == 5
    assert np.all(after.theta != 1)


@pytest.mark.parametrize("seed", range(3))
def test_nesterov_ahead_walks_through_the_look_ahead_points(seed):
    hp = problems.draw("nesterov", seed)
    states = problems.run(nesterov, State(problems.START.copy()), **hp)
    ahead = look_ahead(states, hp["beta"])
    problems.assert_same(path(nesterov_ahead, **hp), ahead)
    theirs = path(momentum, **hp)
    assert problems.difference(ahead, theirs) > 1e-3


def first_step(step, g, **hp):
    return step(State(0.0), lambda theta: g, **hp).theta


@given(st.floats(0.1, 100), st.floats(1e-3, 10))
def test_where_delta_stands(g, delta):
    hp = {"alpha": 1.0, "delta": delta}
    inside = first_step(adagrad_inside, g, **hp)
    assert np.isclose(inside, -g / (g * g + delta) ** 0.5)
    outside = first_step(rmsprop_outside, g, rho=0.75, **hp)
    assert np.isclose(outside, -g / (0.5 * g + delta))
    assert abs(outside) < abs(first_step(rmsprop, g, rho=0.75, alpha=1.0, delta=0))


def test_rmsprop_momentum_takes_its_gradient_where_it_stands():
    asked = []

    def grad(theta):
        asked.append(float(theta))
        return 2.0

    state = State(1.0, 4.0, 0.0, 2)
    hp = {"alpha": 3.0, "beta": 0.5, "rho": 0.75, "delta": 0.0}
    after = rmsprop_momentum(state, grad, **hp)
    assert asked == [1.0]
    # r = 1/4 * 4 = 1; v = 1/2 * 4 - 3 / 1 * 2
    assert after == State(-3.0, -4.0, 1.0, 3)


@given(st.floats(-100, 100).filter(lambda g: abs(g) > 0.01))
def test_the_first_uncorrected_step_is_too_large(g):
    assert np.isclose(abs(first_step(adam, g, alpha=1.0)), 1.0, rtol=1e-5)
    uncorrected = abs(first_step(adam_uncorrected, g, alpha=1.0))
    assert np.isclose(uncorrected, 0.1 / 0.001**0.5, rtol=1e-4)


def test_late_the_correction_does_nothing():
    late = State(1.0, 0.5, 0.25, 100_000)
    steps = (adam, adam_uncorrected, adam_epsilon_hat)
    ends = [step(late, lambda theta: 1.0, alpha=0.1).theta for step in steps]
    assert np.ptp(ends) < 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_epsilon_hat_is_a_delta_that_grows(seed):
    """In the lecture's form: delta / sqrt(1 - beta2^t)."""
    hp = problems.draw("adam", seed) | {"delta": 1e-2}
    state = State(problems.START.copy())
    grad = problems.gradient
    for t in range(1, 40):
        delta = hp["delta"] / np.sqrt(1 - hp["beta2"] ** t)
        expected = adam(state, grad, **hp | {"delta": delta})
        state = adam_epsilon_hat(state, grad, **hp)
        np.testing.assert_allclose(state.theta, expected.theta, rtol=1e-12)
    assert problems.difference(path(adam_epsilon_hat, **hp), path(adam, **hp)) > 1e-3
