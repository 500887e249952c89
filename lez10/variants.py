"""Steps that differ from the lecture's in one point: what frameworks compute, and Adam
without its correction. The notebooks show what the difference does.

Same form as the rules: ``step(state, grad, *, hyperparameters) -> State``.
"""

import numpy as np

from lez10.optimizers import (
    RULES,
    Array,
    Gradient,
    State,
    Step,
    one_minus_power,
)


def nesterov_ahead(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    beta: Array = 0.9,
) -> State:
    """Nesterov momentum as Keras keeps it.

    theta is the look-ahead point: theta + beta v of
    the lecture's rule.
    """
    theta, v, r, t = state
    g = grad(theta)
    v = beta * v - alpha * g
    return State(theta + beta * v - alpha * g, v, r, t + 1)


def adagrad_inside(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    delta: Array = 1e-7,
) -> State:
    """Keras's and Optax's AdaGrad: delta in the root.

    They also start r at 0.1.
    """
    theta, v, r, t = state
    g = grad(theta)
    r = r + g * g
    step = -alpha / np.sqrt(delta + r) * g
    return State(theta + step, v, r, t + 1)


def rmsprop_outside(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    rho: Array = 0.9,
    delta: Array = 1e-6,
) -> State:
    """PyTorch's RMSProp: delta outside the root."""
    theta, v, r, t = state
    g = grad(theta)
    r = rho * r + (1 - rho) * g * g
    step = -alpha / (delta + np.sqrt(r)) * g
    return State(theta + step, v, r, t + 1)


def rmsprop_momentum(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    beta: Array = 0.9,
    rho: Array = 0.9,
    delta: Array = 1e-6,
) -> State:
    """Keras's RMSprop(momentum=...): plain momentum.

    The gradient is taken at theta: no look ahead.
    """
    theta, v, r, t = state
    g = grad(theta)
    r = rho * r + (1 - rho) * g * g
    v = beta * v - alpha / np.sqrt(r + delta) * g
    return State(theta + v, v, r, t + 1)


def adam_uncorrected(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    beta1: Array = 0.9,
    beta2: Array = 0.999,
    delta: Array = 1e-8,
) -> State:
    """Adam without line 8, the bias correction."""
    theta, v, r, t = state
    g = grad(theta)
    v = beta1 * v + (1 - beta1) * g
    r = beta2 * r + (1 - beta2) * g * g
    step = -alpha * v / (np.sqrt(r) + delta)
    return State(theta + step, v, r, t + 1)


def adam_epsilon_hat(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    beta1: Array = 0.9,
    beta2: Array = 0.999,
    delta: Array = 1e-8,
) -> State:
    """Keras's Adam: delta beside the uncorrected root.

    The lecture's Adam with delta / sqrt(1 - beta2^t) in
    the place of delta (Kingma, Ba 2015, section 2).
    """
    theta, v, r, t = state
    g = grad(theta)
    t = t + 1
    v = beta1 * v + (1 - beta1) * g
    r = beta2 * r + (1 - beta2) * g * g
    root = np.sqrt(one_minus_power(beta2, t))
    rate = alpha * root / one_minus_power(beta1, t)
    step = -rate * v / (np.sqrt(r) + delta)
    return State(theta + step, v, r, t)


VARIANTS: dict[str, Step] = {
    step.__name__: step
    for step in (
        nesterov_ahead,
        adagrad_inside,
        rmsprop_outside,
        rmsprop_momentum,
        adam_uncorrected,
        adam_epsilon_hat,
    )
}

# The lecture's rules and the variants, by name.
STEPS: dict[str, Step] = {**RULES, **VARIANTS}
