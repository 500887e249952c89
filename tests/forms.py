"""Forms in which frameworks write the rules that are neither the lecture's nor among
``lez10.variants``.

Each has a step's signature. A framework is compared with its own form, and the form
with the lecture's rule: equal after the change that the docstring names, else not.
"""

import numpy as np

from lez10 import State


def look_ahead(states, beta) -> np.ndarray:
    """theta + beta v: what Keras, Optax and PyTorch keep under Nesterov's name.

    At the start v is 0 and the two are the same point.
    """
    return np.array([s.theta + beta * s.v for s in states])


def momentum_outside(state, grad, *, alpha, beta):
    """PyTorch's and Optax's SGD with momentum: alpha outside the velocity.

    v here is -v / alpha of the lecture's, as long as alpha does not change.
    """
    theta, v, r, t = state
    v = beta * v + grad(theta)
    return State(theta - alpha * v, v, r, t + 1)


def nesterov_outside(state, grad, *, alpha, beta):
    """PyTorch's and Optax's Nesterov: the look-ahead point, alpha outside."""
    theta, v, r, t = state
    g = grad(theta)
    v = beta * v + g
    return State(theta - alpha * (g + beta * v), v, r, t + 1)


def rmsprop_momentum_outside(state, grad, *, alpha, beta, rho, delta):
    """PyTorch's RMSprop(momentum=...): plain, alpha and epsilon both outside."""
    theta, v, r, t = state
    g = grad(theta)
    r = rho * r + (1 - rho) * g * g
    v = beta * v + g / (np.sqrt(r) + delta)
    return State(theta - alpha * v, v, r, t + 1)


class ScheduledNadam:
    """Keras's and PyTorch's Nadam: beta1 grows with t, and its product corrects.

    One object per run: the running product is a state that the lecture has not.
    PyTorch's momentum_decay is ``decay``, and makes the growth slower than Keras's.
    """

    def __init__(self, decay=1.0):
        self.product, self.decay = 1.0, decay

    def __call__(self, state, grad, *, alpha, beta1, beta2, delta):
        theta, v, r, t = state
        g = grad(theta)
        t = t + 1
        now = beta1 * (1 - 0.5 * 0.96 ** (t * self.decay))
        following = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * self.decay))
        self.product *= now
        v = beta1 * v + (1 - beta1) * g
        r = beta2 * r + (1 - beta2) * g * g
        v_hat = following * v / (1 - self.product * following)
        g_hat = (1 - now) * g / (1 - self.product)
        step = alpha * (v_hat + g_hat) / (np.sqrt(r / (1 - beta2**t)) + delta)
        return State(theta - step, v, r, t)
