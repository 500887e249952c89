"""Second, independent ways to the same numbers.

``optax_path``: Optax, jitted, on the same problems. ``closed_form``: sums over all
gradients seen so far instead of a recursion. ``TABLE``: single steps worked out by
hand, chosen so that every root is a whole number.
"""

import functools
import os
from fractions import Fraction as F
from typing import NamedTuple

import numpy as np
import problems

os.environ.setdefault("JAX_PLATFORMS", "cpu")


class Row(NamedTuple):
    """From (theta, v, r, t), with gradient g there; asked: where g is taken."""

    start: tuple
    g: F
    hyperparameters: dict
    asked: F
    end: tuple


TABLE = {
    "sgd": [
        Row((2, 0, 0, 3), 3, {"alpha": F(1, 4)}, 2, (F(5, 4), 0, 0, 4)),
    ],
    "momentum": [
        # v = 3/4 * 1 - 1/4 * 3 = 0, then v = 3/4 * 2 - 1/4 * 3
        Row(
            (2, 1, 0, 3), 3, {"alpha": F(1, 4), "beta": F(3, 4)}, 2, (F(2), F(0), 0, 4)
        ),
        Row(
            (2, 2, 0, 0),
            3,
            {"alpha": F(1, 4), "beta": F(3, 4)},
            2,
            (F(11, 4), F(3, 4), 0, 1),
        ),
    ],
    "nesterov": [
        # the same step as momentum, with g asked for at 2 + 3/4 * 2
        Row(
            (2, 2, 0, 0),
            3,
            {"alpha": F(1, 4), "beta": F(3, 4)},
            F(7, 2),
            (F(11, 4), F(3, 4), 0, 1),
        ),
    ],
    "adagrad": [
        # r = 9 + 16 = 25; step = -1/2 / (3 + 5) * 4
        Row(
            (2, 0, 9, 1),
            4,
            {"alpha": F(1, 2), "delta": F(3)},
            2,
            (F(7, 4), 0, F(25), 2),
        ),
    ],
    "rmsprop": [
        # r = 3/4 * 4 + 1/4 * 16 = 7; step = -3/4 / sqrt(2 + 7) * 4
        Row(
            (2, 0, 4, 1),
            4,
            {"alpha": F(3, 4), "rho": F(3, 4), "delta": F(2)},
            2,
            (F(1), 0, F(7), 2),
        ),
    ],
    "rmsprop_nesterov": [
        # g at 2 + 1/3 * 3; r as above; v = 1/3 * 3 - 3/4 / 3 * 4
        Row(
            (2, 3, 4, 1),
            4,
            {"alpha": F(3, 4), "beta": F(1, 3), "rho": F(3, 4), "delta": F(2)},
            F(3),
            (F(2), F(0), F(7), 2),
        ),
    ],
    "adam": [
        # the first step: v_hat = g = 4, r_hat = 16; step = -1/4 * 4 / (4 + 4)
        Row(
            (2, 0, 0, 0),
            4,
            {"alpha": F(1, 4), "beta1": F(3, 4), "beta2": F(2, 3), "delta": F(4)},
            2,
            (F(15, 8), F(1), F(16, 3), 1),
        ),
        # the second: v = 7, v_hat = 7 / (7/16) = 16; r = 20, r_hat = 20 / (5/9) = 36;
        # step = -1/4 * 16 / (6 + 2)
        Row(
            (2, 8, 22, 1),
            4,
            {"alpha": F(1, 4), "beta1": F(3, 4), "beta2": F(2, 3), "delta": F(2)},
            2,
            (F(3, 2), F(7), F(20), 2),
        ),
    ],
    "nadam": [
        # v = 37/4, v_hat = 3/4 * 37/4 / (37/64) = 12; g_hat = 7/4 / (7/16) = 4;
        # r = 45, r_hat = 45 / (5/9) = 81; step = -1/4 * 16 / (9 + 7)
        Row(
            (2, 10, 43, 1),
            7,
            {"alpha": F(1, 4), "beta1": F(3, 4), "beta2": F(2, 3), "delta": F(7)},
            2,
            (F(7, 4), F(37, 4), F(45), 2),
        ),
    ],
}


def closed_form(rule: str, theta, gradients, alpha, **hp) -> np.ndarray:
    """theta after each step, from all gradients (n, d) and rates (n,) so far.

    No recursion: what a rule remembers is a sum over the past, its weights written
    out, and Adam's correction is the division by the sum of the weights.
    """
    g, n = gradients, len(gradients)
    age = np.arange(n)[:, None] - np.arange(n)  # of gradient i at step j

    def decaying(base):
        return np.where(age >= 0, base ** np.maximum(age, 0.0), 0.0)

    def mean(values, base):
        weights = decaying(base)
        return weights @ values / weights.sum(axis=1, keepdims=True)

    a = alpha[:, None]
    if rule in ("sgd", "momentum", "nesterov"):
        moves = -a * g
    elif rule == "adagrad":
        moves = -a * g / (np.sqrt(np.tri(n) @ (g * g)) + hp["delta"])
    elif rule in ("rmsprop", "rmsprop_nesterov"):
        average = (1 - hp["rho"]) * decaying(hp["rho"]) @ (g * g)
        moves = -a * g / np.sqrt(average + hp["delta"])
    else:
        top = mean(g, hp["beta1"])
        if rule == "nadam":
            b, t = hp["beta1"], np.arange(1, n + 1)[:, None]
            v = (1 - b) * decaying(b) @ g
            top = b * v / (1 - b ** (t + 1)) + (1 - b) * g / (1 - b**t)
        moves = -a * top / (np.sqrt(mean(g * g, hp["beta2"])) + hp["delta"])
    if "beta" in hp:
        moves = decaying(hp["beta"]) @ moves  # each step is a sum of past ones
    return theta + np.cumsum(moves, axis=0)


OPTAX_NAMES = {
    "alpha": "learning_rate",
    "beta": "momentum",
    "rho": "decay",
    "beta1": "b1",
    "beta2": "b2",
    "delta": "eps",
}


@functools.cache
def optax_update(maker, names, options):
    """A jitted update whose hyperparameters are arguments: one compilation a form."""
    import jax

    def build(values):
        return maker(**dict(zip(names, values)), **dict(options))

    def update(values, gradient, state, theta):
        moves, state = build(values).update(gradient, state, theta)
        return theta + moves, state

    return build, jax.jit(update)


def optax_run(maker, hyperparameters, steps=problems.STEPS, start=None, **options):
    """theta over a run of an Optax optimiser, (steps + 1, d), in float64.

    A hyperparameter may be a function of k.
    """
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    names = tuple(OPTAX_NAMES[n] for n in hyperparameters)
    build, update = optax_update(maker, names, tuple(options.items()))

    def values(k):
        return tuple(v(k) if callable(v) else v for v in hyperparameters.values())

    theta = jnp.asarray(problems.START if start is None else start)
    assert theta.dtype == jnp.float64
    state, thetas = build(values(0)).init(theta), [np.asarray(theta)]
    for k in range(steps):
        gradient = problems.gradient(thetas[-1])
        theta, state = update(values(k), gradient, state, theta)
        thetas.append(np.asarray(theta))
    return np.array(thetas)


@functools.cache
def optax_path(rule: str, seed: int) -> np.ndarray:
    """The Optax optimiser that stands for a rule, on the settings of a seed.

    For nesterov and rmsprop_nesterov it is the look-ahead point theta + beta v, and
    for adagrad the form with epsilon inside the root, started at 0.1.
    """
    import optax

    maker, options = {
        "sgd": (optax.sgd, {}),
        "momentum": (optax.sgd, {}),
        "nesterov": (optax.sgd, {"nesterov": True}),
        "adagrad": (optax.adagrad, {"initial_accumulator_value": 0.1}),
        "rmsprop": (optax.rmsprop, {"initial_scale": 0.0, "eps_in_sqrt": True}),
        "rmsprop_nesterov": (
            optax.rmsprop,
            {"initial_scale": 0.0, "eps_in_sqrt": True, "nesterov": True},
        ),
        "adam": (optax.adam, {"eps_root": 0.0}),
        "nadam": (optax.nadam, {"eps_root": 0.0}),
    }[rule]
    return optax_run(maker, problems.draw(rule, seed), **options)
