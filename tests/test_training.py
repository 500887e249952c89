"""iterate, iterate_over, history, minibatches: the contracts, sentence by sentence."""

import subprocess
import sys
import warnings
from itertools import islice, pairwise

import numpy as np
import problems
import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import always_the_same

from lez10 import (
    RULES,
    State,
    adagrad,
    adam,
    history,
    iterate,
    iterate_over,
    minibatches,
    momentum,
    noisy,
    quadratic,
    sgd,
)

each_rule = pytest.mark.parametrize("rule", RULES)


def double(theta):
    return 2 * theta


def first(n, *args, **kwargs):
    return list(islice(iterate(*args, **kwargs), n))


# --- iterate ---------------------------------------------------------------------


def test_adam_reaches_the_bottom_of_a_bowl():
    states = iterate(adam, np.array([1.0, 1.0]), double, alpha=0.1)
    end = next(islice(states, 100, None))
    assert np.abs(end.theta).max() < 0.05
    assert end.t == 100


@each_rule
def test_is_the_step_again_and_again(rule):
    hp = problems.draw(rule, 0)
    by_hand = problems.run(RULES[rule], State(problems.START), steps=20, **hp)
    states = first(21, RULES[rule], problems.START, problems.gradient, **hp)
    for a, b in zip(states, by_hand, strict=True):
        np.testing.assert_array_equal(a.theta, b.theta)
    assert [s.t for s in states] == list(range(21))


@each_rule
def test_state_0_is_broadcast_and_zero(rule):
    start = next(iterate(RULES[rule], [[1], [2]], double, alpha=np.full(3, 0.1)))
    np.testing.assert_array_equal(start.theta, [[1, 1, 1], [2, 2, 2]])
    for letter in (start.v, start.r):
        np.testing.assert_array_equal(letter, np.zeros((2, 3)))
        assert letter.dtype == np.float64
    assert start.t == 0


@each_rule
@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.int64, np.float64),
        (np.uint8, np.float64),
    ],
)
@pytest.mark.parametrize("array", [False, True])
def test_dtype_is_theta_s(rule, dtype, expected, array):
    """Whatever the hyperparameters and the schedule are made of."""
    hp = problems.draw(rule, 0)
    if array:
        hp = {name: np.full(3, value) for name, value in hp.items()}
    theta = np.array([[1], [2]], dtype)
    for alpha in (hp["alpha"], lambda k: hp["alpha"] / (k + 1)):
        states = first(3, RULES[rule], theta, double, **hp | {"alpha": alpha})
        for state in states:
            for letter in (state.theta, state.v, state.r):
                assert np.asarray(letter).dtype == expected


def test_python_float_and_list():
    assert float(first(2, sgd, 1.0, double, alpha=0.25)[1].theta) == 0.5
    np.testing.assert_array_equal(
        first(2, sgd, [1, 2], double, alpha=0.25)[1].theta, [0.5, 1]
    )


def test_one_rate_per_parameter():
    end = first(2, sgd, np.array([1.0, 1.0]), double, alpha=np.array([0.5, 0.25]))[1]
    np.testing.assert_array_equal(end.theta, [0, 0.5])


def test_settings_axis():
    theta = np.array([[1.0], [2.0]])
    end = first(2, sgd, theta, double, alpha=np.array([0, 0.25, 0.5]))[1]
    np.testing.assert_array_equal(end.theta, [[1, 0.5, 0], [2, 1, 0]])


@pytest.mark.parametrize("alpha", [np.full(3, 0.1), lambda k: np.full(3, 0.1)])
def test_missing_settings_axis(alpha):
    with pytest.raises(ValueError, match=r"settings axis") as error:
        iterate(sgd, np.array([1.0, 2.0]), double, alpha=alpha)
    assert "(2,)" in str(error.value)  # what came
    assert "alpha (3,)" in str(error.value)
    assert "(2, 1)" in str(error.value)  # what to do


def test_hyperparameters_that_do_not_fit_each_other():
    with pytest.raises(ValueError, match=r"alpha \(3,\), beta \(2,\) do not broadcast"):
        iterate(
            momentum, np.ones((2, 1)), double, alpha=np.full(3, 0.1), beta=np.zeros(2)
        )


def test_theta_of_the_caller_is_left_alone():
    theta = np.array([1.0, 2.0])
    states = first(3, sgd, theta, double, alpha=0.1)
    assert not np.shares_memory(states[0].theta, theta)
    np.testing.assert_array_equal(theta, [1, 2])
    states[0].theta[:] = 7  # writable, and nobody else's
    np.testing.assert_array_equal(theta, [1, 2])


@each_rule
def test_earlier_states_stay(rule):
    """A stream can be kept: later steps do not write into earlier states."""
    hp = problems.draw(rule, 0)
    kept = [
        (s, State(*(np.copy(letter) for letter in s)))
        for s in islice(iterate(RULES[rule], [1.0, -2.0], double, **hp), 6)
    ]
    for state, copy in kept:
        for a, b in zip(state, copy, strict=True):
            np.testing.assert_array_equal(a, b)


def test_checks_come_at_the_call():
    """Not at the first next(), and only once: steps do not check."""
    with pytest.raises(ValueError, match="alpha"):
        iterate(sgd, 1.0, double, alpha=-1)
    calls = []
    states = iterate(sgd, 1.0, lambda th: calls.append(1) or th, alpha=0.1)
    assert calls == []
    next(states)
    assert calls == []  # state 0 needs no gradient
    next(states)
    assert calls == [1]


FRACTIONS = [
    ("momentum", "beta"),
    ("nesterov", "beta"),
    ("rmsprop", "rho"),
    ("rmsprop_nesterov", "beta"),
    ("rmsprop_nesterov", "rho"),
    ("adam", "beta1"),
    ("adam", "beta2"),
    ("nadam", "beta1"),
    ("nadam", "beta2"),
]
RATES = [(rule, "alpha") for rule in RULES] + [
    (rule, "delta")
    for rule in ("adagrad", "rmsprop", "rmsprop_nesterov", "adam", "nadam")
]


@pytest.mark.parametrize(("rule", "name"), FRACTIONS)
@pytest.mark.parametrize("bad", [-0.1, 1, 1.5, np.nan, np.inf, [0.5, 1.0]], ids=repr)
def test_fractions_outside_their_range(rule, name, bad):
    hp = problems.draw(rule, 0) | {name: bad}
    with pytest.raises(ValueError, match=rf"{name} must lie in \[0, 1\), got "):
        iterate(RULES[rule], [1.0, 2.0], double, **hp)


@pytest.mark.parametrize(("rule", "name"), RATES)
@pytest.mark.parametrize("bad", [-0.1, np.nan, np.inf, [0.5, -1.0]], ids=repr)
def test_rates_outside_their_range(rule, name, bad):
    hp = problems.draw(rule, 0) | {name: bad}
    with pytest.raises(ValueError, match=rf"{name} must be a finite .* >= 0, got "):
        iterate(RULES[rule], [1.0, 2.0], double, **hp)


@pytest.mark.parametrize("bad", ["0.1", None, 1j, True, [None]], ids=repr)
def test_hyperparameters_that_are_no_numbers(bad):
    for name in ("alpha", "beta"):
        with pytest.raises(ValueError, match=rf"{name} must be a number .*, got "):
            iterate(momentum, 1.0, double, **{"alpha": 0.1} | {name: bad})


def test_a_schedule_is_checked_too():
    with pytest.raises(ValueError, match="alpha must be a finite number >= 0, got -1"):
        iterate(sgd, 1.0, double, alpha=lambda k: -1)


@pytest.mark.parametrize("bad", [np.nan, [1, np.inf], "1", None, [1j]], ids=repr)
def test_bad_theta(bad):
    with pytest.raises(ValueError, match=r"theta must be .*, got "):
        iterate(sgd, bad, double, alpha=0.1)


def test_hyperparameters_of_another_rule():
    with pytest.raises(ValueError, match="sgd takes the hyperparameters alpha, got"):
        iterate(sgd, 1.0, double, alpha=0.1, beta=0.9)
    with pytest.raises(ValueError, match="alpha, beta, got beta"):
        iterate(momentum, 1.0, double, beta=0.9)
    with pytest.raises(ValueError, match="got none"):
        iterate(momentum, 1.0, double)


@pytest.mark.parametrize(
    ("grad", "came"),
    [
        (lambda theta: np.ones((3, 2)), r"shape \(3, 2\) of float64"),
        (lambda theta: theta.sum(), r"shape \(\) of float64"),
        (lambda theta: theta[:1], r"shape \(1,\) of float64"),
        (lambda theta: np.ones(3), r"shape \(3,\) of float64"),
        (lambda theta: None, r"shape \(\) of object"),
        (lambda theta: np.array(["a", "b"]), r"shape \(2,\) of <U1"),
    ],
)
def test_a_gradient_that_is_not_theta_s(grad, came):
    states = iterate(sgd, [1.0, 2.0], grad, alpha=0.1)
    next(states)
    with pytest.raises(ValueError, match=rf"theta's shape \(2,\), got {came}"):
        next(states)


def test_a_step_that_changes_the_shape():
    def wrong(state, grad, *, alpha):
        return State(np.ones((3, 2)), state.v, state.r, state.t + 1)

    states = iterate(wrong, [1.0, 2.0], double, alpha=0.1)
    next(states)
    with pytest.raises(
        ValueError, match=r"shape \(2,\), but became \(3, 2\) in step 1"
    ):
        next(states)


def test_a_schedule_that_changes_its_shape():
    states = iterate(sgd, [1.0, 2.0], double, alpha=lambda k: np.ones(2) if k else 0.1)
    assert len(list(islice(states, 2))) == 2
    with pytest.raises(ValueError, match=r"keep its shape \(\), got \(2,\) at k = 1"):
        next(states)


@pytest.mark.parametrize("rule", RULES)
def test_a_gradient_of_another_dtype_does_not_change_theta_s(rule):
    curvature = np.array([1.0, 25.0])  # float64, as a student's data is
    theta = np.ones(2, np.float32)
    for state in first(4, RULES[rule], theta, lambda th: curvature * th, alpha=0.01):
        for letter in (state.theta, state.v, state.r):
            assert letter.dtype == np.float32
    for state in first(3, RULES[rule], [1.0, 2.0], lambda th: [1, 2], alpha=0.01):
        assert state.theta.dtype == np.float64


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [("beta2", 1 - 1e-9, r"beta2 must lie in \[0, 1\)"), ("alpha", 1e39, "alpha must")],
)
def test_what_float32_makes_of_a_hyperparameter_is_checked(name, value, sentence):
    hyperparameters = {"alpha": 0.1, name: value}
    iterate(adam, np.ones(2), double, **hyperparameters)
    with pytest.raises(ValueError, match=sentence):
        iterate(adam, np.ones(2, np.float32), double, **hyperparameters)


# --- divergence ------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_diverged_run_goes_on_in_silence(dtype):
    theta = np.array([1.0, 1.0], dtype)
    for rule in ("sgd", "momentum", "nesterov"):
        cube = lambda th: th**3
        end = first(60, RULES[rule], theta, cube, alpha=10.0)[-1]
        assert not np.isfinite(end.theta).any()
        assert end.t == 59
    # a gradient that overflows: r, the root and the quotient too
    huge = np.array(3e38 if dtype == np.float32 else 1e308, dtype)
    for rule in ("adagrad", "rmsprop", "rmsprop_nesterov", "adam", "nadam"):
        grad = lambda th: huge * 10 * th
        end = first(5, RULES[rule], theta, grad, alpha=0.1)[-1]
        assert np.isnan(end.theta).all()


@pytest.mark.filterwarnings("error")
def test_zero_gradient_and_zero_delta_is_no_crash():
    """0 / 0 with delta = 0: NaN in the stream, without a warning."""
    for rule in ("adagrad", "rmsprop", "rmsprop_nesterov", "adam", "nadam"):
        end = first(2, RULES[rule], 1.0, lambda th: 0 * th, alpha=0.1, delta=0)[-1]
        assert np.isnan(end.theta)


@pytest.mark.filterwarnings("error")
def test_warnings_of_the_consumer_are_not_silenced():
    """The silence is around the step alone, never around a yield."""
    before = np.geterr()
    huge = np.array([1e308])
    for state in islice(iterate(sgd, [1.0], double, alpha=0.1), 4):
        assert np.geterr() == before
        with pytest.raises(RuntimeWarning, match="overflow"):
            _ = huge * 10
        with pytest.raises(RuntimeWarning, match="invalid"):
            _ = np.array([np.inf]) - np.inf
        assert state is not None
    assert np.geterr() == before


def test_the_consumer_s_silence_stays_too():
    states = iterate(sgd, [1.0], double, alpha=0.1)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        next(states), next(states)
        _ = np.array([1e308]) * 10


# --- iterate_over ----------------------------------------------------------------


def test_a_gradient_of_its_own_for_each_step():
    grads = [lambda th, c=c: c * np.ones_like(th) for c in (1.0, 10.0, 100.0)]
    states = list(iterate_over(sgd, [0.0], grads, alpha=1.0))
    assert [float(s.theta[0]) for s in states] == [0, -1, -11, -111]


# --- noisy -----------------------------------------------------------------------


def test_noise_is_one_number_per_component():
    gradient = noisy(lambda th: 0 * th, 2.0, np.random.default_rng(0))
    g = gradient(np.ones((3, 5)))
    expected = 2 * np.random.default_rng(0).standard_normal(3)
    np.testing.assert_array_equal(g, np.repeat(expected[:, None], 5, axis=1))
    again = gradient(np.ones((3, 5)))
    assert not np.array_equal(g, again)
    g = noisy(double, 0.5, np.random.default_rng(0))(np.ones(3, np.float32))
    assert g.dtype == np.float32


def test_noise_has_its_size_and_no_bias():
    gradient = noisy(double, 0.5, np.random.default_rng(0))
    draws = np.array([gradient(np.array([1.0, -1.0])) for _ in range(4000)])
    np.testing.assert_allclose(draws.mean(axis=0), [2, -2], atol=0.03)
    np.testing.assert_allclose(draws.std(axis=0), 0.5, atol=0.02)


def test_noise_on_whole_numbers_and_scalars():
    noise = np.random.default_rng(0).standard_normal(3)
    g = noisy(lambda th: np.zeros(3, int), 1.0, np.random.default_rng(0))(0)
    np.testing.assert_array_equal(g, noise)
    g = noisy(double, 1.0, np.random.default_rng(0))(1.0)
    assert g == 2 + noise[0]


@pytest.mark.parametrize("sigma", [-1, np.nan, np.inf, "1"])
def test_bad_noise(sigma):
    with pytest.raises(ValueError, match=r"sigma must be .*, got "):
        noisy(double, sigma, np.random.default_rng(0))


@pytest.mark.parametrize(
    "rng",
    [0, None, np.random, np.random.RandomState(0)],
    ids=["number", "None", "module", "RandomState"],
)
def test_bad_generator(rng):
    with pytest.raises(ValueError, match=r"rng must be a numpy Generator.*, got "):
        noisy(double, 1.0, rng)
    with pytest.raises(ValueError, match=r"rng must be a numpy Generator.*, got "):
        minibatches(10, 2, rng)


# --- history ---------------------------------------------------------------------


@each_rule
def test_history_stacks(rule):
    states = first(4, RULES[rule], [[1.0], [2.0]], double, alpha=np.full(3, 0.1))
    kept = history(iter(states))
    assert isinstance(kept, State)
    assert kept.theta.shape == kept.v.shape == kept.r.shape == (4, 2, 3)
    np.testing.assert_array_equal(kept.t, range(4))
    for k, state in enumerate(states):
        np.testing.assert_array_equal(kept.theta[k], state.theta)
        np.testing.assert_array_equal(kept.v[k], state.v)
        np.testing.assert_array_equal(kept.r[k], state.r)


def test_history_of_nothing():
    with pytest.raises(ValueError, match="at least one state, got an empty stream"):
        history([])


# --- minibatches -----------------------------------------------------------------


@always_the_same
@given(n=st.integers(1, 200), size=st.integers(1, 200), seed=st.integers(0, 99))
def test_minibatches_partition(n, size, seed):
    size = min(size, n)
    batches = list(minibatches(n, size, np.random.default_rng(seed)))
    np.testing.assert_array_equal(np.sort(np.concatenate(batches)), np.arange(n))
    assert [len(b) for b in batches[:-1]] == [size] * (len(batches) - 1)
    assert len(batches[-1]) == n - size * (len(batches) - 1)
    assert all(b.dtype.kind == "i" for b in batches)


def test_minibatches_are_random_and_repeatable():
    def order(rng):
        return np.concatenate(list(minibatches(1000, 7, rng)))

    rng = np.random.default_rng(3)
    epochs = [order(rng) for _ in range(3)]
    for a, b in pairwise(epochs):
        assert not np.array_equal(a, b)
    np.testing.assert_array_equal(epochs[0], order(np.random.default_rng(3)))
    assert np.abs(np.corrcoef(epochs[0], np.arange(1000))[0, 1]) < 0.1


@pytest.mark.parametrize(
    ("n", "size", "sentence"),
    [
        (10, 11, "size must be at most n = 10, got 11"),
        (10, 0, "size must be a whole number >= 1, got 0"),
        (10, -1, "size must be a whole number >= 1, got -1"),
        (10, 2.5, "size must be a whole number >= 1, got 2.5"),
        (10, True, "size must be a whole number >= 1, got True"),
        (0, 1, "n must be a whole number >= 1, got 0"),
        ("10", 1, "n must be a whole number >= 1, got '10'"),
    ],
)
def test_bad_minibatches(n, size, sentence):
    with pytest.raises(ValueError, match=sentence):
        minibatches(n, size, np.random.default_rng(0))


# --- the package -----------------------------------------------------------------


def test_import_is_light():
    """import lez10 brings numpy and nothing else heavy."""
    program = """
import sys, numpy, numpy.random  # numpy loads it when first asked for
before = set(sys.modules)
import lez10
new = {m.partition(".")[0] for m in set(sys.modules) - before}
print(*sorted(new - set(sys.stdlib_module_names)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["lez10"]


def test_everything_in_all_is_there():
    import lez10

    assert len(set(lez10.__all__)) == len(lez10.__all__)
    for name in lez10.__all__:
        assert hasattr(lez10, name)


def test_steps_do_not_check():
    """A step may be handed what iterate would refuse: it runs as written."""
    end = adagrad(State(1.0), double, alpha=-1.0, delta=1.0)
    assert end.theta > 1


def test_surfaces_run():
    surface = quadratic()
    states = first(300, sgd, surface.start, surface.gradient, alpha=0.05)
    assert surface.value(states[-1].theta) < 1e-6
