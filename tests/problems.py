"""The problems that the rules are compared on, and the draws of their settings.

All of them are stable at the settings drawn here: on an unstable run two correct
programs drift apart. Gradients are plain numpy; every framework is handed the same
ones, at its own iterate. All rules work component by component, so that one run on
the joined vector is a run on each problem.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

STEPS = 200
BY_RULE = {
    "sgd": ("alpha",),
    "momentum": ("alpha", "beta"),
    "nesterov": ("alpha", "beta"),
    "adagrad": ("alpha", "delta"),
    "rmsprop": ("alpha", "rho", "delta"),
    "rmsprop_nesterov": ("alpha", "beta", "rho", "delta"),
    "adam": ("alpha", "beta1", "beta2", "delta"),
    "nadam": ("alpha", "beta1", "beta2", "delta"),
}


class Problem(NamedTuple):
    name: str
    theta: np.ndarray
    gradient: Callable[[np.ndarray], np.ndarray]


def quadratic() -> Problem:
    """Eigenvalues from 1 to 0.01, turned at random: condition number 100."""
    rng = np.random.default_rng(1)
    turn, _ = np.linalg.qr(rng.standard_normal((5, 5)))
    A = turn @ np.diag(np.logspace(0, -2, 5)) @ turn.T
    return Problem("quadratic", np.linspace(1, 3, 5), lambda th: A @ (th - 0.5))


def waves() -> Problem:
    """theta^2 / 5 + log cosh(B theta - c) / 5 + sin(2 theta) / 10, in 6 dimensions."""
    rng = np.random.default_rng(2)
    B, c = rng.standard_normal((6, 6)) / 2, rng.standard_normal(6)

    def gradient(theta):
        slopes = B.T @ np.tanh(B @ theta - c) / 5
        return 0.4 * theta + slopes + np.cos(2 * theta) / 5

    return Problem("waves", np.linspace(-2, 2.5, 6), gradient)


def network() -> Problem:
    """A 3-4-1 tanh network with squared loss on 12 examples: 21 parameters."""
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((12, 3)), rng.standard_normal(12)

    def gradient(theta):
        W, b, w, c = theta[:12].reshape(4, 3), theta[12:16], theta[16:20], theta[20]
        h = np.tanh(X @ W.T + b)
        error = (h @ w + c - y) / len(y)
        d = np.outer(error, w) * (1 - h * h)
        parts = (d.T @ X).ravel(), d.sum(axis=0), h.T @ error, [error.sum()]
        return np.concatenate(parts)

    return Problem("network", rng.standard_normal(21) / 2, gradient)


def rosenbrock() -> Problem:
    """Rosenbrock's valley, its height divided by 500, so that the rates fit."""

    def gradient(theta):
        x, y = theta
        across = y - x * x
        return np.array([-2 * (1 - x) - 400 * x * across, 200 * across]) / 500

    return Problem("rosenbrock", np.array([-1.2, 1.0]), gradient)


PROBLEMS = [quadratic(), waves(), network(), rosenbrock()]
ENDS = np.cumsum([len(p.theta) for p in PROBLEMS])
PARTS = {p.name: slice(e - len(p.theta), e) for p, e in zip(PROBLEMS, ENDS)}
START = np.concatenate([p.theta for p in PROBLEMS])


def gradient(theta) -> np.ndarray:
    """The gradients of all problems, joined."""
    theta = np.asarray(theta)
    return np.concatenate([p.gradient(theta[PARTS[p.name]]) for p in PROBLEMS])


def draw(rule: str, seed: int, outside: bool = False) -> dict[str, float]:
    """Hyperparameters for a rule: delta in [0.01, 1], beta2 and rho in [0.3, 0.9].

    The rate keeps alpha * curvature / denominator small enough for a stable run;
    ``outside`` is for RMSProp in the form that adds delta to the root. All are float32
    numbers, so that a framework that casts them to float32 (TensorFlow) loses nothing.
    """
    rng = np.random.default_rng(seed)
    values = {
        "beta": rng.uniform(0.3, 0.95),
        "rho": rng.uniform(0.3, 0.9),
        "beta1": rng.uniform(0.3, 0.95),
        "beta2": rng.uniform(0.3, 0.9),
        "delta": 10 ** rng.uniform(-2, 0),
    }
    smallest = {
        "adagrad": values["delta"],
        "adam": values["delta"],
        "nadam": values["delta"],
        "rmsprop": np.sqrt(values["delta"]),
        "rmsprop_nesterov": np.sqrt(values["delta"]) * (1 - values["beta"]),
    }
    values["alpha"] = rng.uniform(0.1, 0.6) * smallest.get(rule, 0.5)
    if outside:
        values["alpha"] *= np.sqrt(values["delta"])
    return {name: float(np.float32(values[name])) for name in BY_RULE[rule]}


def run(step, state, steps=STEPS, grad=gradient, **hyperparameters) -> list:
    """The states of a run, by hand; a hyperparameter may be a function of k."""
    states = [state]
    for k in range(steps):
        now = {n: v(k) if callable(v) else v for n, v in hyperparameters.items()}
        states.append(step(states[-1], grad, **now))
    return states


def path(step, state, steps=STEPS, **hyperparameters) -> np.ndarray:
    """theta over a run, (steps + 1, d)."""
    return np.array([s.theta for s in run(step, state, steps, **hyperparameters)])


def difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest relative difference at any step, over all problems.

    Relative to the problem's largest component at that step, and to the largest
    displacement from the start so far, whichever is the smaller: a run that hardly
    moves cannot agree by standing still. NaN counts as infinite.
    """
    assert ours.shape == theirs.shape
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return np.inf
    worst = 0.0
    for part in PARTS.values():
        a, b = ours[1:, part], theirs[1:, part]
        moved = np.abs(b - theirs[0, part]).max(axis=1)
        scale = np.minimum(np.abs(b).max(axis=1), np.maximum.accumulate(moved))
        worst = max(worst, (np.abs(a - b).max(axis=1) / scale).max())
    return float(worst)


# (bound, difference) of each comparison that held in the test that runs: conftest.py
# reads it, and prints the largest ones at the end.
REACHED: list[tuple[float, float]] = []


def assert_same(ours: np.ndarray, theirs: np.ndarray, bound: float = 1e-10) -> None:
    found = difference(ours, theirs)
    assert found <= bound, f"relative difference {found:.3g}, allowed {bound:g}"
    REACHED.append((bound, found))


def assert_near(ours, theirs, bound: float, absolute: bool = False) -> None:
    """Arrays, component by component; absolute: |theirs| + 1 instead of |theirs|."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    np.testing.assert_allclose(ours, theirs, rtol=bound, atol=bound * absolute)
    scale = np.abs(theirs) + absolute
    same = ours == theirs  # 0 / 0 is no difference
    relative = np.abs(ours - theirs) / np.where(same, 1, scale)
    REACHED.append((bound, float(relative.max())))
