"""Each rule against Keras on jax, in float64: the tests are in keras_cases.py."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
from keras_cases import *  # noqa: F403

jax.config.update("jax_enable_x64", True)
assert keras.backend.backend() == "jax", "keras was imported before"

# Whatever the layer's dtype.
IN_FLOAT32 = {"test_batch_normalization"}
