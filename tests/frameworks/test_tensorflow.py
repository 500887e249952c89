"""Each rule against TensorFlow's tf.keras, in float64: see keras_cases.py as well.

Hyperparameters are float32 numbers, since TensorFlow casts them through float32.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras_cases as cases
import numpy as np
import problems
import tensorflow as tf
from keras_cases import *  # noqa: F403

keras = tf.keras
assert keras.backend.backend() == "tensorflow", (
    "Keras was imported with another backend."
)

# Schedules are computed in float32, and a constant of Keras's is no float32 number:
# Adagrad's 0.1, Nadam's 0.96.
IN_FLOAT32 = {
    "test_schedules",
    "test_schedule_inside",
    "test_adagrad_starts_at_a_tenth",
    "test_nadam_with_momentum_schedule",
    "test_what_the_exercises_call_its_convention",
}


def test_hyperparameters_pass_through_float32(keras):
    """beta 0.7 becomes 0.699999988, and 200 steps show it."""
    hp = {"alpha": 0.1, "beta": 0.7}
    theirs = cases.keras_path(keras, "momentum", hp)
    found = problems.difference(cases.ours("momentum", hp), theirs)
    assert cases.BOUND < found < cases.FLOAT32
    hp["beta"] = float(np.float32(0.7))
    problems.assert_same(cases.ours("momentum", hp), theirs, cases.BOUND)
