"""The update rules of the lecture, in its order and with its letters.

A step is a pure function: it takes a state and the callable ``grad`` and returns
the next state. Hyperparameters are keyword-only and broadcast against ``theta``,
so that one line computes one setting or ten thousand.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = Any  # a number or a numpy array: every rule takes both
Gradient = Callable[[Array], Array]
Step = Callable[..., "State"]


class State(NamedTuple):
    """Where a run stands, in the lecture's letters.

    ``theta``: the parameters, of shape (d, ...); ``v``: velocity, or Adam's
    first moment; ``r``: accumulated squared gradients, both of theta's shape;
    ``t``: the number of steps taken. ``State(theta)`` is the start of a run.
    """

    theta: Array
    v: Array = 0.0
    r: Array = 0.0
    t: Any = 0


def sgd(state: State, grad: Gradient, *, alpha: Array) -> State:
    """One step of gradient descent (lecture 1.1).

    Reads and returns theta; v and r stay as they are.
    """
    theta, v, r, t = state
    g = grad(theta)
    return State(theta - alpha * g, v, r, t + 1)


def momentum(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    beta: Array = 0.9,
) -> State:
    """One step of SGD with momentum (lecture 1.3).

    v is a decaying sum of steps, with gain 1 / (1 - beta)
    (Polyak 1964; Goodfellow et al. 2016, algorithm 8.2).
    """
    theta, v, r, t = state
    g = grad(theta)
    v = beta * v - alpha * g
    return State(theta + v, v, r, t + 1)


def nesterov(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    beta: Array = 0.9,
) -> State:
    """One step of SGD with Nesterov momentum (lecture 1.4).

    The gradient is taken where the velocity leads
    (Sutskever et al. 2013; Goodfellow et al. 2016, 8.3).
    """
    theta, v, r, t = state
    g = grad(theta + beta * v)  # at the interim point
    v = beta * v - alpha * g
    return State(theta + v, v, r, t + 1)


def adagrad(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    delta: Array = 1e-7,
) -> State:
    """One step of AdaGrad (lecture 1.5.1).

    r only grows; delta stands outside the root
    (Duchi et al. 2011; Goodfellow et al. 2016, 8.4).
    """
    theta, v, r, t = state
    g = grad(theta)
    r = r + g * g
    step = -alpha / (delta + np.sqrt(r)) * g
    return State(theta + step, v, r, t + 1)


def rmsprop(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    rho: Array = 0.9,
    delta: Array = 1e-6,
) -> State:
    """One step of RMSProp (lecture 1.5.2).

    r is a moving average; delta stands inside the root
    (Hinton, lecture 6e; Goodfellow et al. 2016, 8.5).
    """
    theta, v, r, t = state
    g = grad(theta)
    r = rho * r + (1 - rho) * g * g
    step = -alpha / np.sqrt(delta + r) * g
    return State(theta + step, v, r, t + 1)


def rmsprop_nesterov(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    beta: Array = 0.9,
    rho: Array = 0.9,
    delta: Array = 1e-6,
) -> State:
    """One step of RMSProp with Nesterov momentum (1.6).

    v sums rescaled gradients taken at the interim point
    (Goodfellow et al. 2016, algorithm 8.6).
    """
    theta, v, r, t = state
    g = grad(theta + beta * v)  # at the interim point
    r = rho * r + (1 - rho) * g * g
    v = beta * v - alpha / np.sqrt(r + delta) * g
    return State(theta + v, v, r, t + 1)


def adam(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    beta1: Array = 0.9,
    beta2: Array = 0.999,
    delta: Array = 1e-8,
) -> State:
    """One step of Adam (lecture 1.7).

    v averages raw gradients; delta stands outside the root
    (Kingma, Ba 2015; Goodfellow et al. 2016, 8.7).
    """
    theta, v, r, t = state
    g = grad(theta)
    t = t + 1
    v = beta1 * v + (1 - beta1) * g
    r = beta2 * r + (1 - beta2) * g * g
    v_hat = v / one_minus_power(beta1, t)
    r_hat = r / one_minus_power(beta2, t)
    step = -alpha * v_hat / (np.sqrt(r_hat) + delta)
    return State(theta + step, v, r, t)


def nadam(
    state: State,
    grad: Gradient,
    *,
    alpha: Array,
    beta1: Array = 0.9,
    beta2: Array = 0.999,
    delta: Array = 1e-8,
) -> State:
    """One step of NAdam: Adam that looks ahead (1.7, 1.8).

    v_hat is the one that the next step would start from
    (Dozat 2016, with constant beta1).
    """
    theta, v, r, t = state
    g = grad(theta)
    t = t + 1
    v = beta1 * v + (1 - beta1) * g
    r = beta2 * r + (1 - beta2) * g * g
    v_hat = beta1 * v / one_minus_power(beta1, t + 1)
    g_hat = (1 - beta1) * g / one_minus_power(beta1, t)
    r_hat = r / one_minus_power(beta2, t)
    step = v_hat + g_hat
    step = -alpha * step / (np.sqrt(r_hat) + delta)
    return State(theta + step, v, r, t)


def one_minus_power(beta: Array, t: int) -> Array:
    """1 - beta^t, computed in float64, in beta's dtype.

    In float32, beta^t underflows into slow numbers and
    1 - beta^t loses digits while t is small.
    """
    if isinstance(beta, float):  # np.float64 as well
        return 1 - beta**t
    power = np.float64(beta) ** t
    return (1 - power).astype(np.asarray(beta).dtype)


RULES: dict[str, Step] = {
    rule.__name__: rule
    for rule in (
        sgd,
        momentum,
        nesterov,
        adagrad,
        rmsprop,
        rmsprop_nesterov,
        adam,
        nadam,
    )
}
