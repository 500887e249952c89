"""Learning-rate schedules: alpha as a function of the step k (lecture 1.2).

``alpha(k)`` makes state k + 1 from state k. k counts steps, not epochs, from 0.
Each function takes numbers or arrays and returns such a function of k.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lez10.arguments import check_at_least, check_positive

Array = Any
Schedule = Callable[[Any], Array]


def constant(alpha0: Array) -> Schedule:
    """The same rate at every step.

    Breaks the second condition: its sum of squares is
    infinite.
    """
    check_at_least("alpha0", alpha0, 0)

    def alpha(k):
        return alpha0 + 0.0 * k

    return alpha


def linear_decay(alpha0: Array, tau: Array) -> Schedule:
    """From alpha0 in a line to alpha0 / 100 at k = tau.

    Constant afterwards, which breaks the second condition
    (Goodfellow et al. 2016, equation 8.14). tau is in
    steps.
    """
    check_at_least("alpha0", alpha0, 0)
    check_positive("tau", tau)
    alpha_tau = alpha0 / 100

    def alpha(k):
        s = np.minimum(k / tau, 1.0)
        return (1 - s) * alpha0 + s * alpha_tau

    return alpha


def exponential_decay(
    alpha0: Array,
    decay_steps: Array,
    decay_rate: Array,
    staircase: bool = False,
) -> Schedule:
    """alpha0 * decay_rate^(k / decay_steps), as in Keras.

    Breaks the first condition: its sum is finite. With
    staircase, k / decay_steps is rounded down.
    """
    check_at_least("alpha0", alpha0, 0)
    check_positive("decay_steps", decay_steps)
    check_positive("decay_rate", decay_rate)

    def alpha(k):
        s = k / decay_steps
        if staircase:
            s = np.floor(s)
        return alpha0 * decay_rate**s

    return alpha


def inverse_decay(alpha0: Array) -> Schedule:
    """alpha0 / (k + 1): meets both conditions.

    (Robbins, Monro 1951.)
    """
    check_at_least("alpha0", alpha0, 0)

    def alpha(k):
        return alpha0 / (k + 1.0)

    return alpha
