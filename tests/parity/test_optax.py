"""Each rule against Optax: 200 steps, every step, float64, random hyperparameters."""

import conventions
import jax
import numpy as np
import optax
import problems
import pytest
from checks import optax_point
from forms import (
    look_ahead,
    momentum_outside,
    nesterov_outside,
)
from oracles import optax_path, optax_run

from lez10 import (
    RULES,
    State,
    exponential_decay,
    inverse_decay,
    linear_decay,
    momentum,
    nesterov,
    rmsprop,
    rmsprop_nesterov,
)
from lez10.variants import adagrad_inside, rmsprop_outside

jax.config.update("jax_enable_x64", True)
SEEDS = range(8)
START = problems.START


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", RULES)
def test_rule(rule, seed):
    """The lecture's form; Nesterov's two at theta + beta v; AdaGrad's delta moved."""
    problems.assert_same(optax_point(RULES[rule], rule, seed), optax_path(rule, seed))


@pytest.mark.parametrize("seed", range(3))
def test_theta_itself_is_not_the_look_ahead_point(seed):
    hp = problems.draw("nesterov", seed)
    ours = problems.path(nesterov, State(START), **hp)
    assert problems.difference(ours, optax_path("nesterov", seed)) > 1e-3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", conventions.OPTAX)
def test_what_the_exercises_call_its_convention(rule, seed):
    found = conventions.path(rule, conventions.OPTAX[rule], problems.draw(rule, seed))
    problems.assert_same(found, optax_path(rule, seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_adagrad_form(seed):
    hp = problems.draw("adagrad", seed)
    start = State(START, r=np.full_like(START, 0.1))
    problems.assert_same(
        problems.path(adagrad_inside, start, **hp), optax_path("adagrad", seed)
    )


@pytest.mark.parametrize("seed", range(3))
def test_rmsprop_outside_the_root(seed):
    """eps_in_sqrt=False is PyTorch's form, and not the lecture's."""
    hp = problems.draw("rmsprop", seed, outside=True)
    theirs = optax_run(optax.rmsprop, hp, eps_in_sqrt=False)
    problems.assert_same(problems.path(rmsprop_outside, State(START), **hp), theirs)
    ours = problems.path(rmsprop, State(START), **hp)
    assert problems.difference(ours, theirs) > 1e-3


def falling(alpha0):
    return exponential_decay(alpha0, decay_steps=60, decay_rate=0.5)


@pytest.mark.parametrize("seed", range(3))
def test_momentum_under_a_schedule(seed):
    """Optax's sgd keeps alpha outside its velocity, as PyTorch does."""
    hp = problems.draw("momentum", seed)
    hp["alpha"] = falling(hp["alpha"])
    theirs = optax_run(optax.sgd, hp)
    problems.assert_same(problems.path(momentum_outside, State(START), **hp), theirs)
    ours = problems.path(momentum, State(START), **hp)
    assert problems.difference(ours, theirs) > 1e-4

    hp = problems.draw("nesterov", seed)
    hp["alpha"] = falling(hp["alpha"])
    theirs = optax_run(optax.sgd, hp, nesterov=True)
    problems.assert_same(problems.path(nesterov_outside, State(START), **hp), theirs)
    ours = look_ahead(problems.run(nesterov, State(START), **hp), hp["beta"])
    assert problems.difference(ours, theirs) > 1e-4


@pytest.mark.parametrize("seed", range(3))
def test_rmsprop_nesterov_under_a_schedule(seed):
    """Optax's rmsprop has alpha inside its velocity, as rule 1.6 has."""
    hp = problems.draw("rmsprop_nesterov", seed)
    hp["alpha"] = falling(hp["alpha"])
    theirs = optax_run(optax.rmsprop, hp, nesterov=True)
    ours = look_ahead(problems.run(rmsprop_nesterov, State(START), **hp), hp["beta"])
    problems.assert_same(ours, theirs)


@pytest.mark.parametrize("rule", ["sgd", "rmsprop", "adam", "nadam"])
def test_rule_under_a_schedule(rule):
    makers = {
        "sgd": optax.sgd,
        "rmsprop": optax.rmsprop,
        "adam": optax.adam,
        "nadam": optax.nadam,
    }
    hp = problems.draw(rule, 1)
    hp["alpha"] = falling(hp["alpha"])
    problems.assert_same(
        problems.path(RULES[rule], State(START), **hp), optax_run(makers[rule], hp)
    )


def test_schedules():
    k = np.arange(300)
    for staircase in (False, True):
        theirs = optax.exponential_decay(0.3, 40, 0.7, staircase=staircase)
        ours = exponential_decay(0.3, 40, 0.7, staircase=staircase)
        np.testing.assert_allclose(ours(k), theirs(k), rtol=1e-12)
    theirs = optax.linear_schedule(0.3, 0.003, 100)
    np.testing.assert_allclose(linear_decay(0.3, 100)(k), theirs(k), rtol=1e-12)
    assert inverse_decay(0.3)(0) == 0.3  # Optax has none of this form
