"""Each rule against Keras on jax, in float64: see keras_cases.py for what is said."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import keras_cases as cases
import pytest

jax.config.update("jax_enable_x64", True)
assert keras.backend.backend() == "jax", "keras was imported before"

BOUND = 1e-10  # reached: 6e-15
# Keras's BatchNormalization computes in float32 on jax, whatever its dtype.
# Reached: 4e-7.
FLOAT32 = 1e-5
SEEDS = range(3)


@pytest.fixture(autouse=True, scope="module")
def float64():
    yield from cases.float64(keras)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", ["sgd", "momentum", "nesterov", "rmsprop"])
def test_same_form(rule, seed):
    cases.same_form(keras, rule, seed, BOUND)


@pytest.mark.parametrize("staircase", [False, True])
@pytest.mark.parametrize("rule", ["sgd", "momentum", "nesterov", "rmsprop"])
def test_schedule_inside(rule, staircase):
    cases.schedule_inside(keras, rule, staircase, BOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_adagrad_starts_at_a_tenth(seed):
    cases.adagrad_starts_at_a_tenth(keras, seed, BOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_adam_with_epsilon_hat(seed):
    cases.adam_with_epsilon_hat(keras, seed, BOUND)


def test_adam_differs_visibly():
    cases.adam_differs_visibly(keras, BOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_nadam_with_momentum_schedule(seed):
    cases.nadam_with_momentum_schedule(keras, seed, BOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_rmsprop_with_plain_momentum(seed):
    cases.rmsprop_with_plain_momentum(keras, seed, BOUND)


def test_schedules():
    cases.schedules(keras, BOUND)


def test_defaults():
    cases.defaults(keras)


def test_truncated_initializers():
    cases.truncated_initializers(keras)


def test_other_initializers():
    cases.other_initializers(keras)


def test_batch_normalization():
    cases.batch_normalization(keras, FLOAT32)
