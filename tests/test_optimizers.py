"""The eight rules: shared checks, shapes, defaults, dtypes, batches equal to loops.

Parity with frameworks is in tests/parity and tests/frameworks.
"""

import inspect
from itertools import islice

import numpy as np
import problems
import pytest
from checks import CHECKS, Script
from hypothesis import given
from hypothesis import strategies as st
from properties import always_the_same

import lez10
from lez10 import RULES, State, history, iterate, noisy, quadratic

each_rule = pytest.mark.parametrize("rule", RULES)
NAMES = list(problems.BY_RULE)


@pytest.mark.parametrize("check", CHECKS)
@each_rule
def test_rule(rule, check):
    """The checks that test_mutations shows to fail on wrong variants."""
    CHECKS[check](RULES[rule], rule)


def test_rules_stand_in_the_order_of_the_lecture():
    assert list(RULES) == NAMES
    assert all(RULES[name] is getattr(lez10, name) for name in NAMES)


@each_rule
def test_signature(rule):
    """step(state, grad, *, …): hyperparameters by name alone, alpha without default."""
    parameters = inspect.signature(RULES[rule]).parameters
    assert tuple(parameters)[2:] == problems.BY_RULE[rule]
    kinds = {p.kind for p in list(parameters.values())[2:]}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}
    assert parameters["alpha"].default is inspect.Parameter.empty
    contract = {"beta": 0.9, "rho": 0.9, "beta1": 0.9, "beta2": 0.999}
    contract["delta"] = {"adagrad": 1e-7, "adam": 1e-8, "nadam": 1e-8}.get(rule, 1e-6)
    for name in problems.BY_RULE[rule][1:]:
        assert parameters[name].default == contract[name], name


def test_a_state_begins_at_zero():
    state = State(3.0)
    assert state == (3.0, 0.0, 0.0, 0)
    assert State._fields == ("theta", "v", "r", "t")


UNUSED = {
    "sgd": ("v", "r"),
    "momentum": ("r",),
    "nesterov": ("r",),
    "adagrad": ("v",),
    "rmsprop": ("v",),
}


@each_rule
def test_letters_that_a_rule_does_not_have_stay(rule):
    letters = {"v": object(), "r": object()}
    unused = UNUSED.get(rule, ())
    letters |= {name: 1.0 for name in ("v", "r") if name not in unused}
    state = State(2.0, **letters)
    end = RULES[rule](state, lambda th: 3.0, **problems.draw(rule, 0))
    for name in unused:
        assert getattr(end, name) is letters[name]
    for name in {"v", "r"} - set(unused):
        assert getattr(end, name) != 1.0


@each_rule
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (1,), (0,)])
def test_any_shape_is_that_many_scalars(rule, shape):
    """theta as a Python float, (d,) and (m, n): each component runs on its own."""
    rng = np.random.default_rng(0)
    theta = rng.standard_normal(shape)
    grad = lambda th: th + np.sin(3 * th) / 3
    hp = problems.draw(rule, 0)
    states = problems.run(RULES[rule], State(theta), steps=5, grad=grad, **hp)
    assert np.shape(states[-1].theta) == shape
    for i in np.ndindex(shape):
        alone = State(float(theta[i]))
        end = problems.run(RULES[rule], alone, steps=5, grad=grad, **hp)[-1]
        for name in ("theta", "v", "r"):
            letter = np.broadcast_to(getattr(states[-1], name), shape)
            # sin of an array may differ from sin of a number in the last bit
            np.testing.assert_allclose(letter[i], getattr(end, name), rtol=1e-13)


@each_rule
def test_python_floats_stay_scalars(rule):
    end = RULES[rule](State(1.0), lambda th: 2 * th, **problems.draw(rule, 0))
    assert isinstance(end.theta, float)
    assert isinstance(end.t, int)
    assert end.t == 1


@each_rule
def test_a_run_goes_on_from_any_state(rule):
    """No memory outside the state: ten steps are four and then six."""
    hp = problems.draw(rule, 0)
    whole = problems.run(RULES[rule], State(problems.START), steps=10, **hp)
    rest = problems.run(RULES[rule], State(*whole[4]), steps=6, **hp)
    for a, b in zip(whole[4:], rest, strict=True):
        for letter in range(4):
            np.testing.assert_array_equal(a[letter], b[letter])


@each_rule
def test_descends_to_the_minimum(rule):
    surface = quadratic(condition=10)
    alpha = 0.02 if rule == "rmsprop_nesterov" else 0.05
    if rule == "adagrad":
        alpha = 0.5
    states = iterate(RULES[rule], surface.start, surface.gradient, alpha=alpha)
    start, *_, end = islice(states, 800)
    assert surface.value(end.theta) < 1e-3 * surface.value(start.theta)


def test_adam_without_correction_would_start_too_far():
    """0.1 / sqrt(0.001) = 3.16 times the first step (lecture 1.7, errata)."""
    g = 0.7
    end = lez10.adam(State(0.0), lambda th: g, alpha=0.01, delta=0.0)
    assert end.theta == pytest.approx(-0.01)
    assert end.v / np.sqrt(end.r) == pytest.approx(0.1 / np.sqrt(0.001))


def test_momentum_has_gain():
    """A constant gradient ends in steps of alpha g / (1 - beta)."""
    states = iterate(lez10.momentum, 0.0, lambda th: 2.0, alpha=0.1, beta=0.9)
    end = next(islice(states, 400, None))
    assert end.v == pytest.approx(-0.1 * 2 / (1 - 0.9))


@each_rule
def test_nesterov_alone_asks_elsewhere(rule):
    start = State(np.array([1.0, 2.0]), np.array([0.5, -1.0]), np.array([1.0, 2.0]), 3)
    hp = problems.draw(rule, 0)
    grad = Script(np.array([1.0, -1.0]))
    RULES[rule](start, grad, **hp)
    ahead = start.theta + hp["beta"] * start.v if "nesterov" in rule else start.theta
    np.testing.assert_array_equal(grad.asked, [ahead])


# --- batches equal loops ---------------------------------------------------------


def settings_of(rule, n, dtype=np.float64):
    """n settings of each hyperparameter, as arrays (n,)."""
    draws = [problems.draw(rule, seed) for seed in range(n)]
    return {name: np.array([d[name] for d in draws], dtype) for name in draws[0]}


def assert_batch_is_loop(rule, hp, surface, dtype, exact, make_grad=None):
    n, steps = len(hp["alpha"]), 60
    theta = np.array(surface.start, dtype)
    make_grad = make_grad or (lambda: surface.gradient)
    batch = history(
        islice(iterate(RULES[rule], theta[:, None], make_grad(), **hp), steps)
    )
    assert batch.theta.shape == (steps, 2, n)
    assert batch.theta.dtype == batch.v.dtype == batch.r.dtype == dtype
    for s in range(n):
        one = {name: value[s].item() for name, value in hp.items()}
        alone = history(islice(iterate(RULES[rule], theta, make_grad(), **one), steps))
        for name in ("theta", "v", "r"):
            found, expected = getattr(batch, name)[..., s], getattr(alone, name)
            if exact:
                np.testing.assert_array_equal(found, expected)
            else:
                scale = np.abs(expected).max()
                bound = 1e-12 if dtype == np.float64 else 1e-5
                np.testing.assert_allclose(found, expected, atol=bound * scale)


# beta^t of an array and of a number may differ in the last bit (numpy has its own
# vectorised power), and Adam's corrections divide by it; all else is bit for bit.
POWERS = ("adam", "nadam")


@each_rule
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_batch_is_loop(rule, dtype):
    hp = settings_of(rule, 5, dtype)
    exact = rule not in POWERS
    assert_batch_is_loop(rule, hp, quadratic(3.0, 0.4), np.dtype(dtype), exact)


@pytest.mark.parametrize("rule", POWERS)
def test_batch_of_rates_is_loop_bit_for_bit(rule):
    """With one beta for all settings Adam is exact too."""
    draws = settings_of(rule, 5)
    hp = {name: draws[name] for name in ("alpha", "delta")}
    assert_batch_is_loop(rule, hp, quadratic(3.0, 0.4), np.dtype(float), True)


@each_rule
def test_batch_with_noise_is_loop(rule):
    """noisy draws one number per component and shares it between settings."""
    surface = quadratic(3.0, 0.4)

    def make_grad():
        return noisy(surface.gradient, 0.3, np.random.default_rng(8))

    hp = settings_of(rule, 4)
    exact = rule not in POWERS
    assert_batch_is_loop(rule, hp, surface, np.dtype(float), exact, make_grad)


@each_rule
@pytest.mark.parametrize("schedule", ["linear_decay", "exponential_decay"])
def test_batch_under_schedules_is_loop(rule, schedule):
    """A schedule that holds arrays is as many schedules."""
    hp = settings_of(rule, 4)
    exact = rule not in POWERS
    alpha0 = hp.pop("alpha")
    more = {
        "linear_decay": (np.array([5, 20, 40, 80]),),
        "exponential_decay": (np.array([5, 20, 40, 80]), 0.5),
    }[schedule]
    make = getattr(lez10, schedule)
    surface = quadratic(3.0, 0.4)
    theta = np.array(surface.start)
    run = iterate(
        RULES[rule], theta[:, None], surface.gradient, alpha=make(alpha0, *more), **hp
    )
    batch = history(islice(run, 60))
    if schedule == "exponential_decay":
        exact = False  # 0.5 ** an array
    for s in range(4):
        alpha = make(alpha0[s].item(), more[0][s].item(), *more[1:])
        one = {name: value[s].item() for name, value in hp.items()}
        run = iterate(RULES[rule], theta, surface.gradient, alpha=alpha, **one)
        alone = history(islice(run, 60))
        if exact:
            np.testing.assert_array_equal(batch.theta[..., s], alone.theta)
        else:
            np.testing.assert_allclose(batch.theta[..., s], alone.theta, atol=1e-12)


@each_rule
def test_a_diverging_neighbour_changes_nothing(rule):
    surface = quadratic()
    hp = settings_of(rule, 3)
    hp["alpha"] *= 0.05
    both = {name: value.copy() for name, value in hp.items()}
    both["alpha"][1] = 1e200
    theta = np.array(surface.start)[:, None]
    calm = history(islice(iterate(RULES[rule], theta, surface.gradient, **hp), 100))
    wild = history(islice(iterate(RULES[rule], theta, surface.gradient, **both), 100))
    np.testing.assert_array_equal(wild.theta[..., [0, 2]], calm.theta[..., [0, 2]])
    if rule != "adagrad":  # whose steps shrink by as much as they are too long
        assert (
            np.abs(wild.theta[-1, :, 1]).max() > 1e100
            or not np.isfinite(wild.theta[-1, :, 1]).all()
        )


@always_the_same
@given(
    rule=st.sampled_from(NAMES),
    seed=st.integers(0, 1000),
    d=st.integers(1, 4),
    n=st.integers(1, 4),
)
def test_rates_per_parameter_and_settings(rule, seed, d, n):
    """alpha (d, n) on theta (d, 1) is n runs with a rate per parameter."""
    rng = np.random.default_rng(seed)
    alpha = rng.uniform(0.001, 0.1, (d, n))
    theta, A = rng.standard_normal(d), rng.uniform(0.1, 2, (d, 1))
    grad = lambda th: A * th if th.ndim == 2 else A[:, 0] * th
    batch = history(islice(iterate(RULES[rule], theta[:, None], grad, alpha=alpha), 9))
    for s in range(n):
        alone = history(islice(iterate(RULES[rule], theta, grad, alpha=alpha[:, s]), 9))
        np.testing.assert_array_equal(batch.theta[..., s], alone.theta)


def test_float32_powers_do_not_underflow():
    """beta^t is computed in float64: no denormal slows the run, no digit is lost."""
    with np.errstate(under="raise"):
        value = lez10.optimizers.one_minus_power(np.float32(0.5), 400)
    assert value == 1
    assert value.dtype == np.float32
    value = lez10.optimizers.one_minus_power(np.array([0.999], np.float32), 1)
    assert value.dtype == np.float32
    np.testing.assert_allclose(value, 1 - np.float64(np.float32(0.999)), rtol=6e-8)
