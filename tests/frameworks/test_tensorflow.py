"""Each rule against TensorFlow's tf.keras, in float64: see keras_cases.py."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras_cases as cases
import numpy as np
import problems
import pytest
import tensorflow as tf

keras = tf.keras
assert keras.backend.backend() == "tensorflow", (
    "Keras was imported with another backend."
)

# Hyperparameters are float32 numbers, since TensorFlow casts them through float32.
BOUND = 1e-10
# Where a constant of Keras's is no float32 number (Adagrad's 0.1, Nadam's 0.96), and
# for schedules, which are computed in float32. Reached: 1e-7.
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
    cases.schedule_inside(keras, rule, staircase, FLOAT32)


@pytest.mark.parametrize("seed", SEEDS)
def test_adagrad_starts_at_a_tenth(seed):
    cases.adagrad_starts_at_a_tenth(keras, seed, FLOAT32)


@pytest.mark.parametrize("seed", SEEDS)
def test_adam_with_epsilon_hat(seed):
    cases.adam_with_epsilon_hat(keras, seed, BOUND)


def test_adam_differs_visibly():
    cases.adam_differs_visibly(keras, BOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_nadam_with_momentum_schedule(seed):
    cases.nadam_with_momentum_schedule(keras, seed, FLOAT32)


@pytest.mark.parametrize("seed", SEEDS)
def test_rmsprop_with_plain_momentum(seed):
    cases.rmsprop_with_plain_momentum(keras, seed, BOUND)


def test_schedules():
    cases.schedules(keras, FLOAT32)


def test_defaults():
    cases.defaults(keras)


def test_truncated_initializers():
    cases.truncated_initializers(keras)


def test_other_initializers():
    cases.other_initializers(keras)


def test_batch_normalization():
    cases.batch_normalization(keras, BOUND)


def test_hyperparameters_pass_through_float32():
    """beta 0.7 becomes 0.699999988, and 200 steps show it."""
    hp = {"alpha": 0.1, "beta": 0.7}
    theirs = cases.keras_path(keras, "momentum", hp)
    assert BOUND < problems.difference(cases.ours("momentum", hp), theirs) < FLOAT32
    hp["beta"] = float(np.float32(0.7))
    problems.assert_same(cases.ours("momentum", hp), theirs, BOUND)
