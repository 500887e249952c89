"""What a step function must do, as checks that take any step function.

The tests of the real rules and those of the wrong variants use the same checks: a
check that the true rule passes and a wrong one fails is a check worth having. None
of them compares with lez10 itself.
"""

import numpy as np
import oracles
import problems
from forms import look_ahead

from lez10 import State


class Script:
    """A gradient that hands out prepared numbers and notes where it was asked."""

    def __init__(self, *gradients):
        self.gradients = list(gradients)
        self.asked = []

    def __call__(self, theta):
        self.asked.append(np.array(theta, copy=True))
        return self.gradients[len(self.asked) - 1]


def as_numbers(hyperparameters):
    return {name: float(value) for name, value in hyperparameters.items()}


def check_table(step, rule):
    """Steps worked out by hand with fractions: theta, v, r, t and where g is asked."""
    for row in oracles.TABLE[rule]:
        theta, v, r, t = row.start
        grad = Script(float(row.g), float(row.g))
        with np.errstate(all="ignore"):
            end = step(
                State(float(theta), float(v), float(r), t),
                grad,
                **as_numbers(row.hyperparameters),
            )
        np.testing.assert_allclose(grad.asked[:1], [float(row.asked)], rtol=1e-15)
        expected = [float(letter) for letter in row.end]
        np.testing.assert_allclose([*end], expected, rtol=1e-14, atol=1e-15)


def check_closed_form(step, rule, n=50, d=3, bound=1e-12):
    """A run under a falling alpha against sums over all past gradients."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        theta, gradients = rng.standard_normal(d), rng.standard_normal((n, d))
        alpha = 0.5 * 0.9 ** np.arange(n)
        hp = problems.draw(rule, seed)
        del hp["alpha"]
        with np.errstate(all="ignore"):
            states = problems.run(
                step,
                State(theta),
                steps=n,
                grad=Script(*gradients, *gradients),
                alpha=lambda k, alpha=alpha: float(alpha[k]),
                **hp,
            )
        expected = oracles.closed_form(rule, theta, gradients, alpha, **hp)
        found = np.array([s.theta for s in states[1:]])
        np.testing.assert_allclose(found, expected, rtol=bound, atol=bound)


def check_optax(step, rule, seeds=range(2)):
    """200 steps on all problems against Optax, to 1e-10."""
    for seed in seeds:
        problems.assert_same(
            optax_point(step, rule, seed), oracles.optax_path(rule, seed)
        )


def optax_point(step, rule, seed):
    """A run of ours, written as the point that Optax keeps."""
    hp = problems.draw(rule, seed)
    state, now = State(problems.START.copy()), step
    if rule == "adagrad":
        # Optax's epsilon stands inside the root and r starts at 0.1: the same as
        # delta + sqrt(r) with the delta that makes up the difference at each step
        state = State(state.theta, r=np.full_like(problems.START, 0.1))
        epsilon = hp["delta"]

        def now(state, grad, *, alpha, delta):
            r = state.r + grad(state.theta) ** 2
            delta = np.sqrt(r + epsilon) - np.sqrt(r)
            return step(state, grad, alpha=alpha, delta=delta)

    with np.errstate(all="ignore"):
        states = problems.run(now, state, **hp)
    if rule in ("nesterov", "rmsprop_nesterov"):
        return look_ahead(states, hp["beta"])
    return np.array([s.theta for s in states])


def check_pure(step, rule):
    """The state that came in and its arrays are as before; nothing is shared."""
    letters = [np.array([1.0, -2.0]), np.array([0.5, 0.25]), np.array([1.5, 4.0])]
    kept = [a.copy() for a in letters]
    state = State(*letters, 3)
    hp = {name: np.full(2, value) for name, value in problems.draw(rule, 0).items()}
    kept_hp = {name: a.copy() for name, a in hp.items()}
    gradient = np.array([3.0, -1.0])
    end = step(state, lambda theta: gradient, **hp)
    assert state.t == 3
    for before, after in zip(kept, letters):
        np.testing.assert_array_equal(after, before)
    for name, before in kept_hp.items():
        np.testing.assert_array_equal(hp[name], before)
    np.testing.assert_array_equal(gradient, [3.0, -1.0])
    assert not np.shares_memory(end.theta, letters[0])
    again = step(state, lambda theta: gradient, **hp)
    np.testing.assert_array_equal(again.theta, end.theta)


def check_one_gradient(step, rule):
    """grad is called exactly once per step; t grows by one."""
    grad = Script(*[np.array([1.0, 2.0])] * 9)
    with np.errstate(all="ignore"):
        states = problems.run(
            step,
            State(np.array([1.0, 2.0])),
            steps=4,
            grad=grad,
            **problems.draw(rule, 0),
        )
    assert len(grad.asked) == 4
    assert [s.t for s in states] == [0, 1, 2, 3, 4]


def check_float32(step, rule):
    """float32 stays float32, and the first steps are as good as float32 can be.

    With Adam's defaults 1 - beta2^t has lost three digits if it is computed in
    float32: 1 - 0.999 = 0.001 keeps 4 to 5 of 7. The bound allows for ten roundings.
    """
    hp = {
        "alpha": 0.01,
        "beta": 0.9,
        "rho": 0.9,
        "beta1": 0.9,
        "beta2": 0.999,
        "delta": 1e-3,
    }
    hp = {name: np.float32(hp[name]) for name in problems.BY_RULE[rule]}
    theta = np.zeros(3, np.float32)  # so that the steps keep all their digits
    gradients = np.random.default_rng(0).uniform(1, 2, (5, 3)).astype(np.float32)
    with np.errstate(all="ignore"):
        states = problems.run(
            step, State(theta), steps=5, grad=Script(*gradients, *gradients), **hp
        )
    for name in ("theta", "v", "r"):
        letter = getattr(states[-1], name)
        untouched = isinstance(letter, float) and letter == 0.0
        assert untouched or letter.dtype == np.float32, name
    exact = {name: np.float64(value) for name, value in hp.items()}
    alpha = np.full(5, exact.pop("alpha"))
    expected = oracles.closed_form(
        rule, theta.astype(float), gradients.astype(float), alpha, **exact
    )
    found = np.array([s.theta for s in states[1:]], float)
    np.testing.assert_allclose(found, expected, rtol=10 * 2.0**-24)


CHECKS = {
    check.__name__.removeprefix("check_"): check
    for check in (
        check_table,
        check_closed_form,
        check_optax,
        check_pure,
        check_one_gradient,
        check_float32,
    )
}
