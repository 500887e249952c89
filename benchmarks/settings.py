"""10,000 settings at once against a Python loop over them, and the two dtypes.

Adam on a quadratic, 100 steps. The loop runs a sample of the settings, spread over
all of them; its time is scaled up to 10,000.
"""

from itertools import islice

import numpy as np

import lez10
from benchmarks.timing import Row, interleaved, per, ratio, speed_up

SETTINGS, SAMPLE, STEPS = 10_000, 20, 100


def last_theta(theta, curvature, alpha):
    gradient = lambda theta: curvature * theta
    states = lez10.iterate(lez10.adam, theta, gradient, alpha=alpha)
    for state in islice(states, STEPS + 1):  # noqa: B007
        pass
    return state.theta


def at_once(dtype):
    alpha = np.geomspace(1e-3, 1, SETTINGS)
    theta = np.ones((2, 1), dtype)
    curvature = np.array([[1], [25]], dtype)
    return lambda: last_theta(theta, curvature, alpha)


def in_a_loop(dtype):
    alphas = np.geomspace(1e-3, 1, SETTINGS)[:: SETTINGS // SAMPLE]
    theta = np.ones(2, dtype)
    curvature = np.array([1, 25], dtype)
    return lambda: [last_theta(theta, curvature, alpha) for alpha in alphas]


def measure() -> list[Row]:
    """The speed-up in each dtype, and float32 beside float64."""
    runs = {}
    for dtype in (np.float64, np.float32):
        name = dtype.__name__
        runs[name], runs["loop", name] = at_once(dtype), in_a_loop(dtype)
        sample = runs[name]()[:, :: SETTINGS // SAMPLE].T
        np.testing.assert_array_equal(sample, runs["loop", name]())
    times = interleaved(runs)
    rows = []
    for name in ("float64", "float32"):
        once, loop = per(times[name], SETTINGS), per(times["loop", name], SAMPLE)
        rows.append(speed_up(f"{name}, a setting", once, "a loop", loop, 250))
    # "faster" is a ratio below 1
    fast, slow = times["float32"], times["float64"]
    rows.append(ratio("float32, all settings", fast, "float64", slow, 1.0))
    return rows
